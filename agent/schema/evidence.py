"""Evidence: one thing the bundle shows, computed by code, that a reader can open.

Each kind uses these attribute keys (all values are text, numbers written as a person would):

L log pattern   template, level, count, baseline_count, novelty (new, burst, silent, changed, steady), pod,
                container, node, exception, code (HTTP status, exit code, errno, SQLSTATE, gRPC code),
                code_kind, incident_count, p_value, also_in (other services with the same message),
                unknown_service, logged_by (the program that wrote it instead of the workload),
                parameters (top values with their shares, or least, largest and median, by name);
                for a changed parameter also parameter, value (the one that dominates since the onset),
                before, after, compared; a changed level mix has before and after (shares) and no template
M metric change metric, unit, labels, members, before, after, ratio, peak, sigmas,
                metric_kind (latency, errors, traffic, cpu, throttling, memory, disk, network,
                saturation, queue, availability, replication, clock, other),
                change (shift, spike, ramp; gap: no samples; frozen: one value over and over; flat: unmoved),
                direction (up, down), harm (bad, good, neutral), recovered_after
                (end minus start, both of all that moved together),
                not_recovered (of what moved with it, where only it came back),
                quantile (p95: from buckets; mean: from a sum),
                usual_elsewhere ("true": the same metric does it in other services too),
                peak_at (time of the furthest sample), unaffected (services that showed no change)
A alert episode alertname, severity, summary, description, count,
                state (firing, pending, resolved, suppressed), noise (always-firing, informational, old, no),
                members, flaps (how often it fired where that was in quick succession), pending_since,
                covered_by (a graver alert about the same thing that was firing when it began),
                expr, threshold and waits (expression, limit and `for` of its rule), silenced (from, to);
                a silence: noise (silence), matchers, covered (alerts), author, comment;
                rules of which none fired: noise (rules), count
C change        ref, author, title, members, before_onset (a duration as text),
                change_kind (deploy, image, config, scale, rollback, commit, policy, flag, job)
K Kubernetes    source (event, state), reason, object_kind, object, namespace, node, message, count,
                exit_code, type (Normal, Warning); for a state also what the object said: phase, restarts,
                ready, desired, available, image, last_reason, limits, requests, liveness, readiness,
                dns_policy, conditions, setting, target_port, exited_at and run_started
                (of the container's last run that is over); leftover ("true" for trouble of an earlier day)
H human message author, channel, text, step (acknowledged, mitigated, resolved, ...)
T trace         caller, callee, operation, before, after, count, change (latency, errors, silent, new);
                for who calls a service and whom it calls only calls ("recorded"); minted by looks
N nothing found sought (what was looked for); minted by looks and for gaps, so that an absence can be cited
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from agent.schema.base import Model, UtcTime

EvidenceKind = Literal["L", "M", "A", "C", "K", "H", "T", "N"]
EvidenceId = Annotated[str, Field(pattern=r"^[LMACKHTN][1-9][0-9]*$")]
"""Kind letter and number, minted by code only, such as L4."""

Severity = Literal["critical", "error", "warning", "info"]

KIND_NAMES: Mapping[EvidenceKind, str] = {
    "L": "log pattern",
    "M": "metric change",
    "A": "alert",
    "C": "change",
    "K": "Kubernetes",
    "H": "message",
    "T": "trace",
    "N": "nothing found",
}


class Pointer(Model):
    """Where in the sealed snapshot a reader finds it."""

    artifact: str
    """Path of the artifact relative to the snapshot folder."""
    lines: tuple[int, int] | None = None
    """First and last line, 1-based and inclusive, of the uncompressed artifact."""
    series: str | None = None
    """For metrics: the series as `name{label="value"}`, or the column of a table."""
    samples: tuple[int, int] | None = None
    """For metrics: first and last sample of the series, 0-based and inclusive."""

    @model_validator(mode="after")
    def _points_somewhere(self) -> Self:
        if self.lines is None and self.series is None:
            raise ValueError("a pointer needs lines or a series")
        return self


class Evidence(Model):
    """One thing the bundle shows."""

    id: EvidenceId
    kind: EvidenceKind
    service: str | None = None
    """Workload, node or component it is about, without replica-set and pod suffixes."""
    start: UtcTime | None = None
    """First time it shows; None only where the artifact has no time at all."""
    end: UtcTime | None = None
    """Last time it shows, or None while it had not ended when the recording stopped."""
    severity: Severity = "info"
    statement: str = Field(min_length=1)
    """One plain line, past tense, that a timeline can print; its numbers are computed."""
    quote: str = ""
    """One exemplar verbatim from the artifact, cut to 500 characters."""
    attributes: Mapping[str, str] = Field(default_factory=dict)
    """Keys by kind: see the module's table."""
    salience: float = Field(default=0.0, ge=0.0, le=1.0)
    """Rank among the evidence of this bundle: surprise, severity, earliness, breadth; 1 is most telling."""
    pointers: tuple[Pointer, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _id_has_kind(self) -> Self:
        if self.id[0] != self.kind:
            raise ValueError(f"evidence {self.id} is of kind {self.kind}")
        return self
