"""The bundled incidents are sealed, licensed, neutral and of every kind that we promise."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from agent import samples
from agent.store import Home, open_bundle, read_incident, sha256_file
from evals.expectation import read_expectation
from evals.samples import BUNDLED, catalogue

ROOT = Path(__file__).parents[2]
CASES = sorted(folder for folder in BUNDLED.iterdir() if (folder / "bundle").is_dir())
IDS = [case.name for case in CASES]


def test_there_are_incidents_of_every_kind() -> None:
    told = [read_expectation(case / "expect.yaml") for case in CASES]
    assert len(told) >= 6
    assert [case.name for case in CASES] == [item.id for item in told]
    assert any("alerts" in item.signals and item.cause.graded for item in told)
    assert any("alerts" not in item.signals and "logs" in item.signals for item in told)
    assert any(set(item.signals) <= {"metrics", "topology"} for item in told)
    assert [item.verdict for item in told].count("no incident") == 1


def test_they_are_offered_as_samples() -> None:
    offered = {sample.id: sample for sample in samples.catalogue()}
    assert set(offered) >= {sample.id for sample in catalogue()} == set(IDS)
    assert all(sample.signals and sample.title and sample.system for sample in catalogue())


def test_a_sample_brings_nothing_but_its_bundle(tmp_path: Path) -> None:
    sample = catalogue()[0]
    folder = samples.install(sample, Home(tmp_path))
    assert sorted(path.name for path in folder.path.iterdir()) == ["evidence", "incident.yaml"]
    assert folder.read_incident().id == folder.id == sample.id


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_every_artifact_is_as_it_was_sealed(case: Path) -> None:
    evidence = case / "bundle" / "evidence"
    manifest = open_bundle(evidence).manifest
    assert manifest.incident == case.name == read_incident(case / "bundle" / "incident.yaml").id
    listed = {artifact.path: artifact.sha256 for artifact in manifest.artifacts}
    written = {p.relative_to(evidence).as_posix() for p in evidence.rglob("*") if p.is_file()}
    assert written == {*listed, "manifest.json"}
    assert {path: sha256_file(evidence / path) for path in listed} == listed


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_every_artifact_but_a_few_is_understood(case: Path) -> None:
    artifacts = open_bundle(case / "bundle" / "evidence").manifest.artifacts
    unknown = [artifact.path for artifact in artifacts if artifact.signal == "unknown"]
    assert len(unknown) <= len(artifacts) // 20, unknown


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_names_and_manifest_do_not_tell_the_answer(case: Path) -> None:
    told = (case / "bundle" / "evidence" / "manifest.json").read_text()
    told += (case / "bundle" / "incident.yaml").read_text()
    label = read_expectation(case / "expect.yaml").cause.label
    assert not label or label == "return" or label not in told
    assert not re.search(r"ground.?truth|fault_taxonomy|root.cause|inject", told, re.IGNORECASE)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_licences_are_kept_beside_the_data(case: Path) -> None:
    notice = (case / "NOTICE").read_text()
    assert "Licence" in notice
    repository = re.search(r"https://github\.com/[^/]+/(\S+?),", notice)
    assert repository is not None
    text = {
        "Cloud-OpsBench": "cloud-opsbench",
        "holmesgpt": "holmesgpt",
        "Nezha": "nezha",
        "petshop-root-cause-analysis": "petshop",
        "NAB": "nab",
    }[repository.group(1)]
    assert (BUNDLED / "LICENSES" / f"{text}.txt").stat().st_size > 500


def test_the_repository_stays_small() -> None:
    assert sum(path.stat().st_size for path in BUNDLED.rglob("*") if path.is_file()) <= 8_000_000


def test_the_wheel_holds_incidents_and_skill() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert "evals" in wheel["packages"]
    assert wheel["force-include"] == {"skills/conduct-post-mortem": "agent/skill/conduct-post-mortem"}
