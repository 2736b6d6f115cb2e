"""What code makes of the evidence before a model reads it: facts, suspects, failure patterns, calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agent.drafting.factors import ranked
from agent.drafting.fence import plain
from agent.drafting.phrasing import fill
from agent.schema.digest import Digest, Fact
from agent.schema.evidence import Evidence

MOST_SUSPECTS, MOST_PATTERNS, MOST_IDS, MOST_CALLERS, MOST_CALLEES = 6, 6, 6, 24, 12
_LEAST = 0.2
"""Share of the best pattern's score below which another explains nothing."""
_PROOFS = {"hard": "shown by", "indicative": "pointed at by", "symptom": "as a symptom in"}
_NOTE = 240


def facts(digest: Digest) -> Iterator[str]:
    """Tell every fact with how it was computed, or why it is not known."""
    for fact in digest.facts:
        told = f" ({plain(fact.note, most=_NOTE).text})" if fact.note and not _told(fact) else ""
        cited = f" [{', '.join(fact.evidence[:3])}]" if fact.evidence and fact.known else ""
        yield f"{fact.name}: {fact.text}{told}{cited}"


def suspects(digest: Digest) -> Iterator[str]:
    """Tell which signals speak for each suspect, most telling first, and how many more there are."""
    for item in digest.suspects[:MOST_SUSPECTS]:
        shown = [found for name in item.evidence if (found := digest.find(name)) is not None]
        told = "; ".join(_signal(found, item.component) for found in shown[:MOST_IDS])
        yield f"{plain(item.component).text} ({item.component_kind}, score {item.score:.2f}): {told}"
    yield from _more(len(digest.suspects) - MOST_SUSPECTS, "suspects of lower rank")


def patterns(digest: Digest) -> Iterator[str]:
    """Tell which known failure patterns the evidence matches, with what speaks for and against each."""
    found = [item for item in ranked(digest) if item.score > 0]
    kept = [item for item in found if item.score >= _LEAST * found[0].score]
    for item in kept[:MOST_PATTERNS]:
        match = item.match
        title = plain(fill(match.pattern.title, match.values), most=160).text
        line = f"{title}: {_PROOFS[match.pattern.proof]} {_ids(match.evidence)}"
        line += f"; with {_ids(match.also)} beside it" if match.also else ""
        line += f"; against it stands {_ids(match.against)}" if match.against else ""
        yield line
    yield from _more(len(kept) - MOST_PATTERNS, "weaker matches")


def calls(digest: Digest) -> Iterator[str]:
    """Tell who calls whom around what the evidence is about, the suspects' calls first."""
    touched = {item.service for item in digest.computed if item.service}
    order = {item.component: place for place, item in enumerate(digest.suspects)}
    callees: dict[str, list[str]] = {}
    for edge in digest.topology:
        if edge.caller in touched or edge.callee in touched:
            callees.setdefault(edge.caller, []).append(edge.callee)
    far = len(order)
    callers = sorted(
        callees, key=lambda name: (order.get(name, min(order.get(c, far) for c in callees[name]) + 0.5), name)
    )
    for name in callers[:MOST_CALLERS]:
        below = sorted(callees[name], key=lambda other: (order.get(other, far), other not in touched, other))
        left = len(below) - MOST_CALLEES
        more = f" and {left} more" if left > 0 else ""
        yield plain(f"{name} -> {', '.join(below[:MOST_CALLEES])}{more}").text
    yield from _more(len(callers) - MOST_CALLERS, "callers; list_calls tells them")


def _told(fact: Fact) -> bool:
    """Whether the note of a moment is only the statement of the evidence that it cites."""
    return fact.name in {"first_symptom", "first_alert", "acknowledged", "mitigated"} and fact.known


def _signal(item: Evidence, component: str) -> str:
    attributes = item.attributes
    what = {
        "M": attributes.get("metric_kind", "metric"),
        "A": f"alert {attributes.get('alertname', '')}".rstrip(),
        "K": attributes.get("reason") or attributes.get("source") or "state",
        "L": f"{item.severity} log line",
        "T": f"trace {attributes.get('change', '')}".rstrip(),
        "C": attributes.get("change_kind", "change"),
    }.get(item.kind, "message")
    of = "" if item.service in {component, None} else f" of {plain(str(item.service)).text}"
    return f"{plain(what, most=60).text}{of} {item.id}"


def _ids(items: Iterable[Evidence]) -> str:
    names = [item.id for item in items]
    left = len(names) - MOST_IDS
    return ", ".join(names[:MOST_IDS]) + (f" and {left} more" if left > 0 else "")


def _more(left: int, what: str) -> Iterator[str]:
    if left > 0:
        yield f"({left} more {what} are not shown)"
