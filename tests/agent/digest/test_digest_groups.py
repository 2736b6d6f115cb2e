"""What happens to many at one time is told once: events, roll-outs, releases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from agent.digest import changes, eventwaves, rollouts
from agent.digest.changes import ChangeBook
from agent.digest.kubeevents import EventBook
from agent.digest.objects import Inventory
from agent.digest.observation import Observation
from agent.schema.evidence import Pointer
from tools.formats.records import ChangeRecord, KubeEvent

AT = datetime(2026, 1, 8, 7, 30, tzinfo=UTC)
NAMES = ("ads", "cart", "mail", "pay", "shop")


def after(minutes: float) -> datetime:
    return AT + timedelta(minutes=minutes)


def event(service: str, reason: str, minutes: float, role: str = "context") -> Observation:
    attributes = {
        "source": "event",
        "reason": reason,
        "object_kind": "Pod",
        "count": "2",
        "namespace": "shop",
    }
    return Observation(
        "K", f"{service} had event {reason}", (Pointer(artifact="events.txt", lines=(1, 1)),), service,
        after(minutes), after(minutes), attributes=attributes, surprise=0.1, role=role,  # type: ignore[arg-type]
    )  # fmt: skip


def test_events_of_many_workloads_at_one_time_are_one_and_counts_add_up() -> None:
    rolled = [event(name, "Killing", n / 10) for n, name in enumerate(NAMES)]
    probes = [event(name, "Unhealthy", 1 + n / 10) for n, name in enumerate(NAMES)]
    (told,) = eventwaves.folded([*rolled, *probes])
    assert told.attributes["members"] == "ads, cart, mail, pay, shop"
    assert told.attributes["count"] == "20"
    assert "Killing (10 times) and Unhealthy (10 times)" in told.statement
    assert (told.start, told.end, told.service) == (after(0), after(1.4), None)


def test_events_of_few_workloads_of_other_times_and_those_that_tell_something_stay() -> None:
    few = [event(name, "Killing", 0) for name in NAMES[:3]]
    spread = [event(name, "Killing", 20 * n) for n, name in enumerate(NAMES)]
    telling = [event(name, "Unhealthy", 0, role="symptom") for name in NAMES]
    for kept in (few, spread, telling):
        assert eventwaves.folded(kept) == kept


def scaled(name: str, minutes: float, namespace: str) -> KubeEvent:
    text = f"Scaled up replica set {name}-5c8bf7d4f6 to 1"
    at, reason = after(minutes), "ScalingReplicaSet"
    return KubeEvent(1, 1, at, at, "Normal", reason, "Deployment", name, text, 1, namespace)


def test_a_namespace_rolled_out_at_once_is_one_change_and_what_came_later_another() -> None:
    book = EventBook()
    book.read("events.txt", [scaled(name, n, "shop") for n, name in enumerate(NAMES)])
    book.read("events.txt", [scaled("late", 50, "shop"), scaled("other", 1, "bank")])
    found = rollouts.rollouts(Inventory(), book, after(60))
    together = [item for item in found if "together" in item.statement]
    assert [item.attributes["members"] for item in together] == ["ads, cart, mail, pay, shop"]
    assert together[0].service is None
    assert together[0].role == "context"
    assert [item.service for item in found if "together" not in item.statement] == ["other", "late"]


def record(name: str, minutes: float, kind: str = "deploy") -> ChangeRecord:
    return ChangeRecord(1, 1, after(minutes), kind, f"Deploy {name} v2", name)


def test_releases_of_many_services_within_minutes_are_one_change_of_none_of_them() -> None:
    book = ChangeBook()
    book.read("changes.json", [record(name, n) for n, name in enumerate(NAMES)])
    book.read("changes.json", [record("cart", 40), record("mail", 41)])
    found = changes.observations(book, after(45))
    assert [item.service for item in found] == ["cart", "mail", None]
    assert found[-1].attributes["members"] == "ads, cart, mail, pay, shop"
    assert found[-1].attributes["title"].count("Deploy") == 5
