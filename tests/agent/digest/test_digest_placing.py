"""A slow node against slow pods; a lossy pod against its node."""

from __future__ import annotations

from dataclasses import replace

from agent.digest.extents import Extents
from agent.digest.observation import Observation
from agent.digest.placing import Layout, placed
from agent.digest.topology import CallGraph
from agent.schema.evidence import Pointer

NODES = {
    "node-1": frozenset({"cart", "price", "stock", "quote"}),
    "node-2": frozenset({"web", "pay", "mail", "bank", "tax"}),
}


def layout(*edges: tuple[str, str]) -> Layout:
    graph = CallGraph()
    for caller, callee in edges:
        graph.add(caller, callee)
    return Layout(NODES, graph)


def slow(service: str, kind: str = "latency") -> Observation:
    return Observation(
        kind="M",
        statement=f"{service} {kind} rose",
        pointers=(Pointer(artifact="m.csv", series=service, samples=(0, 9)),),
        service=service,
        severity="error",
        surprise=0.8,
        attributes={"metric_kind": kind, "harm": "bad", "change": "shift", "direction": "up"},
        role="resource" if kind == "network" else "symptom",
    )


def added(found: list[Observation]) -> list[Observation]:
    return [item for item in found if item.attributes["change"] in {"co-located", "lossy-pod"}]


def test_a_front_on_one_node_names_the_node_and_explains_its_pods() -> None:
    found = placed([slow("web"), slow("cart"), slow("price"), slow("stock")], layout(("web", "cart")))
    (node,) = added(found)
    assert (node.service, node.component_kind) == ("node-1", "node")
    assert node.surprise > max(item.surprise for item in found if item.service == "cart")
    assert next(item for item in found if item.service == "web").surprise == 0.8


def test_one_slow_leaf_with_its_callers_beside_it_is_no_node() -> None:
    edges = layout(("cart", "price"), ("price", "stock"), ("quote", "stock"))
    found = [slow("cart"), slow("price"), slow("stock"), slow("quote")]
    assert placed(found, edges) == found


def measured(slower: dict[str, float], *edges: tuple[str, str]) -> Layout:
    return replace(layout(*edges), extents=Extents(slower=slower))


def test_a_callee_that_slowed_by_a_trifle_explains_nothing_and_strays_are_not_of_the_front() -> None:
    edges = (("web", "cart"), ("cart", "tax"), ("price", "mail"))
    told = measured({"web": 900, "cart": 300, "tax": 20, "price": 290, "mail": 9, "bank": 4}, *edges)
    assert told.front({"web", "cart", "tax", "price", "mail", "bank"}) == {"cart", "price"}
    assert layout(*edges).front({"web", "cart", "tax"}) == {"tax"}


def test_slowness_is_heard_through_callees_that_nobody_measured() -> None:
    told = measured({"web": 900, "stock": 400}, ("web", "cart"), ("cart", "stock"))
    assert told.front({"web", "stock"}) == {"stock"}


def test_two_of_a_front_tell_of_a_node_that_is_mostly_slow() -> None:
    slower = {"web": 900.0, "cart": 300.0, "price": 310.0, "stock": 280.0, "quote": 1.0}
    edges = (("web", "cart"), ("stock", "cart"))
    found = [slow(name) for name in ("web", "cart", "price", "stock")]
    (node,) = added(placed(found, measured(slower, *edges)))
    assert node.service == "node-1"
    few = [slow(name) for name in ("web", "cart", "price")]
    assert added(placed(few, measured(slower | {"stock": 2.0}, *edges))) == []
    elsewhere = [*found, slow("pay")]
    assert added(placed(elsewhere, measured(slower | {"pay": 250.0}, *edges))) == []


def test_a_pair_with_a_callee_that_nobody_measured_is_no_node() -> None:
    slower = {"cart": 300.0, "price": 310.0, "stock": 280.0}
    edges = (("stock", "cart"), ("cart", "hidden"), ("price", "hidden"))
    found = [slow(name) for name in ("cart", "price", "stock")]
    assert added(placed(found, measured(slower, *edges))) == []
    assert added(placed(found, measured(slower, edges[0])))


def test_a_moment_of_load_makes_no_node_busy() -> None:
    names = ("cart", "price", "stock")
    spiked = replace(
        slow("node-1", "cpu"), attributes={**slow("node-1", "cpu").attributes, "change": "spike"}
    )
    little = replace(slow("node-1", "cpu"), attributes={**slow("node-1", "cpu").attributes, "ratio": "1.2"})
    for load in (spiked, little):
        (node,) = added(placed([*(slow(name) for name in names), load], layout()))
        assert node.service == "node-1"


def test_a_node_that_is_busy_is_not_called_slow_by_its_network() -> None:
    found = [slow("cart"), slow("price"), slow("stock"), slow("node-1", "cpu")]
    assert placed(found, layout()) == found


def test_a_single_slow_pod_on_a_lossy_node_explains_the_node() -> None:
    found = placed([slow("web"), slow("cart"), slow("node-1", "network")], layout(("web", "cart")))
    (pod,) = added(found)
    assert (pod.service, pod.attributes["change"]) == ("cart", "lossy-pod")
    assert next(item for item in found if item.service == "node-1").surprise < 0.5


def test_brief_or_harmless_moves_make_no_front() -> None:
    brief = [
        replace(slow(n), attributes={**slow(n).attributes, "change": "spike"})
        for n in ("cart", "price", "stock")
    ]
    assert placed(brief, layout()) == brief
