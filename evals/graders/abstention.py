"""Whether a draft holds back where the evidence does not carry an answer."""

from __future__ import annotations

from agent.schema.postmortem import PostMortem
from evals.expectation import Expectation


def abstained(draft: PostMortem) -> bool:
    """Tell whether the draft names no cause."""
    return draft.cause.verdict in {"not established", "no incident"}


def overreach(draft: PostMortem, expected: Expectation) -> tuple[str, ...]:
    """List where the draft tells what its evidence cannot tell, or finds trouble where there was none."""
    found: list[str] = []
    for name, told in (("start", draft.header.start), ("end", draft.header.end)):
        if name in expected.unknowable and told is not None:
            found.append(f"gives the {name} as {told.isoformat()}, which this evidence cannot tell")
    if expected.verdict and draft.cause.verdict != expected.verdict:
        found.append(f"concludes {draft.cause.verdict!r} where only {expected.verdict!r} is right")
    if draft.cause.verdict == "no incident":
        if expected.verdict != "no incident":
            found.append("finds no incident where there was one")
        if draft.actions:
            found.append(f"proposes {len(draft.actions)} action items although it finds no incident")
    return tuple(found)
