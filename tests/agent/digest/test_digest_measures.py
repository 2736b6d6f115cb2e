"""Facts with values: shares, the symptom's worst sample, and services that were spared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from digest_bundles import seal

from agent.digest.engine import digest
from agent.digest.measures import Shares, measures
from agent.schema.digest import Digest, Fact
from agent.schema.evidence import Evidence, Pointer
from agent.schema.incident import Incident
from agent.store import Home

START = datetime(2026, 3, 20, 5, 0, tzinfo=UTC)
ONSET = START + timedelta(minutes=20)


def _told(shares: Shares | None, *evidence: Evidence) -> dict[str, Fact]:
    return {fact.name: fact for fact in measures(ONSET, evidence, shares)}


def test_shares_of_errors_say_what_they_are_shares_of() -> None:
    found = _told(Shares(3, 3000, 40, 800))
    assert (found["error_share"].text, found["error_share"].value) == ("5.0%", 5.0)
    assert found["error_share"].note == "40 records of level error or fatal among 800 since the onset"
    assert found["error_share_before"].text == "0.1%"
    assert not _told(None)["error_share"].known
    assert not _told(Shares(0, 0, 4, 10))["error_share_before"].known


def test_a_move_long_before_the_onset_is_no_symptom() -> None:
    def latency(minutes: float) -> Evidence:
        return Evidence(
            id="M1", kind="M", service="cart", start=ONSET + timedelta(minutes=minutes), severity="error",
            statement="moved", pointers=(Pointer(artifact="m.csv", series="cart"),),
            attributes={
                "metric": "p95", "metric_kind": "latency", "harm": "bad", "before": "20", "peak": "900",
                "unit": "ms", "peak_at": "2026-03-20T05:21:00Z", "direction": "up",
            },
        )  # fmt: skip

    assert not _told(None, latency(-30))["symptom_peak"].known
    found = _told(None, latency(0))
    assert found["symptom_peak"].text == "p95 of cart: 900 ms at 2026-03-20T05:21:00Z"
    assert (found["symptom_peak"].value, found["symptom_peak"].unit) == (900, "ms")
    assert found["symptom_peak"].time == datetime(2026, 3, 20, 5, 21, tzinfo=UTC)
    assert (found["symptom_baseline"].value, found["symptom_baseline"].evidence) == (20, ("M1",))


@pytest.fixture
def made(tmp_path: Path) -> Digest:
    """Forty minutes of three services by metrics and a fourth by its log; only cart turns slow, at 05:20."""
    folder = Home(tmp_path).create(Incident(id="slow", title="Cart is slow", start=ONSET))
    rows, lines = ["time,cart-p95latency_ms,ads-p95latency_ms,mail-p95latency_ms"], list[str]()
    for step in range(160):
        time = (START + timedelta(seconds=15 * step)).strftime("%Y-%m-%dT%H:%M:%SZ")
        slow = 900 + 7 * (step % 5) if step >= 80 else 20 + step % 3
        slow += 500 * (step == 101)
        rows.append(f"{time},{slow},{9 + step % 3},{'' if step < 80 else 12 + step % 2}")
        lines.append(f"{time} INFO delivered message {step}")
    with folder.new_snapshot() as scratch:
        (scratch / "logs").mkdir()
        (scratch / "metrics.csv").write_text("\n".join(rows) + "\n")
        (scratch / "logs" / "post.log").write_text("\n".join(lines) + "\n")
        seal(scratch, "slow", sorted(path for path in scratch.rglob("*") if path.is_file()))
    bundle = folder.bundle()
    assert bundle is not None
    return digest(bundle, folder.read_incident())


def test_the_worst_sample_is_told_with_its_time(made: Digest) -> None:
    peak = made.fact("symptom_peak")
    assert peak.value == 900 + 7 + 500
    assert peak.time == START + timedelta(seconds=15 * 101)
    assert 20 <= (made.fact("symptom_baseline").value or 0) <= 22
    assert made.find(peak.evidence[0]) is not None


def test_only_what_was_recorded_on_both_sides_and_stayed_is_unaffected(made: Digest) -> None:
    fact = made.fact("services_unaffected")
    assert fact.text == "2 (ads and post)"
    item = made.find(fact.evidence[0])
    assert item is not None
    assert {pointer.artifact for pointer in item.pointers} == {"metrics.csv", "logs/post.log"}
