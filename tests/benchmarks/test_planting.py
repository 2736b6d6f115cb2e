"""Planted incidents: the same seed gives the same files, and the digest names what was planted."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent.digest.engine import digest
from agent.schema.digest import Digest
from agent.store import IncidentFolder
from benchmarks import suspects
from benchmarks.planting import nezha
from benchmarks.planting.__main__ import PLANTERS, write
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
