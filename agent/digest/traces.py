"""Spans -> which service became slow by itself, which calls failed, which operations vanished."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median

from agent.digest import novelty
from agent.digest.observation import Observation
from agent.digest.topology import CallGraph
from agent.digest.wording import number, plural
from agent.schema.evidence import Pointer, Severity
from tools.formats import workload_of
from tools.formats.records import Span

MAX_SPANS = 400_000
"""Spans kept; a bundle with more says so in a note."""


@dataclass(frozen=True, slots=True)
class Call:
    """One span, reduced to what the comparison needs."""

    artifact: str
    line: int
    service: str
    caller: str | None
    operation: str
    start: float
    seconds: float
    own_seconds: float
    """Duration without its children; none for a client span, whose rest is time on the way."""
    error: bool
    waits_for: str | None = None
    """The service that it calls, where it is a client span: its one child is of another service."""
    way: float = 0.0
    """Seconds that a client span lasts longer than the span that it caused."""


@dataclass(slots=True)
class TraceBook:
    """Collects spans."""

    spans: list[tuple[str, Span]] = field(default_factory=list[tuple[str, Span]])
    left_out: int = 0

    def read(self, artifact: str, records: Iterable[Span]) -> None:
        """Add every span of one artifact."""
        for record in records:
            if len(self.spans) < MAX_SPANS:
                self.spans.append((artifact, record))
            else:
                self.left_out += 1

    def extent(self) -> tuple[float, float] | None:
        """First and last start of a span, in epoch seconds."""
        starts = [span.start.timestamp() for _, span in self.spans]
        return (min(starts), max(starts)) if starts else None

    def calls(self) -> list[Call]:
        """Spans with caller and own time; a span whose parent is not recorded has no caller."""
        owners = {(s.trace_id, s.span_id): workload_of(s.service) for _, s in self.spans}
        below: dict[tuple[str, str], list[Span]] = {}
        for _, span in self.spans:
            if span.parent_id:
                below.setdefault((span.trace_id, span.parent_id), []).append(span)
        return [
            _call(artifact, span, owners, below.get((span.trace_id, span.span_id), []))
            for artifact, span in self.spans
        ]


def _call(artifact: str, span: Span, owners: Mapping[tuple[str, str], str], children: Sequence[Span]) -> Call:
    service = workload_of(span.service)
    rest = max(0.0, span.seconds - sum(child.seconds for child in children))
    far = workload_of(children[0].service) if len(children) == 1 else service
    client = far != service
    return Call(
        artifact,
        span.line,
        service,
        owners.get((span.trace_id, span.parent_id)) if span.parent_id else None,
        span.operation,
        span.start.timestamp(),
        span.seconds,
        0.0 if client else rest,
        bool(span.error),
        far if client else None,
        rest if client else 0.0,
    )


def link(calls: Sequence[Call], graph: CallGraph) -> None:
    """Add the calls between services to the graph."""
    for call in calls:
        if call.caller:
            graph.add(call.caller, call.service)


def observations(calls: Sequence[Call], onset: datetime | None) -> list[Observation]:
    """Compare calls before and after the onset, or the first half with the second where it is not known."""
    if not calls:
        return []
    first, last = min(c.start for c in calls), max(c.start for c in calls)
    split = onset.timestamp() if onset and first < onset.timestamp() < last else first + (last - first) / 2
    by_operation: dict[tuple[str, str], list[Call]] = {}
    for call in calls:
        by_operation.setdefault((call.service, call.operation), []).append(call)
    found: list[Observation] = []
    for key in sorted(by_operation):
        members = sorted(by_operation[key], key=lambda c: (c.start, c.artifact, c.line))
        before = [c for c in members if c.start < split]
        after = [c for c in members if c.start >= split]
        candidates = (
            _slower(before, after),
            _failing(before, after),
            _vanished(before, after, split - first, last - split),
        )
        found.extend(item for item in candidates if item is not None)
    return found


def _slower(before: Sequence[Call], after: Sequence[Call]) -> Observation | None:
    if len(before) < 8 or len(after) < 8:
        return None
    old, new = _high(before), _high(after)
    base, now = median([c.own_seconds for c in before]), median([c.own_seconds for c in after])
    if old <= 0 or new < 2 * old or now < 1.3 * base or new - old < 0.005:
        return None
    slow = sorted((c for c in after if c.own_seconds >= new * 0.8), key=lambda c: (c.start, c.line))
    text = (
        f"{after[0].service} operation {after[0].operation} took {millis(new)} of its own "
        f"(90th percentile), against {millis(old)} before ({number(round(new / old, 1))}x)"
    )
    return _trace(
        slow,
        text,
        change="latency",
        before=millis(old),
        after=millis(new),
        count=len(after),
        surprise=min(1.0, 0.3 + new / old / 20),
        severity="warning",
    )


def _failing(before: Sequence[Call], after: Sequence[Call]) -> Observation | None:
    bad_before, bad_after = sum(c.error for c in before), sum(c.error for c in after)
    if bad_after < 3 or not after:
        return None
    share_before = bad_before / len(before) if before else 0.0
    share_after = bad_after / len(after)
    if share_after < 0.02 or share_after < 2 * share_before:
        return None
    text = (
        f"{plural(bad_after, 'call')} of {len(after)} to {after[0].service} "
        f"operation {after[0].operation} failed, "
        f"against {bad_before} of {len(before)} before"
    )
    failing = [c for c in after if c.error]
    return _trace(
        failing,
        text,
        change="errors",
        before=f"{bad_before} of {len(before)}",
        after=f"{bad_after} of {len(after)}",
        count=bad_after,
        surprise=0.8,
        severity="error",
    )


def _vanished(
    before: Sequence[Call], after: Sequence[Call], seconds_before: float, seconds_after: float
) -> Observation | None:
    if after or len(before) < 20:
        return None
    verdict = novelty.judge(len(before), 0, seconds_before, seconds_after)
    if verdict.novelty != "silent":
        return None
    lead = before[0]
    text = (
        f"{lead.service} operation {lead.operation} was not called any more after {len(before)} calls before"
    )
    return _trace(
        before[-5:],
        text,
        change="silent",
        before=str(len(before)),
        after="0",
        count=len(before),
        surprise=0.6,
        severity="warning",
    )


def _high(calls: Sequence[Call]) -> float:
    ordered = sorted(call.own_seconds for call in calls)
    return ordered[min(len(ordered) - 1, int(0.9 * len(ordered)))]


def millis(seconds: float) -> str:
    """Write seconds in milliseconds."""
    return f"{number(seconds * 1000)} ms"


def _trace(
    calls: Sequence[Call],
    statement: str,
    *,
    change: str,
    before: str,
    after: str,
    count: int,
    surprise: float,
    severity: Severity,
) -> Observation:
    lead = calls[0]
    callers = sorted({c.caller for c in calls if c.caller and c.caller != c.service})
    attributes = {
        "caller": ", ".join(callers[:5]),
        "callee": lead.service,
        "operation": lead.operation,
        "before": before,
        "after": after,
        "count": str(count),
        "change": change,
    }
    return Observation(
        kind="T",
        statement=statement,
        pointers=tuple(Pointer(artifact=c.artifact, lines=(c.line, c.line)) for c in calls[:5]),
        service=lead.service,
        start=datetime.fromtimestamp(lead.start, UTC),
        end=None if change != "silent" else datetime.fromtimestamp(calls[-1].start, UTC),
        severity=severity,
        attributes={key: value for key, value in attributes.items() if value},
        surprise=surprise,
        role="symptom",
    )
