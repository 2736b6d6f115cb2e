"""Whether a pointer leads to real lines or samples of a sealed artifact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from agent.errors import UserError
from agent.review.series import choose, read_series
from agent.schema.evidence import Pointer
from agent.store import MANIFEST
from tools.formats.opening import count_lines

if TYPE_CHECKING:
    from agent.schema.bundle import Artifact
    from agent.store import Bundle
    from tools.formats.records import Series


class Resolver:
    """Resolves pointers into one snapshot; every artifact is read once for lines and once for series."""

    def __init__(self, bundle: Bundle, pointers: Iterable[Pointer]) -> None:
        self._bundle = bundle
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        for pointer in pointers:
            if pointer.series is not None:
                self._names[pointer.artifact].add(pointer.series)
        self._lines: dict[str, int] = {}
        self._series: dict[str, tuple[Series, ...]] = {}

    def problem(self, pointer: Pointer, service: str | None) -> str | None:
        """Say what is wrong with a pointer of evidence about `service`, or None."""
        artifact = self._artifacts.get(pointer.artifact)
        if artifact is None and pointer.artifact != MANIFEST:
            return "the manifest has no such artifact."
        try:
            if not self._bundle.path(pointer.artifact).is_file():
                return "the file is missing."
            wrong = self._lines_problem(pointer)
            return wrong or (self._series_problem(pointer, artifact, service) if artifact else None)
        except UserError as error:
            return str(error)

    @cached_property
    def _artifacts(self) -> dict[str, Artifact]:
        return {artifact.path: artifact for artifact in self._bundle.manifest.artifacts}

    def _lines_problem(self, pointer: Pointer) -> str | None:
        if pointer.lines is None:
            return None
        first, last = pointer.lines
        if not 1 <= first <= last:
            return f"lines {first} to {last} are reversed or not 1-based."
        if pointer.artifact not in self._lines:
            self._lines[pointer.artifact] = count_lines(self._bundle.path(pointer.artifact))
        count = self._lines[pointer.artifact]
        return None if last <= count else f"line {last} does not exist; the file has {count}."

    def _series_problem(self, pointer: Pointer, artifact: Artifact, service: str | None) -> str | None:
        if pointer.series is None:
            return None
        if artifact.path not in self._series:
            names = self._names[artifact.path]
            self._series[artifact.path] = read_series(self._bundle, artifact, names)
        found = self._series[artifact.path]
        named = [series for series in found if pointer.series in (series.name, series.column)]
        if not named:
            return f"the file has no series {pointer.series}."
        if pointer.samples is None:
            return None
        meant = choose(found, pointer.series, service) or max(named, key=lambda series: len(series.times))
        (first, last), length = pointer.samples, len(meant.times)
        if not 0 <= first <= last < length:
            return f"samples {first} to {last} do not exist; the series has {length}."
        return None
