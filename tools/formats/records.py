"""What the readers of tools.formats yield: one record a thing recorded, with the lines it stands on.

Times are aware datetimes in UTC. Lines are 1-based and inclusive, of the uncompressed file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

Level = str
"""One of fatal, error, warning, info, debug; empty where the record has none."""


def _no_text() -> dict[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One log message; the lines of a stack trace belong to the message above them."""

    line: int
    end_line: int
    time: datetime | None
    """Own time, or the neighbour's where `undated`; None only if the whole file has no time."""
    message: str
    """The message without time, level and runtime prefix; for a trace all its lines. At most 64 KiB."""
    level: Level = ""
    service: str | None = None
    pod: str | None = None
    container: str | None = None
    node: str | None = None
    undated: bool = False
    trace_id: str | None = None
    fields: Mapping[str, str] = field(default_factory=_no_text)
    """Other keys of a structured record (JSON, logfmt, access log): status, path, error, logger, ..."""


@dataclass(frozen=True, slots=True)
class Series:
    """One time series. `times` are epoch seconds, ascending; `values` may hold nan."""

    metric: str
    labels: Mapping[str, str]
    times: tuple[float, ...]
    values: tuple[float, ...]
    line: int = 1
    """Line of its first sample, or 1 where the format has no lines."""
    column: str | None = None
    """Column title for tables."""
    service: str | None = None

    @property
    def name(self) -> str:
        """`metric{label="value"}` with sorted labels: how pointers call a series."""
        inner = ",".join(f'{key}="{value}"' for key, value in sorted(self.labels.items()))
        return f"{self.metric}{{{inner}}}" if inner else self.metric


@dataclass(frozen=True, slots=True)
class AlertRecord:
    """One alert as Alertmanager lists it, or one episode of an `ALERTS` series."""

    line: int
    end_line: int
    name: str
    state: str
    """firing, pending, resolved, suppressed, silenced or inhibited."""
    starts_at: datetime | None
    ends_at: datetime | None
    """None while firing: Alertmanager's endsAt of a firing alert is a prediction."""
    labels: Mapping[str, str]
    annotations: Mapping[str, str] = field(default_factory=_no_text)
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class AlertRule:
    """An alerting rule as the rules API lists it: what could have fired."""

    line: int
    name: str
    query: str
    for_seconds: float
    state: str
    labels: Mapping[str, str] = field(default_factory=_no_text)
    annotations: Mapping[str, str] = field(default_factory=_no_text)


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition of a silence: all of them must hold; a regular expression must match the whole value."""

    name: str
    value: str
    is_regex: bool = False
    is_equal: bool = True

    def __str__(self) -> str:
        operator = ("=~" if self.is_regex else "=") if self.is_equal else ("!~" if self.is_regex else "!=")
        return f"{self.name}{operator}{self.value}"


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence as Alertmanager lists it: alerts that match notify nobody meanwhile."""

    line: int
    end_line: int
    matchers: tuple[Matcher, ...]
    starts_at: datetime | None
    ends_at: datetime | None
    author: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class KubeEvent:
    """One Kubernetes event, relative ages resolved."""

    line: int
    end_line: int
    first: datetime | None
    last: datetime | None
    type: str
    """Normal or Warning."""
    reason: str
    object_kind: str
    object_name: str
    message: str
    count: int = 1
    namespace: str | None = None
    node: str | None = None


@dataclass(frozen=True, slots=True)
class ObjectState:
    """What one object looked like when it was recorded (`kubectl get`, `describe`, `systemctl status`)."""

    line: int
    end_line: int
    kind: str
    """Singular and capitalised: Pod, Deployment, Node, ReplicaSet, Job, Unit, ..."""
    name: str
    namespace: str | None
    recorded_at: datetime | None
    fields: Mapping[str, str]
    """Flat, lower snake case: phase, reason, ready, desired, available, restarts, node, image, created,
    container.<c>.state, container.<c>.reason, container.<c>.last_state, container.<c>.last_reason,
    container.<c>.exit_code, container.<c>.limits, container.<c>.requests, container.<c>.liveness,
    container.<c>.readiness, container.<c>.env.<NAME>, condition.<Type>, condition.<Type>.reason,
    condition.<Type>.message, dns_policy, dns_nameservers, selector, endpoints, quota.<resource>, taints."""


@dataclass(frozen=True, slots=True)
class CallEdge:
    """One service calls another."""

    line: int
    caller: str
    callee: str


@dataclass(frozen=True, slots=True)
class Span:
    """One span of a trace."""

    line: int
    trace_id: str
    span_id: str
    parent_id: str | None
    service: str
    operation: str
    start: datetime
    seconds: float
    error: bool | None = None
    pod: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """A deploy, commit, configuration or scaling change."""

    line: int
    end_line: int
    time: datetime | None
    kind: str
    """deploy, image, config, scale, rollback, commit, policy, flag or job."""
    title: str
    service: str | None = None
    ref: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of people or bots."""

    line: int
    end_line: int
    time: datetime | None
    author: str
    text: str
    channel: str | None = None
    thread: str | None = None
    bot: bool = False
    step: str = ""
    """acknowledged, mitigated, resolved or none, as its system tells; empty: only the text may."""
    deed: bool = False
    """Whether the text is what the author did, in the words of its system, and nothing that was written."""


Record = (
    LogRecord
    | Series
    | AlertRecord
    | AlertRule
    | Silence
    | KubeEvent
    | ObjectState
    | CallEdge
    | Span
    | ChangeRecord
    | ChatMessage
)


@dataclass(slots=True)
class Tally:
    """How reading went; complete once the records are exhausted."""

    rows: int = 0
    """Records; for metrics samples."""
    undated: int = 0
    malformed: int = 0
    first_bad_line: int | None = None
    first_bad_reason: str = ""
    damage: str = ""
    """What broke a packed file off; what stands before it was read."""
    truncated: int = 0
    """Lines longer than 64 KiB, of which the rest was left out."""
    plain: int = 0
    """Log records without time, level or any known form."""
    first_time: datetime | None = None
    last_time: datetime | None = None
    zone_assumed: bool = False
    """Some times had no zone, and none was told, so they count as UTC."""
    year_assumed: bool = False
    """Some times had no year, and no recording time was told: the dated line beside them gave it."""


@dataclass(frozen=True, slots=True)
class Clock:
    """How to read times that do not say everything."""

    zone: str | None = None
    """Zone of stamps without one: "UTC", "+08:00" or an IANA name. None: UTC, and the tally says so."""
    recorded_at: datetime | None = None
    """Resolves relative ages, and the year and day of stamps that lack them."""
    around: datetime | None = None
    """A time near which the file was written: tells the year of stamps that lack it, if nothing else does."""


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What a file's content says it is."""

    signal: str
    """logs, metrics, alerts, rules, events, objects, topology, traces, changes, chat or unknown."""
    format: str
    """Name of the reader, such as `kubectl-logs`; `binary`, `empty` or `unknown` where there is none."""
    reason: str = ""
    """For unknown content: what was seen."""


@dataclass(slots=True)
class Reading:
    """Records of one file, read lazily, and the tally that fills while they are read."""

    sniffed: Sniffed
    records: Iterator[Record]
    tally: Tally
