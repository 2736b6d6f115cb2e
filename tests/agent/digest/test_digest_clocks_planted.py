"""Clocks of whole bundles, with a log large enough to be counted in bulk: found, applied, told."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path

import planted_clocks
import pytest
from planted_clocks import Log

from agent.digest import bulk
from agent.digest.engine import digest
from agent.digest.intake import Intake, take_in
from agent.digest.offsets import Offset
from agent.schema.digest import Digest

ZONE, DRIFT = 8 * 3600.0, 90.0


@pytest.fixture(autouse=True)
def _counts_small_logs_in_bulk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "LARGE", 40_000)


def offsets(home: Path, logs: Sequence[Log], **told: object) -> tuple[Offset, ...]:
    return taken(home, logs, **told).offsets


def taken(home: Path, logs: Sequence[Log], **told: object) -> Intake:
    bundle, incident = planted_clocks.bundle(home, logs, **{"many": 900, **told})  # type: ignore[arg-type]  # any of its options
    assert any(bulk.is_large(bundle.path(a.path)) for a in bundle.manifest.artifacts if a.signal == "logs")
    return take_in(bundle, incident)


def digested(home: Path, logs: Sequence[Log]) -> Digest:
    bundle, incident = planted_clocks.bundle(home, logs, many=900)
    return digest(bundle, incident)


@pytest.mark.parametrize("form", ["json", "logfmt", "text"])
@pytest.mark.parametrize(
    ("seconds", "zone"), [(ZONE, True), (-5.5 * 3600, True), (DRIFT, False), (-37.0, False)]
)
def test_a_large_log_shows_its_offset_from_the_spans(
    tmp_path: Path, form: str, seconds: float, *, zone: bool
) -> None:
    (offset,) = offsets(tmp_path, [Log("api", form, seconds)])
    assert offset.artifact == "logs/api.log"
    assert offset.seconds == (seconds if zone else pytest.approx(seconds, abs=1.0))
    assert (offset.zone, offset.confidence, offset.applied, offset.by) == (zone, "high", True, "trace ids")


@pytest.mark.parametrize("seconds", [ZONE, DRIFT, 47.0])
def test_a_log_whose_clock_ran_apart_gives_the_evidence_of_one_that_did_not(
    tmp_path: Path, seconds: float
) -> None:
    right = digested(tmp_path / "right", [Log("api", "json")])
    wrong = digested(tmp_path / "wrong", [Log("api", "json", seconds)])
    told = [
        [
            (e.kind, e.statement, e.start and round(e.start.timestamp()), e.attributes.get("incident_count"))
            for e in d.evidence
        ]
        for d in (right, wrong)
    ]
    assert told[0]
    assert told[0] == told[1]
    (row,) = [row for row in wrong.coverage if row.signal == "logs"]
    assert "The clock of logs/api.log was" in row.note
    again = any("counted a second time" in note for note in wrong.notes)
    assert again is (seconds != ZONE)


def test_logs_that_share_ids_show_a_misread_zone_without_any_span(tmp_path: Path) -> None:
    logs = [Log("api", "json"), Log("gateway", "logfmt"), Log("worker", "text", ZONE)]
    (offset,) = offsets(tmp_path, logs, spans=False)
    assert (offset.artifact, offset.seconds, offset.by, offset.applied) == (
        "logs/worker.log", ZONE, "shared ids", True,
    )  # fmt: skip


def test_of_two_logs_the_one_that_names_no_zone_was_misread(tmp_path: Path) -> None:
    (offset,) = offsets(tmp_path, [Log("api", "json"), Log("batch", "text", -ZONE)], spans=False)
    assert (offset.artifact, offset.seconds, offset.applied) == ("logs/batch.log", -ZONE, True)


def test_which_of_two_logs_with_zones_is_right_stays_open(tmp_path: Path) -> None:
    found = taken(tmp_path, [Log("api", "json"), Log("gateway", "logfmt", ZONE)], spans=False)
    (offset,) = found.offsets
    assert not offset.applied
    assert found.shifts == {}
    assert "no time was shifted" in offset.sentence()


def test_what_waits_for_others_is_told_and_not_shifted(tmp_path: Path) -> None:
    logs = [Log("api", "json"), Log("gateway", "logfmt"), Log("worker", "text", wait=40.0)]
    found = taken(tmp_path, logs, spans=False)
    (offset,) = found.offsets
    assert not offset.applied
    assert found.shifts == {}


def test_a_log_that_shares_ids_with_one_set_right_by_spans_is_set_right_with_it(tmp_path: Path) -> None:
    logs = [
        Log("api", "json", ZONE),
        Log("gateway", "logfmt", ZONE, first=1, every=2),
        Log("worker", "text", first=1, every=2),
    ]
    found = offsets(tmp_path, logs, spans_of=2, many=1800)
    assert [(offset.artifact, offset.seconds, offset.by) for offset in found] == [
        ("logs/api.log", ZONE, "trace ids"),
        ("logs/gateway.log", ZONE, "shared ids"),
    ]


@pytest.mark.parametrize("seed", range(12))
def test_clocks_that_agree_are_left_alone(tmp_path: Path, seed: int) -> None:
    logs = [Log("api", "json"), Log("gateway", "logfmt", every=3), Log("worker", "text", wait=1.0)]
    assert offsets(tmp_path, logs, seed=seed, spans=seed % 2 == 0, spans_of=1 + seed % 5) == ()


@pytest.mark.parametrize("seed", range(4))
def test_logs_without_a_shared_id_tell_nothing(tmp_path: Path, seed: int) -> None:
    assert offsets(tmp_path, [Log("api", "json", ZONE, every=2)], seed=seed, spans=False) == ()


def test_a_packed_log_is_sampled_as_well(tmp_path: Path) -> None:
    bundle, incident = planted_clocks.bundle(tmp_path, [Log("api", "json", ZONE)], many=900)
    path = bundle.path("logs/api.log")
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert bulk.is_large(path)
    (offset,) = take_in(bundle, incident).offsets
    assert offset.seconds == ZONE
