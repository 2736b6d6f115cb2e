"""The end of the report: what was asked of every source, and each cited piece of evidence."""

from __future__ import annotations

from collections.abc import Iterable

from agent.report.citations import cited_evidence, cited_facts
from agent.report.claims import FACT_LABELS, cite
from agent.report.inline import NONE, escape, fence
from agent.report.moments import format_moment
from agent.schema.digest import Coverage, Digest, Fact, SourceQuery
from agent.schema.evidence import KIND_NAMES, Evidence, Pointer
from agent.schema.postmortem import PostMortem


def table(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """Write a table whose cells are Markdown already."""
    titles = tuple(titles)
    head = [_row(titles), _row("---" for _ in titles)]
    return head + [_row(row) for row in rows]


def render_coverage(draft: PostMortem) -> list[str]:
    """Write what was asked, what came back, and what is missing."""
    lines: list[str] = []
    if draft.coverage:
        titles = (
            "Source",
            "Signal",
            "Asked for",
            "Outcome",
            "Files",
            "Rows",
            "Undated",
            "Unreadable",
            "Note",
        )
        lines += [*table(titles, map(_coverage_row, draft.coverage)), ""]
    if draft.gaps:
        lines += ["What could not be seen:", "", *(f"- {escape(gap)}" for gap in draft.gaps), ""]
    return lines or [NONE, ""]


def render_appendix(draft: PostMortem, digest: Digest | None) -> list[str]:
    """Write every cited fact and piece of evidence under a heading that citations link to."""
    if digest is None:
        return ["The evidence of this draft is not at hand, so it is not listed.", ""]
    lines = [
        f"Computed from snapshot `{digest.snapshot}`, manifest sha256 `{digest.manifest_sha256}`.",
        "Paths are relative to the snapshot's folder; lines are counted in the uncompressed file.",
        "",
    ]
    for fact in cited_facts(draft, digest):
        lines += _render_fact(fact)
    for item in cited_evidence(draft, digest):
        lines += _render_evidence(item)
    return lines + _render_queries(digest)


def describe_pointer(pointer: Pointer) -> str:
    """Say in plain text where a pointer points, such as `files/web.log, lines 4 to 9`."""
    parts = [pointer.artifact]
    if pointer.lines:
        first, last = pointer.lines
        parts.append(f"line {first}" if first == last else f"lines {first} to {last}")
    if pointer.series is not None:
        parts.append(f"series {pointer.series}")
    if pointer.samples:
        low, high = pointer.samples
        parts.append(f"sample {low}" if low == high else f"samples {low} to {high}")
    return ", ".join(parts)


def describe_time(item: Evidence) -> str:
    """Say when evidence shows, in plain text."""
    if item.start is None:
        return "no time"
    if item.end is None:
        return f"from {format_moment(item.start)} UTC, not seen to end"
    if item.end == item.start:
        return f"{format_moment(item.start)} UTC"
    return f"{format_moment(item.start)} to {format_moment(item.end)} UTC"


def _render_queries(digest: Digest) -> list[str]:
    """Write every query that was sent, so that a reader can ask again."""
    if not digest.queries:
        return []
    titles = ("Source", "Query", "Outcome", "Rows", "Note")
    return ["### Queries", "", *table(titles, map(_query_row, digest.queries)), ""]


def _query_row(query: SourceQuery) -> tuple[str, ...]:
    outcome = query.outcome if query.outcome in {"ok", "empty"} else f"**{query.outcome}**"
    return (escape(query.source), escape(query.query), outcome, str(query.rows), escape(query.note))


def _coverage_row(row: Coverage) -> tuple[str, ...]:
    counts = (row.artifacts, row.rows, row.undated, row.malformed)
    outcome = f"**{row.outcome}**" if row.gap else row.outcome
    words = (escape(row.source), row.signal, escape(row.query), outcome)
    return (*words, *(str(count) for count in counts), escape(row.note))


def _render_fact(fact: Fact) -> list[str]:
    note = f" {escape(fact.note)}" if fact.note else ""
    heading = f"### Fact: {FACT_LABELS[fact.name]}"
    return [heading, "", f"{escape(fact.label)}: **{escape(fact.text)}**{cite(fact.evidence)}{note}", ""]


def _render_evidence(item: Evidence) -> list[str]:
    kind = KIND_NAMES[item.kind]
    about = [kind[:1].upper() + kind[1:], *([escape(item.service)] if item.service else [])]
    lines = [f"### {item.id}", "", " · ".join([*about, escape(describe_time(item))]), ""]
    lines += [escape(item.statement), ""]
    if item.quote:
        lines += [fence(item.quote), ""]
    return [*lines, *(f"- {escape(describe_pointer(pointer))}" for pointer in item.pointers), ""]


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
