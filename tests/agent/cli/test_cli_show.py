"""What `show` prints is what the evidence says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.cli.main import main

SAMPLE = "boutique-4392eb"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    assert main(["draft", "--incident", SAMPLE, "--home", str(home), "--offline", "--json"]) == 0
    return home


def shown(home: Path, evidence: str, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    capsys.readouterr()
    assert main(["show", SAMPLE, evidence, "--home", str(home), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_samples_are_those_of_the_service_also_in_a_wide_table(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = shown(home, "M1", capsys)
    evidence, excerpts = found["evidence"], found["excerpts"]
    assert isinstance(evidence, dict)
    assert isinstance(excerpts, list)
    assert excerpts[0]["series"] == f"{evidence['service']}-{evidence['attributes']['metric']}"
    peak = max(value for _, value in excerpts[0]["samples"])
    assert peak == float(evidence["attributes"]["peak"])
