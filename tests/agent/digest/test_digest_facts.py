"""Facts: every name once, computed where the evidence has it, and not known where it has not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from agent.digest.facts import Counts, facts
from agent.digest.onset import Onset, Sign, find
from agent.digest.wording import duration, number
from agent.schema.digest import Fact, FactName
from agent.schema.evidence import Evidence, EvidenceKind, Pointer
from agent.schema.incident import Incident, Window

START = datetime(2026, 3, 20, 5, 9, 43, tzinfo=UTC)
NONE = Counts(0, 0, None, None, has_alerts=False, recording=None)


def evidence(identity: str, seconds: float, ends: float | None = None, **attributes: str) -> Evidence:
    kind: EvidenceKind = identity[0]  # type: ignore[assignment]  # the first letter is the kind
    return Evidence(
        id=identity,
        kind=kind,
        service="cart",
        start=START + timedelta(seconds=seconds),
        end=None if ends is None else START + timedelta(seconds=ends),
        severity="error",
        statement=f"{identity} happened",
        attributes=attributes,
        salience=0.6,
        pointers=(Pointer(artifact="a", lines=(1, 1)),),
    )


def computed(
    *items: Evidence, incident: Incident | None = None, counts: Counts = NONE
) -> dict[FactName, Fact]:
    record = incident or Incident(id="i", title="t", start=START)
    onset = Onset(START, "record")
    return {fact.name: fact for fact in facts(record, onset, items, counts)}


def test_every_fact_is_there_once_and_unknown_without_evidence() -> None:
    found = facts(Incident(id="i", title="t"), Onset(None, "not known"), [], NONE)
    assert [fact.name for fact in found] == list(get_args(FactName))
    assert all(fact.text == "not known" and fact.note for fact in found)


def test_time_to_detect_is_the_first_real_alert_minus_the_start() -> None:
    found = computed(
        evidence("A1", 252, noise="no"),
        evidence("A2", -900, noise="always-firing"),
        evidence("L1", 5, novelty="new"),
    )
    assert found["time_to_detect"].text == "4 min 12 s"
    assert found["time_to_detect"].seconds == 252
    assert found["first_alert"].evidence == ("A1",)
    assert found["first_symptom"].evidence == ("L1",)


def test_what_was_recorded_long_after_the_first_alert_is_not_the_first_symptom() -> None:
    alert = evidence("A1", 60, noise="no")
    late = computed(alert, evidence("L1", 60 + 7200, novelty="new"))["first_symptom"]
    assert (late.text, late.time, late.evidence) == ("not known", None, ())
    assert late.note.endswith("L1 at 2026-03-20T07:10:43Z, is 2 h later than the first alert")
    assert computed(alert, evidence("L1", 60 + 1800, novelty="new"))["first_symptom"].evidence == ("L1",)
    noise = evidence("A1", 60, noise="always-firing")
    assert computed(noise, evidence("L1", 60 + 7200, novelty="new"))["first_symptom"].evidence == ("L1",)


def test_a_pending_alert_told_nobody_yet() -> None:
    found = computed(
        evidence("A1", 60, noise="no", state="pending"), evidence("A2", 90, noise="no", state="firing")
    )
    assert found["time_to_detect"].seconds == 90
    assert found["first_alert"].evidence == ("A2",)


def test_an_alert_before_the_start_is_said_to_come_first() -> None:
    found = computed(evidence("A1", -30, noise="no"))
    assert found["time_to_detect"].text == "30 s before the start"
    assert found["time_to_detect"].seconds == -30


def test_the_end_is_never_invented() -> None:
    assert computed(evidence("M1", 0, 300))["ended"].text == "not known"
    assert computed(evidence("A1", 0, noise="no"))["ended"].text == "not known"
    assert (
        computed(evidence("A1", 0, 600, noise="no"), evidence("A2", 0, noise="no"))["ended"].text
        == "not known"
    )


def test_the_end_is_the_last_resolved_alert_or_the_record() -> None:
    resolved = computed(evidence("A1", 0, 600, noise="no"), evidence("A2", 0, 5700, noise="no"))
    assert resolved["duration"].text == "1 h 35 min"
    record = Incident(id="i", title="t", start=START, end=START + timedelta(minutes=7))
    assert computed(incident=record)["duration"].text == "7 min"


def test_chat_gives_acknowledgement_and_mitigation() -> None:
    found = computed(evidence("H1", 300, step="acknowledged"), evidence("H2", 1200, step="mitigated"))
    assert found["time_to_acknowledge"].text == "5 min"
    assert found["time_to_mitigate"].text == "20 min"


def test_counts_that_nothing_recorded_are_not_zero() -> None:
    found = computed()
    assert found["alerts_fired"].text == "not known"
    assert found["log_lines"].text == "not known"
    zero = computed(counts=Counts(10, 0, 0, 0, has_alerts=True, recording=(START, START)))
    assert (zero["alerts_fired"].count, zero["error_lines"].count, zero["pods_restarted"].count) == (0, 0, 0)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.6, "1 min"), (252, "4 min 12 s"), (5700, "1 h 35 min"), (90000, "1 d 1 h")],
)
def test_durations_read_as_a_person_writes_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(4618.16, "4618"), (8.56, "8.56"), (0.0123, "0.0123"), (0, "0"), (100.0, "100"), (0.5, "0.5")],
)
def test_numbers_keep_three_telling_digits(value: float, text: str) -> None:
    assert number(value) == text


def signs(*pairs: tuple[float, float]) -> list[Sign]:
    return [Sign(START + timedelta(seconds=seconds), weight) for seconds, weight in pairs]


def test_the_record_wins_over_the_evidence() -> None:
    assert find(Incident(id="i", title="t", start=START), signs((900, 1.0))) == Onset(START, "record", START)


def test_what_lasts_from_before_a_stated_start_is_shown_and_the_start_stands() -> None:
    record = Incident(id="i", title="t", start=START)
    early = find(record, signs((-60, 1.0), (-55, 0.8)))
    assert (early.time, early.shows) == (START, START - timedelta(seconds=60))
    assert find(record, signs((-3600, 1.0))).shows == START
    over = [Sign(START - timedelta(seconds=300), 1.0, end=START - timedelta(seconds=200))]
    assert find(record, over).shows == START


def test_what_was_over_before_all_was_recorded_is_not_the_onset() -> None:
    earlier = [Sign(START + timedelta(seconds=n), 0.9, end=START + timedelta(seconds=300)) for n in range(5)]
    later = signs((600, 0.5))
    since = START + timedelta(seconds=500)
    assert find(Incident(id="i", title="t"), [*earlier, *later], since).time == START + timedelta(seconds=600)
    assert find(Incident(id="i", title="t"), [*earlier, *later]).time == START


def test_one_stray_early_sign_does_not_move_the_onset() -> None:
    strong = [(float(n), 0.9) for n in range(3600, 3610)]
    assert find(Incident(id="i", title="t"), signs((0, 0.4), *strong)).time == START + timedelta(hours=1)


def test_signs_outside_the_window_do_not_count() -> None:
    window = Window(start=START, end=START + timedelta(hours=1))
    record = Incident(id="i", title="t", window=window)
    assert find(record, signs((-86400, 1.0))).source == "not known"


def test_without_signs_the_onset_is_not_known() -> None:
    assert find(Incident(id="i", title="t"), []) == Onset(None, "not known")


def test_time_to_detect_is_not_known_where_the_start_is_the_alert_s_own_time() -> None:
    alone = computed(evidence("A1", 0, noise="no"), evidence("L1", 600, novelty="new"))
    assert not alone["time_to_detect"].known
    assert "only as the time of the first alert" in alone["time_to_detect"].note
    shown = computed(evidence("A1", 0, noise="no"), evidence("L1", 5, novelty="new"))
    assert shown["time_to_detect"].seconds == 0


def test_the_end_by_the_alerts_says_what_the_metrics_did() -> None:
    alert = evidence("A1", 10, 300, noise="no", state="resolved")
    back = computed(alert, evidence("M1", 0, 200, harm="bad"))
    assert back["ended"].note == "the last alert resolved; the metrics had recovered by then"
    away = computed(alert, evidence("M1", 0, harm="bad"), evidence("M2", 400, harm="bad"))
    assert away["ended"].note.endswith("of the metrics M1 had not recovered by then and M2 began after it")
    assert computed(alert)["ended"].note == "the last alert resolved"


def test_what_was_over_before_the_onset_is_not_counted_as_affected() -> None:
    found = computed(evidence("K1", -900, -600, source="event"), evidence("K2", 5, over="yes"))
    assert not found["services_affected"].known
    assert computed(evidence("K1", -900, 30, source="event"))["services_affected"].count == 1


RECORDED = replace(NONE, recording=(START - timedelta(minutes=30), START + timedelta(minutes=30)))


def ended(*items: Evidence) -> Fact:
    return computed(*items, counts=RECORDED)["ended"]


def test_trouble_that_stops_before_the_recording_does_was_last_seen_and_is_no_recovery() -> None:
    burst, dip = evidence("L1", 5, 400, novelty="burst", count="80"), evidence("M2", 10, 300, harm="bad")
    told = ended(burst, dip)
    assert (told.text, told.time, told.known, told.evidence) == ("not known", None, False, ("L1",))
    assert told.note == (
        "the recording shows no recovery that ends the incident; what stands out was last seen at "
        "2026-03-20T05:16:23Z (L1), 23 min 20 s before the recording ends"
    )
    found = computed(burst, dip, counts=RECORDED)["duration"]
    assert found.note == "ended is not known: the recording shows no recovery that ends the incident"


@pytest.mark.parametrize(
    "item",
    [
        evidence("M2", 10, harm="bad"),
        evidence("K2", 10, 20, source="state"),
        evidence("L2", 5, 1750, novelty="new", count="80"),
        evidence("L2", 5, 1205, novelty="new", count="3"),
    ],
    ids=["a metric that is away", "a state", "until the end", "no rarer than before"],
)
def test_trouble_that_may_be_going_on_was_not_last_seen_at_any_time(item: Evidence) -> None:
    told = ended(evidence("L1", 5, 400, novelty="burst", count="80"), item)
    assert (told.note, told.evidence) == ("the recording shows no recovery that ends the incident", ())
