"""git: the commits of a local repository, as `git log` prints them."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import Field, field_validator

from tools.formats.records import Clock
from tools.sources.settings import ConfigPath, SourceSettings
from tools.sources.source import (
    Asked,
    Deadline,
    Fetched,
    FetchedArtifact,
    Health,
    Scope,
    SourceKind,
    Span,
    Surroundings,
    examine,
)

_SAFE = ("-c", "core.fsmonitor=false", "-c", "log.showSignature=false", "-c", "core.pager=cat")
"""A repository's own settings must run no program."""
_NOTE_BYTES = 300


class GitSettings(SourceSettings):
    """A repository on this machine."""

    repository: ConfigPath
    """Its folder, relative to the file that names it."""
    service: str = ""
    """Service that its commits change; default: the folder's name."""
    revision: str = "HEAD"
    """Branch, tag or commit whose history is read."""
    paths: tuple[str, ...] = ()
    """Only commits that touch these."""
    lookback_hours: float = Field(default=24.0, ge=0)
    """Hours before the window of which commits are read too."""

    @field_validator("revision")
    @classmethod
    def _no_option(cls, revision: str) -> str:
        if revision.startswith("-") or not revision:
            raise ValueError("must name a branch, tag or commit")
        return revision


@dataclass(frozen=True, slots=True)
class GitSource:
    """Runs git with a list of arguments, never through a shell."""

    settings: GitSettings
    surroundings: Surroundings

    def fetch(self, scope: Scope, destination: Path) -> Fetched:
        """Write the commits of the window and of some hours before it."""
        if scope.window is None:
            return Fetched("git log", "failed", (), note="the incident's record has no time to ask about")
        window = Span(scope.window.start - timedelta(hours=self.settings.lookback_hours), scope.window.end)
        arguments = self._log(window)
        query = " ".join(("git", *arguments))
        began = time.monotonic()
        done = self._run(arguments, scope.deadline)
        seconds = time.monotonic() - began
        if isinstance(done, str):
            return Fetched(query, "failed", (), note=done, asked=(Asked(query, "failed", window, note=done),))
        if not done.strip():
            return Fetched(query, "empty", (), asked=(Asked(query, "empty", window, seconds=seconds),))
        path = destination / "git.log"
        path.write_bytes(done)
        labels = {"service": self.settings.service or self.settings.repository.resolve().name}
        sniffed, tally = examine(path, clock=Clock(), labels=labels)
        artifact = FetchedArtifact(path, query, sniffed, tally, labels, Clock())
        asked = Asked(query, "ok", window, tally.rows, len(done), seconds)
        return Fetched(query, "ok", (artifact,), asked=(asked,))

    def probe(self, scope: Scope) -> Health:
        """Ask for the newest commit."""
        version = self._run(("--version",), scope.deadline)
        newest = self._run(
            ("log", "-1", "--format=%cI", "--end-of-options", self.settings.revision, "--"), scope.deadline
        )
        if isinstance(newest, str):
            hint = "Is `repository` a git repository, and `revision` in it?"
            return Health(reachable=False, problem=newest, suggestion=hint)
        told = (
            version.decode("utf-8", "replace").removeprefix("git version ").strip()
            if isinstance(version, bytes)
            else ""
        )
        return Health(reachable=True, version=told, retention=f"newest commit {newest.decode().strip()}")

    def _log(self, window: Span) -> tuple[str, ...]:
        return (
            "log",
            f"--since={_iso(window.start)}",
            f"--until={_iso(window.end)}",
            "--date=iso-strict",
            "--pretty=fuller",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            "--end-of-options",
            self.settings.revision,
            "--",
            *self.settings.paths,
        )

    def _run(self, arguments: tuple[str, ...], deadline: Deadline) -> bytes | str:
        """Run git in the repository; return its output, or what went wrong."""
        git = shutil.which("git", path=self.surroundings.environ.get("PATH", os.defpath))
        if git is None:
            return "git is not installed"
        command = (git, "-C", str(self.settings.repository), *_SAFE, *arguments)
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                check=False,
                stdin=subprocess.DEVNULL,
                timeout=max(deadline.left, 0.01),
                env=_environment(self.surroundings.environ),
            )
        except subprocess.TimeoutExpired:
            return f"git took longer than {deadline.seconds:.0f} s"
        if done.returncode:
            said = " ".join(done.stderr[:_NOTE_BYTES].decode("utf-8", "replace").split())
            return said or f"git ended with {done.returncode}"
        return done.stdout


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    kept = {key: environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in environ}
    return kept | {"LC_ALL": "C.UTF-8", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _make(settings: GitSettings, surroundings: Surroundings) -> GitSource:
    return GitSource(settings, surroundings)


KIND = SourceKind("git", GitSettings, _make)
