"""The object tree that kube-lineage draws: objects and, as leaves, their events."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from tools.formats.kube_events import count, resolve
from tools.formats.records import KubeEvent, ObjectState, Tally
from tools.formats.stamps import Stamps
from tools.formats.tables import columns

_LEAD = " │├└─"
_EVENT = re.compile(r"^(?P<reason>[A-Z]\w*): (?P<message>.*)$", re.DOTALL)
_WARNINGS = re.compile(
    r"Fail|BackOff|Unhealthy|Kill|Evict|Error|Exceed|NotReady|Unknown|Invalid|Conflict|OOM"
)


def is_lineage(text: str) -> bool:
    """Say whether text is a drawn tree of Kubernetes objects."""
    lines = text.lstrip("\n").split("\n", 12)
    return (
        "NAME" in lines[0]
        and "AGE" in lines[0]
        and any(re.search(r"[├└]── [A-Z]\w+/", line) for line in lines)
    )


def read_lineage(
    source: Sequence[tuple[int, str]], tally: Tally, stamps: Stamps, labels: Mapping[str, str]
) -> Iterator[ObjectState | KubeEvent]:
    """Yield one object a line, and one event an Event leaf; the tree does not say an event's type."""
    titles = columns(source[0][1])
    stack: list[tuple[int, str, str]] = []
    namespace = labels.get("namespace")
    for number, text in source[1:]:
        if not text.strip():
            continue
        cells = _cut(text, titles)
        raw = cells.get("NAME", "")
        depth = len(raw) - len(raw.lstrip(_LEAD))
        kind, _, name = raw[depth:].strip().partition("/")
        namespace = cells.get("NAMESPACE", "").strip() or namespace
        while stack and stack[-1][0] >= depth:
            stack.pop()
        if kind == "Event" and stack:
            yield count(_event(number, stack[-1][1:], cells, namespace, stamps), tally)
            continue
        stack.append((depth, kind, name))
        tally.rows += 1
        yield _object(number, (kind, name), cells, namespace, stamps)


def _event(
    line: int, target: tuple[str, str], cells: Mapping[str, str], namespace: str | None, stamps: Stamps
) -> KubeEvent:
    status, age = cells.get("STATUS", "").strip(), cells.get("AGE", "").strip()
    match = _EVENT.match(status)
    reason = match["reason"] if match else status
    time = resolve(age, stamps)
    return KubeEvent(
        line=line,
        end_line=line,
        first=time,
        last=time,
        type="Warning" if _WARNINGS.search(reason) else "Normal",
        reason=reason,
        object_kind=target[0],
        object_name=target[1],
        message=match["message"] if match else "",
        namespace=namespace,
    )


def _object(
    line: int, named: tuple[str, str], cells: Mapping[str, str], namespace: str | None, stamps: Stamps
) -> ObjectState:
    fields: dict[str, str] = {}
    ready, slash, wanted = cells.get("READY", "").strip().partition("/")
    if slash:
        fields |= {"ready": ready, "desired": wanted}
    elif ready not in {"", "-"}:
        fields["condition.Ready"] = ready
    if status := cells.get("STATUS", "").strip():
        fields["phase"] = status
    if age := cells.get("AGE", "").strip():
        fields["age"] = age
        if created := resolve(age, stamps):
            fields["created"] = created.isoformat()
    return ObjectState(line, line, *named, namespace, stamps.recorded_at, fields)


def _cut(text: str, titles: Sequence[tuple[str, int]]) -> dict[str, str]:
    ends = [*(start for _, start in titles[1:]), len(text)]
    return {title: text[start:end] for (title, start), end in zip(titles, ends, strict=True)}
