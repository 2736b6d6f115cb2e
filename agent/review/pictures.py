"""The plots of a report: the samples around each cited metric change, read from the sealed snapshot."""

from __future__ import annotations

from agent.report.citations import cited_evidence
from agent.report.plots import Plot
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence
from agent.schema.postmortem import PostMortem
from agent.store import Bundle, IncidentFolder


def plots_of(folder: IncidentFolder, draft: PostMortem, digest: Digest | None) -> dict[str, Plot]:
    """Read what the cited metric changes looked like; a change without readable samples has no plot."""
    bundle = folder.bundle(digest.snapshot) if digest else None
    if bundle is None:
        return {}
    metrics = (item for item in cited_evidence(draft, digest) if item.kind == "M")
    plots = ((item.id, _plot(bundle, item)) for item in metrics)
    return {name: plot for name, plot in plots if plot is not None}


def _plot(bundle: Bundle, item: Evidence) -> Plot | None:
    return None
