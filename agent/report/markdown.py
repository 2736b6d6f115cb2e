"""A draft as Markdown that a person can read, edit and hand back; `agent.report.parsing` is the inverse."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from agent.report.appendix import render_appendix, render_coverage, table
from agent.report.claims import cite, mark, render_claim
from agent.report.inline import NONE, escape, escape_list
from agent.report.mermaid import chart
from agent.report.moments import format_moment, format_span
from agent.report.sections import BULLETS, PROSE, RULED_OUT, TITLES, SectionKey
from agent.schema.digest import Digest
from agent.schema.finding import Finding
from agent.schema.postmortem import (
    ActionItem,
    Claim,
    Factor,
    Header,
    OpenQuestion,
    PostMortem,
    TimelineRow,
    Why,
)

TIMELINE_TITLES = ("Time (UTC)", "Event", "Source", "Actor")
ACTION_TITLES = ("ID", "Action", "Owner", "Deadline", "Priority", "Kind", "Done when", "Addresses")


def render(draft: PostMortem, digest: Digest | None, findings: tuple[Finding, ...] = ()) -> str:
    """Write the whole report; foreign text is escaped so that it stays text."""
    lines = [
        f"# {escape(draft.header.title)}".rstrip(" "),
        "",
        *_render_notice(draft),
        *_render_header(draft, digest),
    ]
    for key, title in TITLES.items():
        body = _body(key, draft, digest, findings)
        if key == "findings" and not body:
            continue
        lines += [f"## {title}", "", *body]
    return "\n".join(lines).rstrip("\n") + "\n"


def _body(
    key: SectionKey, draft: PostMortem, digest: Digest | None, findings: tuple[Finding, ...]
) -> list[str]:
    if key in PROSE:
        return _render_prose(getattr(draft, key), bullets=key in BULLETS)
    bodies: dict[SectionKey, Callable[[], list[str]]] = {
        "findings": lambda: _render_findings(findings),
        "timeline": lambda: _render_timeline(draft.timeline, digest),
        "cause": lambda: _render_cause(draft),
        "factors": lambda: [line for factor in draft.factors for line in _render_factor(factor)],
        "actions": lambda: _render_actions(draft.actions),
        "open_questions": lambda: _render_questions(draft.open_questions),
        "coverage": lambda: render_coverage(draft),
        "appendix": lambda: render_appendix(draft, digest),
    }
    body = bodies[key]()
    return body if body or key == "findings" else [NONE, ""]


def _render_notice(draft: PostMortem) -> list[str]:
    if draft.header.reviewed_by:
        return []
    made = draft.provenance
    writer = "pm-agent's offline drafter" if made.drafter == "offline" else escape(made.drafter)
    return [
        "> **Draft: nobody has approved this text.**",
        f"> {writer} wrote it from recorded evidence on {format_moment(made.drafted_at)} UTC.",
        "> Unmarked sentences are shown by the cited evidence; those marked *(inferred)* follow from it.",
        "",
    ]


def _render_header(draft: PostMortem, digest: Digest | None) -> list[str]:
    header = draft.header
    day = header.start or (digest.onset if digest else None)
    fields = (
        ("Incident", escape(header.incident)),
        ("Date", f"{day:%Y-%m-%d}" if day else "not known"),
        ("Start", f"{format_moment(header.start)} UTC" if header.start else NONE),
        ("End", f"{format_moment(header.end)} UTC" if header.end else NONE),
        ("Duration", format_span(header.duration) if header.duration is not None else "not known"),
        ("Severity", NONE if header.severity is None else escape(header.severity)),
        ("Services", escape_list(header.services)),
        ("Authors", escape_list(header.authors)),
        ("Reviewed by", escape(header.reviewed_by or "nobody yet")),
        ("Status", _status(header)),
    )
    # Two spaces at the end of a line are Markdown's line break.
    return [*(f"**{name}**: {value}".rstrip(" ") + "  " for name, value in fields), ""]


def _status(header: Header) -> str:
    if not header.reviewed_by:
        return "draft"
    when = f" on {format_moment(header.reviewed_at)} UTC" if header.reviewed_at else ""
    return f"approved by {escape(header.reviewed_by)}{when}"


def _render_findings(findings: Sequence[Finding]) -> list[str]:
    order = {"error": 0, "warning": 1, "info": 2}
    rows = (
        (item.level, item.rule, escape(item.section), escape(item.message), escape(item.suggestion))
        for item in sorted(findings, key=lambda item: order[item.level])
    )
    return [*table(("Level", "Rule", "Where", "Finding", "Suggestion"), rows), ""] if findings else []


def _render_prose(claims: Iterable[Claim], *, bullets: bool) -> list[str]:
    # One sentence a line: lines without a blank between them flow together when rendered.
    lines = [("- " if bullets else "") + render_claim(claim) for claim in claims]
    return [*(lines or [NONE]), ""]


def _render_timeline(timeline: tuple[TimelineRow, ...], digest: Digest | None) -> list[str]:
    if not timeline:
        return []
    drawing = chart(timeline, digest)
    rows = (
        (format_moment(row.time), _render_event(row), escape(row.source), escape(row.actor))
        for row in timeline
    )
    return [*table(TIMELINE_TITLES, rows), "", *([drawing, ""] if drawing else [])]


def _render_event(row: TimelineRow) -> str:
    standing = "" if row.standing == "supported" else mark(row.standing)
    return escape(row.event) + cite(row.evidence) + standing


def _render_cause(draft: PostMortem) -> list[str]:
    cause = draft.cause
    lines = [
        f"**Verdict**: {cause.verdict} · **Rests on**: {escape_list(cause.factors)}",
        "",
        render_claim(cause.claim),
        "",
    ]
    if not draft.ruled_out:
        return lines
    lines += [f"### {RULED_OUT}", ""]
    for idea in draft.ruled_out:
        lines.append(f"- **{escape(idea.text)}**{cite(idea.evidence_for)}")
        lines.append(f"  - Against: {render_claim(idea.against)}")
    return [*lines, ""]


def _render_factor(factor: Factor) -> list[str]:
    fields = [("Layer", factor.layer), ("Category", factor.category)]
    fields += [("Component", escape(factor.component))] if factor.component is not None else []
    fields += [("Pattern", escape(factor.pattern))] if factor.pattern is not None else []
    fields.append(("Confidence", repr(factor.confidence)))
    lines = [
        f"### {factor.id}: {escape(factor.title)}",
        "",
        " · ".join(f"**{name}**: {value}" for name, value in fields),
        "",
        render_claim(factor.claim),
        "",
    ]
    if factor.whys:
        lines += [*(_render_why(why, depth) for depth, why in enumerate(factor.whys)), ""]
    return lines


def _render_why(why: Why, depth: int) -> str:
    basis = "" if why.basis == "evidenced" else mark(why.basis)
    return f"{'  ' * depth}- **{escape(why.question)}** {escape(why.answer)}{cite(why.evidence)}{basis}"


def _render_actions(actions: Sequence[ActionItem]) -> list[str]:
    return [*table(ACTION_TITLES, map(_action_row, actions)), ""] if actions else []


def _action_row(item: ActionItem) -> tuple[str, ...]:
    proposal = mark("proposed") if item.proposed else ""
    ticket = "" if item.ticket is None else mark(f"ticket {escape(item.ticket)}")
    return (
        item.id,
        escape(item.action) + ticket,
        escape(item.owner) + proposal,
        item.deadline.isoformat() + proposal,
        item.priority,
        f"{item.kind}, {item.strength}",
        escape(item.done_when),
        escape_list(item.factors),
    )


def _render_questions(questions: Sequence[OpenQuestion]) -> list[str]:
    return [*(line for item in questions for line in _render_question(item)), ""] if questions else []


def _render_question(item: OpenQuestion) -> list[str]:
    lines = [f"- **{item.id}** ({item.status}) {escape(item.question)}{cite(item.evidence)}"]
    lines.append(f"  - Why open: {escape(item.why_open)}".rstrip(" "))
    if item.answer is not None:
        lines.append(
            f"  - {'Reason' if item.status == 'waived' else 'Answer'}: {escape(item.answer)}".rstrip(" ")
        )
    if item.by is not None:
        lines.append(f"  - By: {escape(item.by)}".rstrip(" "))
    return lines
