"""Wordings that look like a contradiction and are none, beside those that are one."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from agent.checks.grounding import check_grounding
from agent.checks.item_groups import shared_fields
from agent.checks.support import gather
from agent.checks.tally import mistold
from agent.schema.evidence import Evidence, EvidenceKind, Pointer
from agent.schema.postmortem import Claim
from benchmarks.paraphrases import DRAFTED, FOLDER, draft_of, read_case


def _item(
    name: str, kind: EvidenceKind, statement: str, service: str | None = None, **fields: str
) -> Evidence:
    return Evidence(
        id=name,
        kind=kind,
        service=service,
        start=datetime(2026, 3, 1, 12, 30, tzinfo=UTC),
        statement=statement,
        attributes=fields,
        pointers=(Pointer(artifact="logs/a.log", lines=(1, 1)),),
    )


def _reported(text: str, *items: Evidence) -> bool:
    digest, header = read_case(FOLDER / "cluster-ea197d.json")
    digest = digest.model_copy(update={"evidence": items})
    claim = Claim(text=text, evidence=tuple(item.id for item in items), standing="supported")
    return any(found.level != "info" for found in check_grounding(draft_of(claim, header), digest))


EVENTS = _item("K1", "K", "FailedCreate (4 times), FailedMount (2 times)")


@pytest.mark.parametrize(
    "text",
    [
        f"FailedCreate {'1' * 5000} times.",
        f"{'1' * 5000} of them came before the onset.",
        f"3 of {'1' * 5000} failed.",
    ],
)
def test_a_number_of_thousands_of_digits_is_read_as_no_count(text: str) -> None:
    _reported(text, EVENTS)


def test_a_count_of_a_label_is_held_to_the_evidence() -> None:
    assert not _reported("FailedCreate 4 times.", EVENTS)
    assert _reported("FailedCreate 2 times.", EVENTS)


def test_a_heading_with_a_gap_of_thousands_of_spaces_is_read_in_linear_work() -> None:
    begin = time.process_time()
    assert not shared_fields("### Prevent" + " " * 20_000 + "x")
    assert time.process_time() - begin < 1  # quadratic work takes many seconds
    assert shared_fields("### P1   actions") == {"priority": "P1"}


def _level(before: float, after: float, unit: str = "ms", kind: str = "latency") -> Evidence:
    return _item(
        "M1",
        "M",
        f"orders {kind} {'rose' if after > before else 'fell'} from {before} to {after} {unit}",
        "orders",
        before=str(before),
        after=str(after),
        peak=str(max(before, after)),
        unit=unit,
        metric=kind,
        metric_kind=kind,
        direction="up" if after > before else "down",
    )


SCALED = _item("K1", "K", "orders was scaled from 3 to 2 replicas", "orders")


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("orders latency doubled from 500 to 1000 ms.", (_level(500, 1000),)),
        ("orders latency doubled, from 500 ms to 1 s.", (_level(500, 1000),)),
        ("orders latency more than doubled.", (_level(500, 1700),)),
        ("orders latency more than doubled, from 500 to 1700 ms.", (_level(500, 1700),)),
        ("orders latency rose by more than a quarter.", (_level(500, 750),)),
        ("orders memory rose by half a gigabyte.", (_level(2, 2.5, "GB", "memory"),)),
        (
            "orders latency doubled while the number of replicas went from 3 to 2.",
            (_level(500, 1000), SCALED),
        ),
        ("After orders was scaled from 3 to 2 replicas, its latency doubled.", (_level(500, 1000), SCALED)),
    ],
)
def test_a_multiple_that_holds_passes(text: str, items: tuple[Evidence, ...]) -> None:
    assert not _reported(text, *items)


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("orders latency tripled from 500 to 1000 ms.", _level(500, 1000)),
        ("orders latency more than doubled.", _level(500, 750)),
        ("orders latency rose by more than half.", _level(500, 600)),
        ("orders memory rose by half.", _level(2, 2.5, "GB", "memory")),
    ],
)
def test_a_multiple_that_does_not_hold_is_reported(text: str, item: Evidence) -> None:
    assert _reported(text, item)


FLAT = _item("L1", "L", "cart and search showed no change", unaffected="cart, search")


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("cart never crashed.", (FLAT,)),
        ("cart neither crashed nor restarted.", (FLAT,)),
        ("None of cart and search restarted.", (FLAT,)),
        ("orders showed no sign of recovery; cart showed no change.", (FLAT, _level(400, 1000))),
    ],
)
def test_trouble_that_is_denied_of_what_did_not_change_passes(text: str, items: tuple[Evidence, ...]) -> None:
    assert not _reported(text, *items)


@pytest.mark.parametrize("text", ["cart crashed.", "cart crashed and never restarted."])
def test_trouble_of_what_did_not_change_is_reported(text: str) -> None:
    assert _reported(text, FLAT)


LOCKS = _item(
    "L1",
    "L",
    "lock timeout was logged 12 times, 2 before the onset and 10 since",
    count="12",
    baseline_count="2",
    incident_count="10",
)


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("One FailedCreate event came first.", EVENTS),
        ("The first FailedCreate came before 2 FailedCreate events.", EVENTS),
        ("Of 12 timeouts, 2 came before the onset.", LOCKS),
    ],
)
def test_a_count_of_some_passes(text: str, item: Evidence) -> None:
    assert not _reported(text, item)


def test_a_duration_is_no_count_of_a_phase() -> None:
    digest, header = read_case(FOLDER / "cluster-ea197d.json")
    support = gather(digest.model_copy(update={"evidence": (LOCKS,)}), header, (LOCKS.id,), ())
    assert not list(mistold("2 minutes after the start, lock timeout was logged.", support))
    assert list(mistold("10 were logged before the onset.", support))


REFUSED = "to the database on port 5432 in time"


@pytest.mark.parametrize("held", ["could not connect", "failed to connect", "cannot connect"])
@pytest.mark.parametrize(
    "said",
    ["can't", "can not", "cannot", "couldn't", "couldn\u2019t", "could not", "was unable to", "failed to"],
)
def test_ways_to_say_unable_pass_for_one_another(held: str, said: str) -> None:
    item = _item("L1", "L", f"orders {held} {REFUSED}")
    assert not _reported(f"orders {said} connect {REFUSED}.", item)
    assert _reported(f"orders could connect {REFUSED}.", item)


ORDERS = _level(400, 1000)
CART = _item(
    "M2",
    "M",
    "cart latency rose from 300 to 900 ms",
    "cart",
    before="300",
    after="900",
    peak="900",
    unit="ms",
    metric="latency",
    metric_kind="latency",
    direction="up",
).model_copy(update={"start": datetime(2026, 3, 1, 12, 35, tzinfo=UTC)})


@pytest.mark.parametrize(
    "text",
    [
        "By 12:35 both orders and cart were slow.",
        "Before 12:35 only orders was slow, then cart.",
        "At 12:35 orders was still slow, and cart slowed down.",
        "At 12:30 orders slowed down, and at 12:35 cart did.",
    ],
)
def test_a_time_at_which_others_change_passes(text: str) -> None:
    assert not _reported(text, ORDERS, CART)


def test_a_time_of_another_is_reported() -> None:
    assert _reported("At 12:35 orders slowed down, and at 12:30 cart did.", ORDERS, CART)


WARNED = _item("L1", "L", 'cart logged the warning "no connection" 8 times', "cart", count="8")
AVERAGED = _item(
    "M1",
    "M",
    "latency of cart averaged 7.41 ms (peak 7.63 ms) before, and 7.1 ms (peak 7.5 ms) since",
    "cart",
    before="7.41",
    after="7.1",
    peak="7.5",
    unit="ms",
    metric_kind="latency",
)
FAILED = _item("K1", "K", "get-data was in state Error", "get-data")
SCRAPER = _item("K2", "K", "data-scraper was in state Error (5 pods)", "data-scraper")


@pytest.mark.parametrize(
    ("true", "false", "items"),
    [
        (
            "The warning that cart logged 8 times stood there.",
            "The warning that cart logged 1 times stood there.",
            (WARNED, _item("K1", "K", "Job cart was recorded with args 'no connection' 1", "cart")),
        ),
        (
            "The median latency of cart averaged 7.41 ms before and 7.1 ms during the slow replies.",
            "The median latency of cart averaged 7.41 ms before and 7.5 ms during the slow replies.",
            (AVERAGED,),
        ),
        (
            "Pods of get-data and data-scraper were in state Error",
            "Pods of get-atad and data-scraper were in state Error",
            (FAILED, SCRAPER),
        ),
    ],
)
def test_a_small_change_of_a_true_sentence_is_reported(
    true: str, false: str, items: tuple[Evidence, ...]
) -> None:
    assert not _reported(true, *items)
    assert _reported(false, *items)


def test_a_recovery_after_another_time_is_reported() -> None:
    digest, header = read_case(DRAFTED / "boutique-4392eb.json")
    assert any(
        item.attributes.get("recovered_after") == "2 min" for item in digest.evidence if item.id == "M3"
    )

    def reported(text: str) -> bool:
        claim = Claim(text=text, evidence=("M3",), standing="supported")
        return any(found.level != "info" for found in check_grounding(draft_of(claim, header), digest))

    assert not reported("TCP retransmission on worker-02 recovered after 2 min.")
    assert reported("TCP retransmission on worker-02 recovered after 6 min.")
    assert reported("TCP retransmission on worker-02 recovered within 7 min.")
