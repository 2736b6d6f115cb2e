"""What bears on an incident: not chance, not what was over; what a crashing container said, new or not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from agent.digest import bearing
from agent.digest.objects import Inventory
from agent.digest.observation import Observation
from agent.schema.evidence import Pointer
from tools.formats.records import ObjectState

ONSET = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG_AGO = ONSET - timedelta(hours=1)


def line(service: str = "cart", **attributes: str) -> Observation:
    return Observation(
        kind="L",
        statement=f"{service} complained",
        pointers=(Pointer(artifact="a", lines=(1, 1)),),
        service=service,
        start=ONSET,
        severity="error",
        surprise=0.8,
        attributes=attributes,
    )


def move(service: str = "cart", end: datetime | None = None, **attributes: str) -> Observation:
    told = {"metric": "cpu", "metric_kind": "cpu", "harm": "bad", "change": "shift", **attributes}
    base = line(service, **told)
    return replace(base, kind="M", end=end, severity="warning", role="resource")


def weighed(
    *found: Observation, crashed: frozenset[str] = frozenset(), since: datetime | None = LONG_AGO
) -> list[Observation]:
    return bearing.weighed(found, ONSET, crashed, since)


def test_a_rare_message_that_chance_may_have_kept_away_before_is_context() -> None:
    (rare,) = weighed(line(novelty="new", p_value="0.6", count="1"))
    (real,) = weighed(line(novelty="new", p_value="1e-06", count="40"))
    assert (rare.role, rare.attributes["chance"]) == ("context", "yes")
    assert (real.role, real.surprise) == ("symptom", 0.8)
    assert rare.surprise < real.surprise


def test_an_exception_is_never_put_down_to_chance() -> None:
    (seen,) = weighed(line(novelty="new", p_value="0.6", count="1", exception="NullPointerException"))
    assert seen.role == "symptom"


def test_what_a_crashing_container_says_counts_though_it_always_says_so() -> None:
    steady = replace(line(novelty="steady", count="4"), surprise=0.05, role="context")
    (told,) = weighed(steady, crashed=frozenset({"cart"}))
    (other,) = weighed(steady)
    assert told.surprise > 0.7
    assert told.attributes["last_words"] == "yes"
    assert "novelty" not in told.attributes
    assert other == steady


def test_a_short_stretch_before_does_not_show_what_is_steady() -> None:
    steady = replace(line(novelty="steady", count="97"), surprise=0.05, role="context")
    (seen,) = weighed(steady, since=ONSET - timedelta(seconds=40))
    assert seen.role == "symptom"
    assert seen.surprise > 0.4


def test_a_move_that_was_over_before_the_onset_is_context() -> None:
    (over,) = weighed(move(end=ONSET - timedelta(minutes=4), before="1", peak="80"))
    assert (over.role, over.attributes["over"]) == ("context", "yes")
    (lasting,) = weighed(move(before="1", peak="80"))
    assert lasting.surprise == 0.8


def test_a_spike_explains_nothing_beside_what_lasts_and_counts_alone() -> None:
    spike = move("pay", change="spike", before="1", peak="5")
    beside, _ = weighed(spike, move("cart", before="1", peak="80"))
    (alone,) = weighed(spike)
    assert beside.role == "context"
    assert alone.role == "resource"


def test_a_resource_that_was_seized_as_the_incident_began_counts_beside_what_lasts() -> None:
    told = {"change": "spike", "ratio": "200", "sigmas": "21"}
    over = ONSET + timedelta(minutes=3)

    def role(item: Observation) -> str:
        return weighed(item, move("shop", metric_kind="latency"))[0].role

    assert role(move(end=over, **told)) == "resource"
    assert role(move(end=ONSET + timedelta(seconds=60), **told)) == "context"
    assert role(move(end=over, **{**told, "ratio": "3"})) == "context"
    assert role(move(end=over, **{**told, "metric_kind": "latency"})) == "context"
    late = replace(move(end=over + timedelta(hours=1), **told), start=ONSET + timedelta(minutes=30))
    assert role(late) == "context"


def test_a_move_far_smaller_than_the_same_metric_elsewhere_weighs_less() -> None:
    small, large = weighed(move("pay", before="1", peak="5"), move("cart", before="1", peak="80"))
    assert small.surprise < 0.6 * large.surprise


def test_a_symptom_of_another_kind_than_the_complaint_is_set_aside() -> None:
    found = [move(metric="latency", metric_kind="latency")]
    kinds = bearing.complained("Availability of FrontSite out of its range")
    assert kinds == {"availability", "errors"}
    (aside,) = bearing.weighed(found, ONSET, frozenset(), LONG_AGO, kinds)
    assert aside.surprise < 0.8
    assert bearing.complained("Something happened") == frozenset()


def test_crashing_is_read_off_the_present_state_and_not_off_an_old_exit() -> None:
    inventory = Inventory()
    states = {
        "cart-7d9f8b6c5-abcde": {"status": "CrashLoopBackOff"},
        "pay-7d9f8b6c5-abcde": {"status": "Running"},
    }
    states["pay-7d9f8b6c5-abcde"]["container.server.last_reason"] = "Error"
    for name, fields in states.items():
        inventory.add("pods.txt", ObjectState(1, 1, "Pod", name, "shop", None, fields))
    assert bearing.crashing(inventory) == {"cart"}


def test_throttling_too_small_to_be_felt_is_passing() -> None:
    (small,) = weighed(move(metric="cpu_cfs", metric_kind="throttling", before="0", peak="0.006"))
    (large,) = weighed(move(metric="cpu_cfs", metric_kind="throttling", before="0", peak="0.8"))
    assert (small.role, small.attributes["passing"]) == ("context", "yes")
    assert "passing" not in large.attributes
