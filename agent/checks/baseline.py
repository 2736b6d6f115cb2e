"""A baseline: findings of old documents that are known and do not count, keyed by rule and words.

A finding is found again after its line moved, and counts anew once its line was rewritten.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import cast

from agent.checks.report import Report
from agent.checks.suppression import Silenced
from agent.errors import UserError

_VERSION = 1


def fingerprint(report: Report, lines: Sequence[str]) -> str:
    """Hash rule, cited words and the line they stand in, without case and spacing."""
    line = lines[report.line - 1] if report.line <= len(lines) else ""
    words = " ".join(f"{report.text}\n{line}".lower().split())
    return hashlib.sha256(f"{report.rule}\n{words}".encode()).hexdigest()[:20]


def write_baseline(file: Path, results: Iterable[tuple[Path, Sequence[str], Sequence[Report]]]) -> int:
    """Write every finding of the results; return how many."""
    rows: dict[str, dict[str, int]] = {}
    for path, lines, reports in results:
        counted = Counter(f"{report.rule}:{fingerprint(report, lines)}" for report in reports)
        if counted:
            rows[_name(path, file)] = dict(sorted(counted.items()))
    text = json.dumps({"version": _VERSION, "files": dict(sorted(rows.items()))}, indent=2)
    try:
        file.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}.", hint="Check its folder.") from error
    return sum(sum(row.values()) for row in rows.values())


class Baseline:
    """The known findings of every file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
            if data["version"] != _VERSION:
                raise UserError(f"{file} has version {data['version']}.", hint="Write it anew.")
            self._files = cast("dict[str, dict[str, int]]", data["files"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UserError(
                f"{file} is no baseline: {error}.", hint="Write one with --write-baseline."
            ) from error

    def split(
        self, path: Path, lines: Sequence[str], reports: Sequence[Report]
    ) -> tuple[tuple[Report, ...], tuple[Silenced, ...]]:
        """Split the findings of one file into new and known ones; a known one counts as often as it was."""
        left = Counter(self._files.get(_name(path, self._file), {}))
        new: list[Report] = []
        known: list[Silenced] = []
        for report in reports:
            key = f"{report.rule}:{fingerprint(report, lines)}"
            if left[key] > 0:
                left[key] -= 1
                known.append(Silenced(report, "external", f"known in {self._file.name}"))
            else:
                new.append(report)
        return tuple(new), tuple(known)


def _name(path: Path, file: Path) -> str:
    base, whole = file.parent.resolve(), path.resolve()
    return whole.relative_to(base).as_posix() if whole.is_relative_to(base) else whole.as_posix()
