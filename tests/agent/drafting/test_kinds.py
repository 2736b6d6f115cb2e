"""Kinds of faults as their evidence reads: which factor comes first, and what must not stand beside it."""

from __future__ import annotations

import pytest

from agent.drafting import cause
from agent.drafting.factors import factors, ranked
from agent.schema.evidence import Evidence

from .conftest import Making

MAKE = Making()


def first(*evidence: Evidence) -> tuple[str, list[str | None], str]:
    digest = MAKE.digest(*evidence)
    candidates = ranked(digest)
    found = factors(digest, candidates)
    verdict = cause.verdict(digest, found, candidates).verdict
    return (found[0].title if found else "", [factor.pattern for factor in found], verdict)


@pytest.mark.parametrize(
    ("message", "title"),
    [
        (
            "0/4 nodes are available: 1 node(s) were unschedulable, 3 Insufficient cpu.",
            "No node had the CPU or memory that cart asks for",
        ),
        (
            (
                "0/4 nodes are available: 1 had untolerated taint {node-role.kubernetes.io/master: }, "
                "3 had untolerated taint {dedicated: batch}."
            ),
            "Untolerated taint dedicated: batch kept cart off the nodes",
        ),
        (
            (
                "0/4 nodes are available: 2 node(s) were unschedulable, 2 node(s) didn't match Pod's node "
                "affinity/selector."
            ),
            "Nodes that cart may run on were cordoned (scheduling disabled)",
        ),
        (
            "0/4 nodes are available: 4 node(s) didn't match Pod's node affinity/selector.",
            "No node fits the node affinity/selector of cart",
        ),
    ],
)
def test_scheduler_message_is_read_for_what_kept_the_pod_out(message: str, title: str) -> None:
    event = MAKE.item(
        "K1",
        f"cart had event FailedScheduling: {message}",
        service="cart",
        reason="FailedScheduling",
        source="event",
        message=message,
    )
    assert first(event)[0] == title


def test_service_of_a_broken_pod_is_no_cause_of_its_own() -> None:
    pull = MAKE.item(
        "K1",
        "cart container server could not pull its image cart:v9 (ErrImagePull)",
        service="cart",
        salience=0.9,
        severity="critical",
        reason="ErrImagePull",
        source="state",
        image="cart:v9",
    )
    empty = MAKE.item(
        "K2",
        "Service cart had no ready endpoints",
        service="cart",
        reason="NoEndpoints",
        source="state",
        object="cart",
    )
    _, patterns, verdict = first(pull, empty)
    assert patterns[0] == "image-pull"
    assert "service-without-endpoints" not in patterns
    assert verdict == "established"


def test_gateway_that_asks_for_an_unknown_service_is_misrouted() -> None:
    line = MAKE.item(
        "L1",
        'gateway logged the warning "No servers available for service: orderx" 20 times',
        service="gateway",
        level="warning",
        novelty="new",
        count="20",
        unknown_service="orderx",
    )
    assert first(line)[0] == "Route of gateway leads to orderx, which does not exist (misrouted)"


def test_injected_fault_of_the_mesh_names_the_far_side() -> None:
    text = '"GET /order HTTP/1.1" 503 FI fault_filter_abort - "-" outbound|80||orders.shop.svc.cluster.local'
    line = MAKE.item(
        "L1", f"preserve logged {text}", service="preserve", quote=text, level="error", count="30"
    )
    title, patterns, _ = first(line)
    assert patterns[0] == "mesh-fault-injection"
    assert "orders" in title


def test_a_passing_log_line_establishes_nothing() -> None:
    line = MAKE.item(
        "L1",
        'station logged the error "write tcp 10.0.0.1:15020: write: broken pipe" 1 time',
        service="station",
        level="error",
        novelty="new",
        count="1",
    )
    assert first(line)[2] == "not established"


def test_grpc_words_are_no_host_names() -> None:
    text = 'desc = connection error: desc = "transport: dial tcp 10.0.0.1:50051: connect: connection refused"'
    line = MAKE.item(
        "L1", f"checkout logged {text}", service="checkout", quote=text, level="error", count="9"
    )
    assert "error" not in first(line)[0].split()
