"""Cloud-OpsBench: Kubernetes snapshots of Online Boutique and Train-Ticket, taken after an injected fault.

The complaint names no service, so the incident record names none either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from pydantic import BaseModel, TypeAdapter

from agent.errors import UserError
from agent.schema.incident import Incident
from evals.expectation import Expectation, ExpectedCause
from evals.importers import cloud_opsbench_alerts, statements
from evals.importers.casefolder import Absence, Piece, Recording, slug
from evals.importers.cloud_opsbench_alerts import ZONE
from evals.importers.mechanisms import phrases_for
from evals.importers.upstream import Upstream
from tools.formats.records import Clock

LICENCE = "MIT"
NOTICE = """Recorded incident from Cloud-OpsBench (case {source}).
Source: https://github.com/LLM4Ops/Cloud-OpsBench, commit e1af4e9e78ee73171df288d17fe90a949e9d60ab;
arXiv 2603.00468.
Licence: MIT, Copyright the Cloud-OpsBench authors.
Changes: each recorded answer became a file of its own; metric alerts were rewritten in
Alertmanager's form and failing client requests as JSON lines without a time; answers that only said
that there was nothing were left out and are listed in the manifest; of error-log summaries only the
sample lines were kept. Tokens and passwords had been replaced before.
"""
_SYSTEMS = {"boutique": ("boutique", "Online Boutique"), "train-ticket": ("trainticket", "Train-Ticket")}
_NOTHING_THERE = re.compile(
    r"previous terminated container .* not found|container \S+ is not valid for pod", re.DOTALL
)


class Described(BaseModel):
    """Upstream's incident.json."""

    namespace: str
    query: str
    collection_timestamp: datetime


class Truth(BaseModel):
    """The label; never leaves for the bundle."""

    source_case: str
    fault_object: str
    root_cause: str
    anomaly_time_ranges: tuple[str, ...] = ()


class ErrorPattern(BaseModel):
    """One pattern of an error-log summary."""

    count: int = 0
    sample: str = ""


class ErrorSummary(BaseModel):
    """Upstream's summary of one service's error log."""

    total_log_count: int = 0
    total_errors: int = 0
    patterns: tuple[ErrorPattern, ...] = ()


_LOGS = TypeAdapter(dict[str, str | list[str]])
_TEXTS = TypeAdapter(dict[str, str])


def convert(upstream: Upstream) -> Recording:
    """Convert one incident folder; raise UserError where it is not of this dataset."""
    upstream.require("incident.json", "ground_truth.yaml", "k8s_states.json", "alert.json")
    described = upstream.json("incident.json", TypeAdapter(Described))
    truth = upstream.yaml("ground_truth.yaml", TypeAdapter(Truth))
    states = upstream.json("k8s_states.json", _TEXTS)
    prefix, system = _SYSTEMS.get(described.namespace, ("cluster", described.namespace))
    case_id = upstream.neutral_id(prefix)
    recorded = datetime.fromisoformat(
        f"{described.collection_timestamp.replace(tzinfo=None).isoformat()}{ZONE}"
    )
    title = f"{described.query.strip().rstrip('.')} in {described.namespace}"
    incident = Incident(
        id=case_id,
        title=title,
        summary=described.query,
    )
    pieces = (
        *cloud_opsbench_alerts.pieces(upstream),
        *_logs(upstream),
        *_error_samples(upstream),
        *_kubectl(states),
        *_units(upstream),
        *_tables(upstream),
    )
    return Recording(
        incident=incident,
        expectation=_expectation(case_id, title, f"{system} on Kubernetes", truth),
        pieces=pieces,
        clock=Clock(zone=ZONE, recorded_at=recorded.astimezone(UTC)),
        notice=NOTICE.format(source=truth.source_case),
        absences=tuple(_absences(upstream, states)),
    )


def _logs(upstream: Upstream) -> Iterator[Piece]:
    if not upstream.has("logs.json"):
        return
    for key, value in upstream.json("logs.json", _LOGS).items():
        text = _text(value)
        if not text.strip() or _NOTHING_THERE.search(text):
            continue
        name, previous = key.removesuffix(".previous"), key.endswith(".previous")
        service, _, container = name.partition(".")
        labels = {"service": service}
        if container:
            labels["container"] = container
        if previous:
            labels["previous"] = "true"
        options = (f" -c {container}" if container else "") + (" --previous" if previous else "")
        query = f"kubectl logs {service}{options}"
        yield Piece("logs", f"{slug(key)}.log", text.encode(), query=query, labels=labels)


def _text(value: str | list[str]) -> str:
    text = value if isinstance(value, str) else "\n".join(value)
    return text if not text or text.endswith("\n") else text + "\n"


