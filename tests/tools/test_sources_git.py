"""The git source, on repositories made for the test."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.tools.scopes import scope
from tools.formats import read
from tools.formats.records import ChangeRecord
from tools.sources.git import KIND
from tools.sources.source import Source, Surroundings


def git(folder: Path, *arguments: str, at: str = "2026-03-01T11:00:00Z") -> None:
    who = {"GIT_AUTHOR_NAME": "Dana", "GIT_COMMITTER_NAME": "Dana"}
    mail = {"GIT_AUTHOR_EMAIL": "dana@example.org", "GIT_COMMITTER_EMAIL": "dana@example.org"}
    dates = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at, "HOME": str(folder)}
    env = {"PATH": os.environ["PATH"], **who, **mail, **dates}
    subprocess.run(("git", "-C", str(folder), *arguments), check=True, env=env, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    days = ("2026-02-20T11:00:00Z", "2026-03-01T11:30:00Z", "2026-03-01T14:00:00Z")
    for number, at in enumerate(days):
        (folder / f"f{number}").write_text(str(number))
        git(folder, "add", ".")
        git(folder, "commit", "-q", "-m", ("Old", "Raise the pool size", "Later")[number], at=at)
    return folder


def source(repository: Path, **told: object) -> Source:
    table = {"kind": "git", "name": "g", "repository": str(repository), **told}
    return KIND.make(KIND.settings.model_validate(table), Surroundings(Path(), dict(os.environ)))


def test_commits_of_the_window_and_the_day_before(repository: Path, tmp_path: Path) -> None:
    fetched = source(repository).fetch(scope(), tmp_path)
    assert fetched.outcome == "ok"
    found = list(read(tmp_path / "git.log", labels={"service": "checkout"}).records)
    assert [(item.title, item.author, item.time) for item in found if isinstance(item, ChangeRecord)] == [
        ("Raise the pool size", "Dana", datetime(2026, 3, 1, 11, 30, tzinfo=UTC))
    ]
    assert fetched.artifacts[0].labels == {"service": "checkout"}


def test_no_commit_is_empty_and_no_repository_is_failed(repository: Path, tmp_path: Path) -> None:
    assert source(repository, lookback_hours=0).fetch(scope(), tmp_path).outcome == "empty"
    fetched = source(tmp_path / "absent").fetch(scope(), tmp_path)
    assert (fetched.outcome, "absent" in fetched.note) == ("failed", True)


def test_a_revision_is_no_option_and_a_repository_runs_nothing(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must name a branch"):
        source(repository, revision="--output=/tmp/x")
    mark = tmp_path / "ran"
    git(repository, "config", "core.fsmonitor", f"touch {mark}")
    git(repository, "config", "log.showSignature", "true")
    git(repository, "config", "gpg.program", f"touch {mark}")
    assert source(repository).fetch(scope(), tmp_path).outcome == "ok"
    assert not mark.exists()


def test_probe(repository: Path, tmp_path: Path) -> None:
    retention = source(repository).probe(scope()).retention
    assert retention.startswith("newest commit 2026-03-01T14:00:00")
    assert not source(repository, revision="absent").probe(scope()).well
