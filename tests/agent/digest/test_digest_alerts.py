"""Alert episodes, and which of them say nothing about an incident."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent.digest import alerts
from agent.digest.alerts import AlertBook
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


def noise_of(record: AlertRecord, onset: datetime | None = START) -> str:
    (episode,) = book_of(record).folded()
    return alerts.noise(episode, onset)


def test_the_watchdog_is_always_firing_and_suspects_nothing() -> None:
    assert noise_of(WATCHDOG) == "always-firing"
    (seen,) = alerts.observations(book_of(WATCHDOG).folded(), None, frozenset())
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
    (seen,) = alerts.observations(book_of(*storm).folded(), START, frozenset())
    assert seen.attributes["count"] == "20"
    assert "20 times" in seen.statement
