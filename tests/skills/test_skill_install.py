"""`pm-agent skill install` copies the one skill and never overwrites somebody's changes unasked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.cli.main import main
from agent.cli.skill import NAME
from agent.errors import ExitCode

SKILL = Path(__file__).parents[2] / "skills" / NAME


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_installs_into_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["skill", "install"]) == ExitCode.OK
    assert files(tmp_path / ".claude" / "skills" / NAME) == files(SKILL)


def test_installs_for_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert main(["skill", "install", "--user"]) == ExitCode.OK
    assert (tmp_path / ".claude" / "skills" / NAME / "SKILL.md").is_file()


def test_says_whether_it_changed_anything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for _ in range(2):
        assert main(["skill", "install", "--dir", str(tmp_path), "--json"]) == ExitCode.OK
        told.append(json.loads(capsys.readouterr().out))
    assert [item["changed"] for item in told] == [True, False]
    assert told[0]["folder"] == str(tmp_path / NAME)


def test_keeps_a_changed_copy_unless_forced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["skill", "install", "--dir", str(tmp_path)])
    (tmp_path / NAME / "SKILL.md").write_text("mine")
    (tmp_path / NAME / "notes.md").write_text("mine too")
    assert main(["skill", "install", "--dir", str(tmp_path)]) == ExitCode.NOT_ALLOWED
    assert "--force" in capsys.readouterr().err
    assert (tmp_path / NAME / "SKILL.md").read_text() == "mine"
    assert main(["skill", "install", "--dir", str(tmp_path), "--force"]) == ExitCode.OK
    assert files(tmp_path / NAME) == files(SKILL)


def test_needs_an_action() -> None:
    with pytest.raises(SystemExit) as stop:
        main(["skill"])
    assert stop.value.code == ExitCode.UNUSABLE
