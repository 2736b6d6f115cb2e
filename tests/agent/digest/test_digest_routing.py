"""Kinds of faults that states tell: addresses, probe ports, protocols, creations that were made good."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.digest import kubeevents, routing, states
from agent.digest.kubeevents import EventBook
from agent.digest.messages import inferred_level
from agent.digest.objects import Inventory
from tools.formats.records import KubeEvent, ObjectState

NOW = datetime(2026, 1, 8, 7, 41, tzinfo=UTC)


def recorded(*things: tuple[str, str, dict[str, str]]) -> Inventory:
    found = Inventory()
    found.read("k", [ObjectState(1, 2, kind, name, "shop", NOW, fields) for kind, name, fields in things])
    return found


def service(name: str, ports: str, **fields: str) -> tuple[str, str, dict[str, str]]:
    return ("Service", name, {"ports": ports, "selector": f"app={name}", **fields})


def checkout(**env: str) -> tuple[str, str, dict[str, str]]:
    return ("Deployment", "checkout", {f"container.server.env.{key}": value for key, value in env.items()})


def reasons(inventory: Inventory, complaints: str = "") -> list[str]:
    return [trouble.reason for _, trouble in routing.addresses(inventory, complaints)]


def test_port_that_the_service_lacks_is_named() -> None:
    found = recorded(checkout(SHIPPING_ADDR="shipping:50059"), service("shipping", "50051/TCP"))
    [(thing, trouble)] = routing.addresses(found, "")
    assert thing.name == "checkout"
    assert (
        trouble.text
        == "had SHIPPING_ADDR set to shipping:50059, while the service shipping offers port 50051"
    )


def test_right_port_is_no_trouble() -> None:
    found = recorded(checkout(SHIPPING_ADDR="shipping:50051"), service("shipping", "50051/TCP"))
    assert reasons(found) == []


@pytest.mark.parametrize(
    ("complaints", "expected"), [("", []), ("lookup adsvc: no such host", ["UnknownService"])]
)
def test_unknown_service_counts_only_where_an_error_names_it(complaints: str, expected: list[str]) -> None:
    found = recorded(
        checkout(AD="adsvc:9555", CART="cart:7070", PAY="pay:50051"),
        service("cart", "7070/TCP"),
        service("pay", "50051/TCP"),
    )
    assert reasons(found, complaints) == expected


def test_udp_target_of_a_tcp_container_is_another_protocol() -> None:
    pod = ("Pod", "email-7d9f8b6c5d-abcde", {"container.server.ports": "8080/TCP", "labels": "app=email"})
    found = recorded(service("email", "5000/UDP", target_port="8080/UDP"), pod)
    assert [trouble.reason for _, trouble in routing.services(found)] == ["ProtocolMismatch"]


@pytest.mark.parametrize(
    ("probe", "told"),
    [("grpc <pod>:7001 delay=5s", True), ("grpc <pod>:7000 delay=5s", False), ("http-get :15021/", False)],
)
def test_probe_of_a_pod_in_trouble_on_an_undeclared_port(probe: str, told: bool) -> None:  # noqa: FBT001 - a column of the table
    fields = {
        "container.server.ports": "7000/TCP",
        "container.server.liveness": probe,
        "ready": "0",
        "desired": "1",
        "phase": "Running",
    }
    found = states.observations(recorded(("Pod", "currency-5bc9dbdf66-rqntp", fields)), frozenset())
    assert any(item.attributes.get("reason") == "ProbePort" for item in found) is told


def test_failed_creation_is_over_once_the_workload_has_its_pods() -> None:
    book = EventBook()
    message = 'Error creating: pods "cart-1" is forbidden: serviceaccount "cart" not found'
    event = KubeEvent(1, 1, NOW, NOW, "Warning", "FailedCreate", "ReplicaSet", "cart-786899779d", message)
    book.add("k", event)
    filled = states.filled(recorded(("Pod", "cart-786899779d-ks9mx", {})))
    over, still = (
        kubeevents.observations(book, NOW, frozenset(), frozenset(), filled=names)
        for names in (filled, frozenset[str]())
    )
    assert over[0].role == "context"
    assert still[0].role == "condition"


@pytest.mark.parametrize(
    "line",
    [
        "1:M 08 Jan 2026 07:38:00.003 * <bf> { bf-error-rate : 0.01 }",
        "coordinator timeout: 0ms, query timeout (ms): 500",
        "finished with errors: 0",
    ],
)
def test_names_of_settings_are_no_warnings(line: str) -> None:
    assert inferred_level(line) == ""


def test_redis_warning_is_one() -> None:
    assert inferred_level("1:M 08 Jan 2026 07:38:00.003 # Can't open append-only dir: Permission denied")


def test_a_port_that_caller_and_pods_agree_on_is_put_down_to_the_service() -> None:
    def with_pod(port: str) -> list[tuple[str, str]]:
        pod = ("Pod", "cart-7d9f8b6c5-abcde", {"container.server.ports": port})
        found = recorded(checkout(CART_ADDR="cart:50051"), service("cart", "50062/TCP"), pod)
        return [(thing.name, trouble.reason) for thing, trouble in routing.addresses(found, "")]

    assert with_pod("50051/TCP") == [("cart", "ListedPortMismatch")]
    assert with_pod("50062/TCP") == [("checkout", "UnservedPort")]
