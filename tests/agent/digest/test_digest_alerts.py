"""Alert episodes, and which of them say nothing about an incident."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.digest import alerts, firings
from agent.digest.alerts import AlertBook
from agent.digest.observation import Observation
from tools.formats.records import AlertRecord

START = datetime(2024, 11, 29, 10, 0, tzinfo=UTC)

WATCHDOG = AlertRecord(
    line=1,
    end_line=20,
    name="Watchdog",
    state="firing",
    starts_at=START,
    ends_at=None,
    labels={"alertname": "Watchdog", "severity": "none", "namespace": "monitoring"},
    annotations={
        "summary": "An alert that should always be firing to certify that Alertmanager is working properly.",
        "description": "This is an alert meant to ensure that the entire alerting pipeline is functional. "
        "This alert is always firing, therefore it should always be firing in Alertmanager.",
    },
)


def alert(name: str = "AppDown", seconds: float = 0, ends: float | None = None, **labels: str) -> AlertRecord:
    return AlertRecord(
        line=3,
        end_line=9,
        name=name,
        state="firing" if ends is None else "resolved",
        starts_at=START + timedelta(seconds=seconds),
        ends_at=None if ends is None else START + timedelta(seconds=ends),
        labels={"alertname": name, "severity": "critical", **labels},
        annotations={"summary": "The service is down"},
    )


def book_of(*records: AlertRecord) -> AlertBook:
    book = AlertBook()
    book.read("alerts.json", records)
    return book


def told(*records: AlertRecord) -> list[Observation]:
    return firings.observations(book_of(*records).folded(), START, frozenset())


def noise_of(record: AlertRecord, onset: datetime | None = START) -> str:
    (episode,) = book_of(record).folded()
    return alerts.noise(episode, onset)


def test_the_watchdog_is_always_firing_and_suspects_nothing() -> None:
    assert noise_of(WATCHDOG) == "always-firing"
    (seen,) = firings.observations(book_of(WATCHDOG).folded(), None, frozenset())
    assert seen.role == "noise"
    assert seen.attributes["noise"] == "always-firing"


@pytest.mark.parametrize("name", ["InfoInhibitor", "DeadMansSwitch", "watchdog"])
def test_other_heartbeats_are_known_by_name(name: str) -> None:
    assert noise_of(alert(name)) == "always-firing"


def test_a_real_alert_whose_text_mentions_firing_is_no_noise() -> None:
    assert noise_of(alert("HighErrorRate")) == "no"


def test_an_alert_that_fired_a_day_before_and_never_resolved_is_old() -> None:
    assert noise_of(alert(seconds=-86400)) == "old"
    assert noise_of(alert(seconds=-86400, ends=60)) == "no"
    assert noise_of(alert(seconds=-600)) == "no"


def test_severity_info_is_informational() -> None:
    assert noise_of(alert("CPUThrottlingHigh", severity="info")) == "informational"


def test_one_episode_in_two_snapshots_counts_once_and_keeps_its_end() -> None:
    book = AlertBook()
    book.read("a.json", [alert()])
    book.read("b.json", [alert(ends=300)])
    (episode,) = book.folded()
    assert episode.count == 2
    assert episode.record.ends_at == START + timedelta(seconds=300)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (
            {"job_name": "java-api-checker", "pod": "kube-state-metrics-7c5f46fc47-dl2wj"},
            ("java-api-checker", "job"),
        ),
        ({"service": "prometheus-kube-state-metrics", "deployment": "cart"}, ("cart", "service")),
        ({"pod": "cart-7c5f46fc47-dl2wj"}, ("cart", "service")),
        ({"node": "worker-02", "job": "node-exporter"}, ("worker-02", "node")),
        ({}, (None, "other")),
    ],
)
def test_the_subject_is_not_the_exporter(labels: dict[str, str], expected: tuple[str | None, str]) -> None:
    assert alerts.subject(labels) == expected


def test_a_storm_of_one_alert_is_one_observation_with_its_members() -> None:
    storm = [alert("PodDown", seconds=n, pod=f"cart-{n}") for n in range(20)]
    (seen,) = firings.observations(book_of(*storm).folded(), START, frozenset())
    assert seen.attributes["count"] == "20"
    assert "20 times" in seen.statement


def test_a_pending_time_and_its_firing_are_one_episode() -> None:
    pending = replace(alert(seconds=-300, ends=-15), state="pending")
    (episode,) = book_of(pending, alert()).folded()
    assert episode.record.starts_at == START
    assert episode.pending_since == START - timedelta(seconds=300)
    (seen,) = told(pending, alert())
    assert seen.attributes["pending_since"] == "2024-11-29T09:55:00Z"
    assert seen.attributes["state"] == "firing"


def test_an_alert_that_only_was_pending_says_so_and_counts_less() -> None:
    (seen,) = told(replace(alert(ends=120), state="pending"))
    assert seen.statement.startswith("Alert AppDown was pending")
    assert seen.surprise < told(alert())[0].surprise


def test_alertmanager_and_the_alerts_series_tell_of_one_firing() -> None:
    book = AlertBook()
    book.read("alertmanager.json", [alert(app="cart", prometheus="monitoring/k8s")])
    series = replace(alert(seconds=-45, ends=600, app="cart"), annotations={})
    book.read("alerts-range.json", [series])
    (episode,) = book.folded()
    assert episode.count == 2
    assert episode.record.starts_at == START - timedelta(seconds=45)
    assert episode.record.ends_at == START + timedelta(seconds=600)
    assert episode.record.annotations["summary"] == "The service is down"


def test_a_flapping_alert_is_named_once_with_its_count() -> None:
    flaps = [alert(seconds=300 * n, ends=300 * n + 60, app="cart") for n in range(6)]
    (seen,) = told(*flaps)
    assert seen.attributes["flaps"] == "6"
    assert "flapped, firing 6 times for cart" in seen.statement
    assert (seen.start, seen.end) == (START, START + timedelta(seconds=1560))
    assert len(told(*flaps[:2])) == 2


def test_two_firings_a_minute_apart_are_two() -> None:
    assert len(book_of(alert(ends=20), alert(seconds=60)).folded()) == 2


def test_a_lesser_alert_about_the_same_thing_is_put_behind_the_graver_one() -> None:
    down = alert("NodeDown", seconds=30, node="worker-2")
    late = replace(
        alert("PodSlow", seconds=60), labels={"severity": "warning", "pod": "cart-7c5f46fc47-dl2wj"}
    )
    on_it = replace(late, labels={**late.labels, "node": "worker-2"})
    elsewhere = replace(late, labels={**late.labels, "node": "worker-3"})
    covered = {item.attributes.get("covered_by") for item in told(down, on_it)}
    assert covered == {None, "NodeDown"}
    assert {item.attributes.get("covered_by") for item in told(down, elsewhere)} == {None}


def test_the_order_of_alerts_does_not_matter() -> None:
    records = [alert(f"A{n % 4}", seconds=40 * n, ends=40 * n + 500, app=f"svc-{n % 3}") for n in range(40)]
    assert told(*records) == told(*reversed(records))


def test_ten_thousand_alerts_stay_few_and_old_noise_stays_apart() -> None:
    records = [
        replace(alert(f"Alert{n % 40}", seconds=n % 900, pod=f"svc-{n % 250}-7c5f46fc47-{n:05d}"), line=n + 1)
        for n in range(10_000)
    ]
    old = [alert("Stuck", seconds=-200_000, app=f"old-{n}") for n in range(20)]
    seen = told(*records, *old)
    assert len(seen) <= 60
    assert sum(int(item.attributes["count"]) for item in seen) == 10_020
    assert {item.attributes["noise"] for item in seen if item.attributes["alertname"] == "Stuck"} == {"old"}
    assert max(len(json.dumps(dict(item.attributes))) for item in seen) < 3_000
