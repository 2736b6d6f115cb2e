"""What `show` prints is what the evidence says."""

from __future__ import annotations

import json
import re
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


def test_several_pieces_and_facts_are_shown_as_a_draft_names_them(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["show", SAMPLE, "--home", str(home)]
    capsys.readouterr()
    assert main([*command, "A1", "m1,[M2]", "fact-ended", "time to detect"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if line[:3] in ("A1 ", "M1 ", "M2 ")][:3] == ["A1", "M1", "M2"]
    assert any(line.startswith("Ended  2025-12-26T04:34:23Z") for line in lines)
    assert any(line.startswith("    how: ") and "the last alert resolved" in line for line in lines)
    assert any(line.startswith("Time to detect  ") for line in lines)

    assert main([*command, "A1", "symptom_peak", "--json"]) == 0
    piece, fact = json.loads(capsys.readouterr().out)
    assert piece["evidence"]["id"] == "A1"
    assert piece["excerpts"]
    assert fact["fact"]["name"] == "symptom_peak"
    assert [item["id"] for item in fact["evidence"]] == fact["fact"]["evidence"] != []


@pytest.mark.parametrize(
    ("named", "hint"),
    [
        ("M99", "It has M1 to M"),
        ("fact-end", "fact-ended"),
        ("nonsense", "pm-agent digest"),
        ("F1", "of the kinds"),
    ],
)
def test_what_is_not_there_is_refused_before_anything_is_shown(
    home: Path, capsys: pytest.CaptureFixture[str], named: str, hint: str
) -> None:
    capsys.readouterr()
    assert main(["show", SAMPLE, "A1", named, "--home", str(home)]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert hint in err


def test_a_huge_attribute_is_cut_on_a_terminal(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    command = ["show", SAMPLE, "A5", "--home", str(home)]
    capsys.readouterr()
    assert main(command) == 0
    whole = next(line for line in capsys.readouterr().out.splitlines() if "description:" in line)
    assert len(whole) > 2 * 60
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert main(command) == 0
    cut = next(line for line in capsys.readouterr().out.splitlines() if "description:" in line)
    assert cut.endswith("…")


def test_every_fact_that_a_draft_cites_is_shown(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cited = re.findall(r"\]\(#(fact-[a-z-]+)\)", (home / SAMPLE / "draft.md").read_text())
    assert cited
    for name in set(cited):
        assert main(["show", SAMPLE, name, "--home", str(home)]) == 0