def _error_samples(upstream: Upstream) -> Iterator[Piece]:
    if not upstream.has("error_logs_summary.json"):
        return
    for key, value in upstream.json("error_logs_summary.json", _TEXTS).items():
        if not value.strip():
            continue
        service = _argument(upstream, key, "service_name")
        summary = upstream.nested("error_logs_summary.json", value, TypeAdapter(ErrorSummary))
        samples = sorted(pattern.sample for pattern in summary.patterns if pattern.sample)
        counts = ", ".join(str(pattern.count) for pattern in summary.patterns)
        yield Piece(
            "logs",
            f"{slug(service)}.errors.log",
            ("\n".join(samples) + "\n").encode(),
            query=f"kubectl logs {service}, errors only",
            labels={"service": service},
            note=f"One sample line of each kind; the whole log had {summary.total_errors} errors in "
            f"{summary.total_log_count} lines ({counts} by kind).",
        )


def _kubectl(states: dict[str, str]) -> Iterator[Piece]:
    for command, output in states.items():
        if output.strip():
            yield Piece(
                "kubectl", f"{slug(command.removeprefix('kubectl '))}.txt", output.encode(), query=command
            )


def _units(upstream: Upstream) -> Iterator[Piece]:
    if not upstream.has("node_service_status.json"):
        return
    for key, value in upstream.json("node_service_status.json", _TEXTS).items():
        node, unit = (_argument(upstream, key, name) for name in ("node_name", "service_name"))
        _, marker, status = value.partition("\nStatus: ")
        yield Piece(
            "systemd",
            f"{slug(node)}-{slug(unit)}.txt",
            ((status if marker else value).rstrip("\n") + "\n").encode(),
            query=f"systemctl status {unit} on {node}",
            labels={"node": node},
        )


def _tables(upstream: Upstream) -> Iterator[Piece]:
    if upstream.has("metrics.csv"):
        yield Piece(
            "metrics", "metrics.csv", upstream.bytes("metrics.csv"), query="metrics of services and nodes"
        )
    if upstream.has("service_dependencies.json"):
        yield Piece(
            "topology",
            "service_dependencies.json",
            upstream.bytes("service_dependencies.json"),
            query="GetServiceDependencies of each service",
        )


def _absences(upstream: Upstream, states: dict[str, str]) -> Iterator[Absence]:
    if not cloud_opsbench_alerts.listed(upstream):
        yield Absence("alertmanager", "GetAlerts", "No alert was recorded.")
    if upstream.has("logs.json"):
        logs = upstream.json("logs.json", _LOGS)
        silent = [key for key, value in logs.items() if not _text(value).strip()]
        absent = [key for key, value in logs.items() if _NOTHING_THERE.search(_text(value))]
        if silent:
            yield Absence("logs", "kubectl logs", f"No line at all: {', '.join(silent)}.")
        if absent:
            yield Absence(
                "logs", "kubectl logs", f"{len(absent)} containers or previous instances do not exist."
            )
    else:
        yield Absence("logs", "kubectl logs", "Whole logs were not recorded.", outcome="not recorded")
    empty = [command for command, output in states.items() if not output.strip()]
    if empty:
        yield Absence("kubectl", "; ".join(empty[:5]), f"{len(empty)} commands printed nothing.")


def _argument(upstream: Upstream, key: str, name: str) -> str:
    """Read one argument out of upstream's `Tool:{json}` keys."""
    tool, _, arguments = key.partition(":")
    told = upstream.nested(f"the key {tool}", arguments, _TEXTS)
    if name not in told:
        raise UserError(f"{upstream.path}: the key {key!r} names no {name}.")
    return told[name]


def _expectation(case_id: str, title: str, system: str, truth: Truth) -> Expectation:
    kind, _, name = truth.fault_object.rpartition("/")
    component = _variants(name, node=kind == "node")
    phrases = phrases_for(truth.root_cause)
    return Expectation(
        id=case_id,
        title=title,
        system=system,
        signals=(),
        licence=LICENCE,
        cause=ExpectedCause(component=component, phrases=phrases, label=truth.root_cause),
        must_state=(statements.naming(name, component), statements.mentioning(truth.root_cause, phrases)),
        unknowable=() if truth.anomaly_time_ranges else ("end",),
    )


def _variants(name: str, *, node: bool) -> tuple[str, ...]:
    if node:
        return (name,)
    short = name.removeprefix("ts-")
    bare = short.removesuffix("-service")
    return tuple(dict.fromkeys((name, short, f"ts-{bare}" if name.startswith("ts-") else name)))
