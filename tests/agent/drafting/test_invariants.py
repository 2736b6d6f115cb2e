"""What holds for a draft of any digest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.drafting import catalogue
from agent.drafting.items import deadline
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence

from .conftest import Making, claims, ungrounded

MAKE = Making()
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
EXAMPLES = [(example, pattern) for pattern in catalogue.load() for example in pattern.examples.hit]
NAMES = ("checkout", "orders", "orders-db", "worker-1", "ts-food-service")


@st.composite
def digests(draw: st.DrawFn) -> Digest:
    items: list[Evidence] = []
    for number in range(draw(st.integers(0, 12))):
        example, _ = draw(st.sampled_from(EXAMPLES))
        at = draw(st.none() | st.integers(0, 3600))
        items.append(
            MAKE.item(
                f"{example.kind}{number + 1}",
                example.text,
                service=draw(st.none() | st.sampled_from(NAMES)),
                at=None if at is None else (START + timedelta(seconds=at)).isoformat(),
                severity=draw(st.sampled_from(["critical", "error", "warning", "info"])),
                salience=draw(st.floats(0, 1)),
                **example.attributes,
            )
        )
    suspects = ()
    if items and draw(st.booleans()):
        suspects = (MAKE.suspect(draw(st.sampled_from(NAMES)), draw(st.sampled_from(items)).id),)
    edges = tuple(draw(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=5)))
    return MAKE.digest(
        *items, suspects=suspects, edges=edges, onset=draw(st.sampled_from([None, START.isoformat()]))
    )


@settings(max_examples=150, deadline=None)
@given(digests())
def test_a_draft_states_only_what_it_cites(digest: Digest) -> None:
    draft = MAKE.draft(MAKE.brief(digest))
    assert ungrounded(draft, digest) == []
    factors = {factor.id for factor in draft.factors}
    assert len(draft.factors) <= 6
    assert set(draft.cause.factors) <= factors
    assert all(set(item.factors) <= factors for item in draft.actions)
    assert all("{" not in claim.text.replace("{app", "") for claim in claims(draft))
    assert len({question.id for question in draft.open_questions}) == len(draft.open_questions)
    if draft.cause.verdict == "no incident":
        assert not draft.factors
        assert not draft.actions
    if draft.cause.verdict in {"established", "probable"}:
        assert draft.cause.factors


@given(st.dates(), st.sampled_from(["P0", "P1", "P2", "P3"]))
def test_deadline_is_a_weekday_after_the_incident(day: object, priority: str) -> None:
    from datetime import date
    from typing import cast

    start = min(cast("date", day), date(9999, 1, 1))
    due = deadline(start, cast("catalogue.Priority", priority))
    assert due > start
    assert due.weekday() < 5
