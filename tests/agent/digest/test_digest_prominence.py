"""What stands out: a lone spike and a bare change do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from agent.digest.observation import Observation, Role
from agent.digest.prominence import prominent
from agent.digest.topology import CallGraph
from agent.schema.evidence import EvidenceKind, Pointer
from tools.formats.records import CallEdge

AT = datetime(2026, 1, 1, 10, tzinfo=UTC)
HERE = (Pointer(artifact="metrics.json", series="x", samples=(0, 1)),)


def metric(service: str, change: str = "spike", minutes: float = 0.0, kind: str = "cpu") -> Observation:
    start = AT + timedelta(minutes=minutes)
    end = start + timedelta(seconds=30) if change == "spike" else None
    attributes = {"change": change, "harm": "bad", "metric_kind": kind}
    return Observation("M", f"{service} moved", HERE, service, start, end, "warning", attributes=attributes)


def other(kind: EvidenceKind, role: Role, service: str = "pay", **told: str) -> Observation:
    attributes = {"count": "9", **told}
    return Observation(
        kind, f"{service} {kind}", HERE, service, AT, severity="error", role=role, attributes=attributes
    )


def names(
    *found: Observation, graph: CallGraph | None = None, watched: frozenset[str] = frozenset()
) -> list[str]:
    return [item.statement for item in prominent(found, graph or CallGraph(), watched)]


def test_a_spike_alone_does_not_stand_out_and_a_shift_does() -> None:
    assert names(metric("pay")) == []
    assert names(metric("pay", "shift")) == ["pay moved"]


def test_a_spike_stands_out_by_what_happens_with_it_in_the_service_or_beside_it() -> None:
    error = other("L", "symptom")
    assert names(metric("pay"), error) == ["pay moved", "pay L"]
    assert names(metric("cart"), error) == ["pay L"]
    graph = CallGraph()
    graph.read([CallEdge(line=1, caller="cart", callee="pay")])
    assert names(metric("cart"), error, graph=graph) == ["cart moved", "pay L"]
    later = metric("pay", minutes=20)
    assert names(later, error) == ["pay L"]


def test_spikes_of_several_services_at_one_time_stand_out() -> None:
    together = [metric(name) for name in ("a", "b", "c", "d")]
    assert len(names(*together)) == 4
    assert names(*together[:3]) == []


def test_two_kinds_of_metric_that_spike_together_stand_out() -> None:
    assert len(names(metric("pay"), metric("pay", kind="latency"))) == 2
    assert names(metric("pay"), metric("pay", kind="latency", minutes=9)) == []


def test_a_message_stands_out_by_its_number() -> None:
    assert names(other("L", "symptom", count="1")) == []
    assert names(other("L", "symptom", count="1", exception="KeyError")) == ["pay L"]
    assert names(other("L", "symptom", p_value="0.2")) == []
    assert names(other("L", "symptom", p_value="1e-05")) == ["pay L"]


def test_a_weak_shift_stands_out_in_company_only() -> None:
    weak = replace(metric("pay", "shift"), attributes={**metric("pay", "shift").attributes, "sigmas": "4.1"})
    assert names(weak) == []
    large = replace(weak, attributes={**weak.attributes, "ratio": "9"})
    assert names(large) == ["pay moved"]
    assert len(names(weak, metric("pay", "shift", kind="latency"))) == 2
    graph = CallGraph()
    graph.read([CallEdge(line=1, caller="cart", callee="pay")])
    assert len(names(weak, metric("cart", "shift"), graph=graph)) == 2


def test_a_bare_change_and_messages_of_an_uneventful_recording_do_not_stand_out() -> None:
    assert names(other("C", "change")) == []
    assert names(other("L", "symptom"), watched=frozenset({"pay"})) == []
    assert names(other("K", "condition"), watched=frozenset({"pay"})) == ["pay K"]
