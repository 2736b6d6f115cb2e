"""Resealing describes anew and never blesses changed bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.store import open_bundle, write_model
from evals.importers import import_case
from evals.reseal import main, reseal

SOURCE = Path(__file__).parents[1] / "fixtures" / "upstream" / "cloud-opsbench" / "breaches"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return import_case("cloud-opsbench", SOURCE, tmp_path)


def test_a_fresh_case_stays_as_it_is(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (case / "bundle" / "evidence" / "manifest.json").read_bytes()
    assert not reseal(case)
    assert (case / "bundle" / "evidence" / "manifest.json").read_bytes() == before
    assert main([str(case.parent)]) == 0
    assert capsys.readouterr().out == f"{case.name}: unchanged\n"


def test_an_older_description_is_replaced(case: Path) -> None:
    bundle = open_bundle(case / "bundle" / "evidence")
    older = tuple(a.model_copy(update={"rows": 0, "format": "unknown"}) for a in bundle.manifest.artifacts)
    write_model(bundle.folder / "manifest.json", bundle.manifest.model_copy(update={"artifacts": older}))
    assert reseal(case)
    assert open_bundle(bundle.folder).manifest == bundle.manifest


def test_changed_bytes_are_refused(case: Path) -> None:
    with (case / "bundle" / "evidence" / "metrics" / "metrics.csv").open("a") as file:
        file.write("2025-12-26 12:40:00,1,1,1,1,1,1,1,1,1\n")
    with pytest.raises(ValueError, match="is not what was sealed"):
        reseal(case)
