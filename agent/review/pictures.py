"""The plots of a report: the samples around each cited metric change, read from the sealed snapshot."""

from __future__ import annotations

from collections import defaultdict

from agent.report.citations import cited_evidence
from agent.report.plots import Plot
from agent.review.series import choose, read_series
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence, Pointer
from agent.schema.postmortem import PostMortem
from agent.store import Bundle, IncidentFolder
from tools.formats.records import Series

_LEAST_AROUND = 40
"""Samples shown before and after a change at least; a longer change is shown with its own length around."""


def plots_of(folder: IncidentFolder, draft: PostMortem, digest: Digest | None) -> dict[str, Plot]:
    """Read what the cited metric changes looked like; a change without readable samples has no plot."""
    bundle = folder.bundle(digest.snapshot) if digest else None
    if bundle is None:
        return {}
    wanted = [(item, pointer) for item in cited_evidence(draft, digest) if (pointer := _first_series(item))]
    series = _read(bundle, [pointer for _, pointer in wanted])
    return {
        item.id: _plot(item, pointer, found)
        for item, pointer in wanted
        if (found := choose(series[pointer.artifact], pointer.series or "", item.service)) is not None
    }


def _first_series(item: Evidence) -> Pointer | None:
    return next((pointer for pointer in item.pointers if pointer.series is not None), None)


def _read(bundle: Bundle, pointers: list[Pointer]) -> defaultdict[str, tuple[Series, ...]]:
    names: defaultdict[str, set[str]] = defaultdict(set)
    for pointer in pointers:
        names[pointer.artifact].add(pointer.series or "")
    found: defaultdict[str, tuple[Series, ...]] = defaultdict(tuple)
    for artifact in bundle.manifest.artifacts:
        if artifact.path in names and bundle.holds(artifact):
            found[artifact.path] = read_series(bundle, artifact, names[artifact.path])
    return found


def _plot(item: Evidence, pointer: Pointer, series: Series) -> Plot:
    first, last = pointer.samples or (0, len(series.times) - 1)
    around = max(_LEAST_AROUND, last - first)
    low, high = max(0, first - around), last + around + 1
    return Plot(
        times=series.times[low:high],
        values=series.values[low:high],
        unit=item.attributes.get("unit", ""),
        onset=item.start,
        end=item.end,
    )
