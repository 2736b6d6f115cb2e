"""Suspects: conditions before symptoms, callees before callers, nothing out of nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.digest import farside, ranking, suspects
from agent.digest.extents import Extents
from agent.digest.minting import mint
from agent.digest.objects import Inventory
from agent.digest.observation import ComponentKind, Observation, Role
from agent.digest.topology import CallGraph
from agent.schema.digest import Suspect
from agent.schema.evidence import EvidenceKind, Pointer, Severity
from tools.formats.records import ObjectState


def seen(
    service: str,
    role: Role = "symptom",
    surprise: float = 0.8,
    kind: EvidenceKind = "M",
    severity: Severity = "error",
    component: ComponentKind = "service",
    blames: tuple[str, ...] = (),
) -> Observation:
    return Observation(
        kind=kind,
        statement=f"{service} showed {role} {surprise}",
        pointers=(Pointer(artifact="a", lines=(1, 1)),),
        service=service,
        severity=severity,
        surprise=surprise,
        role=role,
        component_kind=component,
        blames=blames,
    )


def suspected(
    *found: Observation,
    graph: CallGraph | None = None,
    inventory: Inventory | None = None,
    extents: Extents | None = None,
) -> tuple[Suspect, ...]:
    ranked = ranking.rank(found, None)
    pairs = list(zip([item for item, _ in ranked], mint(ranked), strict=True))
    return suspects.suspects(
        pairs, graph or CallGraph(), inventory or Inventory(), extents=extents or Extents()
    )


def names(found: tuple[Suspect, ...]) -> list[str]:
    return [suspect.component for suspect in found]


def test_noise_and_context_alone_suspect_nothing() -> None:
    assert suspected(seen("watchdog", "noise"), seen("cart", "context")) == ()
    assert suspected() == ()


def test_a_condition_outranks_the_symptoms_of_its_callers() -> None:
    found = suspected(
        seen("frontend", surprise=1.0),
        seen("frontend", surprise=0.9, kind="L"),
        seen("cart", surprise=0.9),
        seen("adservice", "condition", 0.9, "K", "critical"),
    )
    assert names(found)[0] == "adservice"


def test_a_slow_callee_outranks_its_slower_callers() -> None:
    graph = CallGraph({("gateway", "travel"), ("travel", "station")})
    found = suspected(
        seen("gateway", surprise=1.0),
        seen("travel", surprise=1.0),
        seen("station", surprise=0.8),
        graph=graph,
    )
    assert names(found)[0] == "station"


BARELY = Extents({("gateway", "latency"): 1.0, ("station", "latency"): 0.01})
"""The gateway became far slower than the station did."""


def test_a_callee_that_hardly_moved_does_not_explain_its_caller() -> None:
    graph = CallGraph({("gateway", "station")})
    slow = seen("gateway", surprise=1.0), seen("station", surprise=0.8)
    assert names(suspected(*slow, graph=graph))[0] == "station"
    assert names(suspected(*slow, graph=graph, extents=BARELY))[0] == "gateway"


def test_a_callee_that_its_caller_names_explains_it_however_little_it_moved() -> None:
    graph = CallGraph({("gateway", "station")})
    found = suspected(
        seen("gateway", surprise=1.0, kind="L", blames=("station",)),
        seen("station", surprise=0.8),
        graph=graph,
        extents=BARELY,
    )
    assert names(found)[0] == "station"


def test_a_quiet_node_under_all_trouble_is_named_behind_the_pods_on_it() -> None:
    inventory = Inventory()
    placed = {"worker-01": ["a", "b"], "worker-02": ["c", "d", "e"]}
    for node, workloads in placed.items():
        pods = [f"{name}-7c5f46fc47-dl2wx" for name in workloads]
        inventory.read(node, [ObjectState(1, 1, "Pod", pod, None, None, {"node": node}) for pod in pods])
    together = suspected(seen("a", surprise=0.9), seen("b", surprise=0.8), inventory=inventory)
    assert names(together) == ["a", "b", "worker-01"]
    assert together[2].component_kind == "node"
    apart = suspected(seen("a", surprise=0.9), seen("c", surprise=0.8), inventory=inventory)
    assert names(apart) == ["a", "c"]


def test_callers_and_callees_in_a_circle_do_not_hang() -> None:
    graph = CallGraph({("a", "b"), ("b", "a")})
    assert set(names(suspected(seen("a"), seen("b"), graph=graph))) == {"a", "b"}


def test_a_sick_node_outranks_the_pods_on_it() -> None:
    inventory = Inventory()
    pods = [f"svc{n}-7c5f46fc47-dl2w{n}" for n in range(4)]
    inventory.read("p", [ObjectState(1, 1, "Pod", pod, None, None, {"node": "worker-02"}) for pod in pods])
    found = suspected(
        seen("worker-02", "condition", 1.0, "K", "critical", "node"),
        *(seen(f"svc{n}", "symptom", 0.9, "K", "error") for n in range(4)),
        inventory=inventory,
    )
    assert names(found)[0] == "worker-02"
    assert found[0].component_kind == "node"


def test_a_component_that_only_others_name_is_suspected_with_their_evidence() -> None:
    found = suspected(seen("api", surprise=1.0, kind="L", blames=("prod-db",)))
    far = next(suspect for suspect in found if suspect.component == "prod-db")
    assert far.reason.startswith("Named by others")
    assert far.component_kind == "datastore"
    assert far.evidence


def test_ids_do_not_depend_on_the_order_in_which_things_were_noticed() -> None:
    found = [seen("a"), seen("b"), seen("c", "condition"), seen("d", kind="L")]
    forward = [(e.id, e.statement) for e in mint(ranking.rank(found, None))]
    backward = [(e.id, e.statement) for e in mint(ranking.rank(found[::-1], None))]
    assert forward == backward


def test_the_digest_stays_readable_however_much_was_noticed() -> None:
    many = [seen(f"s{n}", kind=kind) for n in range(200) for kind in ("L", "M", "K", "T")]
    assert len(ranking.rank(many, None)) <= ranking.MOST


def error(service: str, said: str, severity: Severity = "error", **told: str) -> Observation:
    item = seen(service, kind="L", severity=severity)
    attributes = {"novelty": "new", "count": "40", **told}
    return replace(item, quote=said, statement=f'{service} logged "{said}"', attributes=attributes)


def accused(item: Observation, *edges: tuple[str, str]) -> tuple[str, ...]:
    graph = CallGraph()
    for caller, callee in edges:
        graph.add(caller, callee)
    (told,) = farside.accusing([item], graph)
    return told.blames


SHOP = (
    ("ts-cart-service", "ts-price-service"),
    ("ts-cart-service", "ts-price-list-service"),
    ("ts-cart-service", "ts-stock-service"),
    ("ts-price-service", "ts-tax-service"),
)


def test_an_error_that_calls_what_a_callee_gave_absent_names_that_callee() -> None:
    assert accused(error("ts-cart-service", "[queryCart][stock result is null][id 1]"), *SHOP) == (
        "ts-stock-service",
    )
    assert accused(error("ts-cart-service", "Unexpected StockReply: no items"), *SHOP) == (
        "ts-stock-service",
    )
    assert accused(error("ts-price-service", "tax of item 7 is undefined"), *SHOP) == ("ts-tax-service",)


@pytest.mark.parametrize(
    ("service", "said"),
    [
        ("ts-cart-service", "the price list is empty"),
        ("ts-cart-service", "service result is null"),
        ("ts-cart-service", "stock reserved for order 7"),
        ("ts-stock-service", "cart is empty"),
        ("ts-cart-service", "tax is null"),
    ],
)
def test_an_error_that_fits_two_callees_or_none_names_nobody(service: str, said: str) -> None:
    assert accused(error(service, said), *SHOP) == ()


def test_what_a_caller_says_of_a_callee_lifts_the_callee_above_it() -> None:
    edges = CallGraph()
    edges.add("ts-cart-service", "ts-stock-service")
    said = error("ts-cart-service", "[queryCart][stock result is null]")
    own = replace(error("ts-stock-service", "no item found", "warning"), surprise=0.5)
    assert names(suspected(*farside.accusing([said, own], edges), graph=edges)) == [
        "ts-stock-service",
        "ts-cart-service",
    ]
    steady = replace(said, attributes={**said.attributes, "novelty": "steady"})
    assert farside.accusing([steady], edges)[0].blames == ()


def test_a_minute_from_the_start_is_as_early_as_the_start_itself() -> None:
    onset = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def salience(seconds: float) -> float:
        item = replace(seen("cart"), start=onset + timedelta(seconds=seconds))
        return ranking.salience(item, onset, 0)

    assert salience(0) == salience(60) == salience(-60) > salience(180) > salience(1800)
