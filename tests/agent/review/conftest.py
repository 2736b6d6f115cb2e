from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.review import save_draft
from agent.schema.digest import Digest
from agent.schema.finding import Finding
from agent.schema.postmortem import PostMortem
from agent.store import IncidentFolder

FIXTURE = Path(__file__).parents[2] / "fixtures" / "reviewed"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    shutil.copytree(FIXTURE, tmp_path / "home" / "db-queue-full")
    return tmp_path / "home"


@pytest.fixture
def folder(home: Path) -> IncidentFolder:
    """A drafted incident with two open questions and no decision."""
    folder = IncidentFolder(home / "db-queue-full")
    draft = folder.read_draft()
    assert draft is not None
    save_draft(folder, draft, folder.read_digest(), ())
    return folder


@pytest.fixture
def now() -> datetime:
    return datetime(2014, 3, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def check() -> Callable[..., tuple[Finding, ...]]:
    """One rule: a claim that speaks of the forbidden word is an error."""

    def check(draft: PostMortem, digest: Digest | None, *, now: datetime) -> tuple[Finding, ...]:
        bad = [number for number, claim in enumerate(draft.summary, 1) if "careless" in claim.text]
        return tuple(
            Finding(
                rule="B01",
                level="error",
                message="This blames.",
                section=f"summary.{number}",
                text="careless",
            )
            for number in bad
        )

    return check
