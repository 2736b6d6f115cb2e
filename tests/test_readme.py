"""The README against the program: what it quotes of a draft, the keys it explains, the sources it names."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.drafting.offline import OfflineDrafter
from agent.settings import Settings
from agent.store import IncidentFolder
from agent.workflow.run import run_draft
from evals.samples import BUNDLED
from tools.sources import BUILT_IN

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
CASE = "boutique-4392eb"
LABELS = re.compile(r"^\*\*(Summary|Impact|Open questions)\.\*\* ")


def _section(heading: str) -> str:
    _, _, rest = README.partition(f"## {heading}\n")
    assert rest, heading
    return rest.partition("\n## ")[0]


def _plain(text: str) -> str:
    """Leave out what the README spares its reader: bold marks, targets of links, citations of facts."""
    text = re.sub(r" ?\[[^]]+\]\(#fact-[^)]*\)", "", text.replace("**", ""))
    return " ".join(re.sub(r"\]\(#[^)]*\)", "]", text).split())


def _quoted() -> list[str]:
    """Split what the README quotes into the pieces between its marks of omission."""
    shown = _section("What a draft looks like").splitlines()
    text = "\n".join(line.lstrip("> ") for line in shown if line.startswith(">"))
    pieces = re.split(r"…| · |\n(?=\n|\|)", text)
    plain = [_plain(LABELS.sub("", piece.strip())).strip(" |") for piece in pieces]
    return [piece for piece in plain if len(piece) > 8]


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = IncidentFolder(tmp_path_factory.mktemp("readme") / CASE)
    shutil.copytree(BUNDLED / CASE / "bundle", folder.path)
    now = datetime.now(UTC)
    run_draft(folder, drafter=OfflineDrafter(), settings=Settings(), now=lambda: now)
    return _plain((folder.path / "draft.md").read_text(encoding="utf-8"))


def test_what_is_quoted_stands_in_the_draft(drafted: str) -> None:
    quoted = _quoted()
    assert len(quoted) > 12
    assert [piece for piece in quoted if piece not in drafted] == []


def test_every_setting_is_explained() -> None:
    explained = set(re.findall(r"`\[{0,2}([a-z_]+)\]{0,2}`", _section("Configuration")))
    assert set(Settings.model_fields) - {"config_file"} - explained == set()


def test_every_kind_of_source_is_named() -> None:
    named = set(re.findall(r"`([a-z]+)`", _section("Your own incident")))
    assert set(BUILT_IN) - {"files"} - named == set()
