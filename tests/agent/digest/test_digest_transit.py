"""Time on the way: the component whose connections are slow, and none where work makes spans slow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from agent.digest import traces, transit
from agent.digest.traces import Call, TraceBook
from tools.formats.records import Span

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
ONSET = START + timedelta(seconds=200)
EDGES = (("web", "cart"), ("web", "pay"), ("cart", "stock"), ("cart", "price"), ("pay", "bank"))


def calls(slow_at: str = "", delay: float = 0.0, work_at: str = "", work: float = 0.0) -> list[Call]:
    """Each edge called every 10 s for 400 s; from the onset on, delay at one component or work of one."""
    book = TraceBook()
    spans: list[Span] = []
    for n in range(40):
        at = START + timedelta(seconds=10 * n)
        for caller, callee in EDGES:
            late = at >= ONSET
            way = 0.002 + (delay if late and slow_at in {caller, callee} else 0.0)
            served = 0.01 + (work if late and work_at == callee else 0.0)
            trace = f"{caller}{callee}{n}"
            spans += [
                Span(1, trace, "a", None, caller, "handle", at, served + way + 0.005),
                Span(2, trace, "b", "a", caller, "GET", at, served + way),
                Span(3, trace, "c", "b", callee, "serve", at, served),
            ]
    book.read("traces.csv", spans)
    return book.calls()


def test_delay_at_one_component_is_seen_on_all_its_connections() -> None:
    (found,) = transit.observations(calls("cart", 0.2), ONSET)
    assert found.service == "cart"
    assert found.attributes["change"] == "transit"
    assert "3 of its 3 connections" in found.statement
    assert found.start is not None
    assert abs(found.start - ONSET) < timedelta(seconds=1)


def test_a_slow_leaf_is_named_and_not_its_caller() -> None:
    (found,) = transit.observations(calls("bank", 0.2), ONSET)
    assert found.service == "bank"


def test_work_of_a_service_is_not_time_on_the_way_and_steady_calls_tell_nothing() -> None:
    assert transit.observations(calls(work_at="stock", work=0.5), ONSET) == []
    assert transit.observations(calls(), ONSET) == []
    assert transit.observations([], ONSET) == []


def test_own_time_of_a_client_span_is_not_that_of_its_caller() -> None:
    slower = [
        o for o in traces.observations(calls("bank", 0.5), ONSET) if o.attributes["change"] == "latency"
    ]
    assert slower == []
    worked = [o.service for o in traces.observations(calls(work_at="stock", work=0.5), ONSET)]
    assert worked == ["stock"]


def test_without_spans_from_before_connections_are_compared_with_each_other() -> None:
    after = [call for call in calls("bank", 0.2) if call.start >= ONSET.timestamp()]
    (found,) = transit.observations(after, ONSET)
    assert found.service == "bank"
