"""Planted incidents: the same seed gives the same files, and the digest names what was planted."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent.digest.engine import digest
from agent.schema.digest import Digest
from agent.store import IncidentFolder
from benchmarks import suspects
from benchmarks.planting import nezha, performance
from benchmarks.planting.__main__ import HEALTHY, PLANTERS, main, write
from benchmarks.planting.outages import OUTAGES
from evals.expectation import read_expectation
from evals.importers import import_case


def digested(case: Path) -> Digest:
    folder = IncidentFolder(case / "bundle")
    bundle = folder.bundle()
    assert bundle is not None
    return digest(bundle, folder.read_incident())


@pytest.mark.parametrize("kind", sorted(PLANTERS))
def test_a_seed_gives_one_incident_and_another_seed_another(kind: str) -> None:
    _, plant = PLANTERS[kind]
    assert plant(3) == plant(3)
    assert plant(3) != plant(4)


@pytest.mark.parametrize(("kind", "seed"), [("nezha", 2), ("nezha", 4), ("performance", 2), ("cluster", 3)])
def test_what_was_planted_is_the_first_suspect(kind: str, seed: int, tmp_path: Path) -> None:
    case = write(kind, seed, tmp_path)
    truth = read_expectation(case / "expect.yaml").cause
    first = digested(case).suspects[0]
    assert first.component in truth.component, (truth.label, first.reason)


def test_a_log_clock_that_is_eight_hours_off_is_found_shifted_and_told(tmp_path: Path) -> None:
    straight, bent = nezha.plant(2), dict(nezha.plant(2))
    rows = list(csv.DictReader(io.StringIO(bent["logs.csv"].decode())))
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        later = datetime.fromisoformat(row["Timestamp"][:26]) + timedelta(hours=8)
        writer.writerow({**row, "Timestamp": f"{later.isoformat()}Z", "TimeUnixNano": ""})
    bent["logs.csv"] = out.getvalue().encode()
    found: dict[str, Digest] = {}
    for name, files in (("straight", straight), ("bent", bent)):
        folder = tmp_path / name / "case-1"
        folder.mkdir(parents=True)
        for file, data in files.items():
            (folder / file).write_bytes(data)
        found[name] = digested(import_case("nezha", folder, tmp_path / f"cases-{name}"))
    (note,) = (note for note in found["bent"].notes if "clock" in note)
    assert "8 h ahead of the spans" in note
    assert "zone was misread" in note
    assert any(note in row.note for row in found["bent"].coverage)
    assert not any("clock" in line for line in found["straight"].notes)
    assert found["bent"].suspects[0].component == found["straight"].suspects[0].component


def test_scorers_are_as_published_and_survive_constant_series() -> None:
    before = [1.0, 2.0, 3.0, 4.0, 5.0]
    assert suspects.baro(before, [3.0, 9.0]) == pytest.approx(3.0)
    assert suspects.n_sigma(before, [3.0, 9.0]) == pytest.approx(6 / 2**0.5)
    assert suspects.baro([1.0] * 5, [3.0]) == suspects.n_sigma([1.0] * 5, [3.0]) == 2.0


def test_a_case_is_ranked_on_time_and_late(tmp_path: Path) -> None:
    write("petshop", 1, tmp_path)
    (case,) = tmp_path.iterdir()
    found = suspects.ranks(case, [60])
    assert [item.late for item in found] == [0, 60]
    row = suspects.table(found)[0]
    assert row["cases"] == 1
    assert set(row) == {"system", "metrics", "late_seconds", "cases", "ours", "baro", "n_sigma"}


def contents(case: Path) -> dict[str, bytes]:
    """Read every file of a case by its path; not when the manifest was sealed."""
    return {
        str(path.relative_to(case)): path.read_bytes()
        for path in sorted(case.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


def test_a_watched_system_is_the_same_for_a_seed_and_another_for_another(tmp_path: Path) -> None:
    once, again, other = (
        write("watched", seed, tmp_path / name) for name, seed in (("a", 3), ("b", 3), ("c", 4))
    )
    assert contents(once) == contents(again)
    assert contents(once) != contents(other)


def test_what_was_planted_in_a_watched_system_is_the_first_suspect(tmp_path: Path) -> None:
    names = list(OUTAGES)
    case = write("watched", names.index("bad_image_tag"), tmp_path)
    truth = read_expectation(case / "expect.yaml")
    first = digested(case).suspects[0]
    assert (truth.cause.label, truth.should_abstain) == ("bad_image_tag", False)
    assert first.component in truth.cause.component, (truth.cause, first.reason)


@pytest.mark.parametrize("kind", [*sorted(HEALTHY), "watched"])
def test_a_healthy_recording_asks_to_abstain_and_is_counted_as_a_control(kind: str, tmp_path: Path) -> None:
    main([kind, str(tmp_path), "--count", "1", "--seed", "2", "--healthy"])
    (case,) = tmp_path.iterdir()
    truth = read_expectation(case / "expect.yaml")
    assert truth.should_abstain
    assert (truth.cause.component, truth.cause.label, truth.must_state) == ((), "", ())
    assert suspects.ranks(case, []) == []
    control = suspects.named_in_control(case)
    assert control is not None
    system, name, named = control
    assert (system, name) == (truth.system, truth.id)
    assert not named or kind not in {"cluster", "watched"}  # of the others a few stand out by chance


def test_a_healthy_system_is_the_broken_one_without_its_fault() -> None:
    wrong, well = performance.plant(2), performance.plant(2, healthy=True)
    assert wrong.keys() == well.keys()
    assert wrong["service_dependencies.json"] == well["service_dependencies.json"]
    told = json.loads(wrong["alert.json"])["alerts"]
    assert told
    assert len(json.loads(well["alert.json"])["alerts"]) < len(told)


def test_a_kind_that_cannot_be_healthy_is_refused_with_those_that_can(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["workload", str(tmp_path), "--healthy"])
    assert stopped.value.code == 2
    assert "workload cannot be healthy" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
