"""The timeline as a Mermaid chart: events along a scale of time, grouped by where they were seen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from agent.report.inline import visible
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence
from agent.schema.postmortem import TimelineRow

DRAWN = "mermaid"
"""Language of the fenced block that the report draws itself."""

_MOST_ROWS = 30
_LABEL_WIDTH = 64
_UNSAFE = re.compile(r"[^\w .,()/+=%'-]+")
"""Mermaid reads `:` `;` `#` `%%` quotes, brackets and back-ticks in labels as syntax."""


def chart(timeline: tuple[TimelineRow, ...], digest: Digest | None) -> str:
    """Draw the first rows of a timeline; empty where there are fewer than two."""
    rows = timeline[:_MOST_ROWS]
    if len(rows) < 2:
        return ""
    evidence = {item.id: item for item in digest.evidence} if digest else {}
    wide = (rows[-1].time - rows[0].time).total_seconds() > 86400
    lines = [
        f"```{DRAWN}",
        "gantt",
        "    title Timeline (UTC)",
        "    dateFormat YYYY-MM-DD HH:mm:ss",
        f"    axisFormat {'%d %b %H:%M' if wide else '%H:%M'}",
    ]
    for source in dict.fromkeys(_label(row.source, 24) or "other" for row in rows):
        lines.append(f"    section {source}")
        lines += [_task(row, evidence) for row in rows if (_label(row.source, 24) or "other") == source]
    return "\n".join([*lines, "```"])


def _task(row: TimelineRow, evidence: Mapping[str, Evidence]) -> str:
    name = f"{row.evidence[0] if row.evidence else 'stated'} {_label(row.event, _LABEL_WIDTH)}"
    cited = [evidence[item] for item in row.evidence if item in evidence]
    severe = "crit, " if any(item.severity in ("critical", "error") for item in cited) else ""
    ends = [item.end for item in cited if item.end and item.end > row.time]
    start = _stamp(row.time)
    if not ends:
        return f"    {name} :milestone, {severe}{start}, 0s"
    return f"    {name} :{severe}{start}, {_stamp(max(ends))}"


def _stamp(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}"


def _label(text: str, width: int) -> str:
    cleaned = " ".join(re.sub(r"%{2,}", "%", _UNSAFE.sub(" ", visible(text))).split())
    return cleaned if len(cleaned) <= width else cleaned[: width - 1].rstrip() + "…"
