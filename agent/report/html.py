"""A report as one HTML file that asks the network for nothing and runs no script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from importlib import resources

from agent.report.appendix import describe_pointer, describe_time
from agent.report.citations import cited_evidence, cited_facts
from agent.report.claims import FACT_LABELS, fact_anchor
from agent.report.fragments import bullets, cite, claim, element, mark, notes_of, prose, table, text
from agent.report.moments import format_moment, format_span
from agent.report.plots import Plot, render_plot
from agent.report.sections import BULLETS, PROSE, RULED_OUT, TITLES, SectionKey
from agent.schema.digest import Digest
from agent.schema.evidence import KIND_NAMES, Evidence
from agent.schema.finding import Finding
from agent.schema.postmortem import Claim, Factor, OpenQuestion, PostMortem, TimelineRow

Notes = Mapping[str, str]


def render_html(
    draft: PostMortem,
    digest: Digest | None,
    *,
    plots: Mapping[str, Plot] | None = None,
    findings: tuple[Finding, ...] = (),
) -> str:
    """Write the whole page; `plots` are those of cited metric changes, by evidence id."""
    css = resources.files("agent.report").joinpath("style.css").read_text(encoding="utf-8")
    sections = [
        (key, title, body)
        for key, title in TITLES.items()
        if (body := _body(key, draft, digest, plots or {}, findings))
    ]
    contents = bullets(f'<a href="#section-{key}">{text(title)}</a>' for key, title, _ in sections)
    main = "".join(
        f'<section id="section-{key}"><h2>{text(title)}</h2>{body}</section>' for key, title, body in sections
    )
    title = text(draft.header.title or draft.header.incident)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(css)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{title}</title>\n<style>{css}</style>\n</head>\n<body>\n"
        f'<header class="top">{_notice(draft)}<h1>{title}</h1>{_facts(draft, digest)}</header>\n'
        f'<div class="page"><nav aria-label="Contents">{contents}</nav>\n<main>{main}</main></div>\n'
        f"<footer>{_footer(draft)}</footer>\n</body>\n</html>\n"
    )


def _policy(css: str) -> str:
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _notice(draft: PostMortem) -> str:
    if draft.header.reviewed_by:
        return ""
    return element(
        "p",
        f"<strong>Draft.</strong> {text(_writer(draft))} wrote this from recorded evidence on "
        f"{format_moment(draft.provenance.drafted_at)} UTC. Nobody has approved it.",
        class_="notice",
    )


def _facts(draft: PostMortem, digest: Digest | None) -> str:
    header = draft.header
    day = header.start or (digest.onset if digest else None)
    approved = header.reviewed_by or "nobody yet"
    if header.reviewed_by and header.reviewed_at:
        approved += f", {format_moment(header.reviewed_at)} UTC"
    fields = (
        ("Incident", header.incident),
        ("Date", f"{day:%Y-%m-%d}" if day else "not known"),
        ("Start", f"{format_moment(header.start)} UTC" if header.start else "not known"),
        ("End", f"{format_moment(header.end)} UTC" if header.end else "not known"),
        ("Duration", format_span(header.duration) if header.duration is not None else "not known"),
        ("Severity", header.severity or "not stated"),
        ("Services", ", ".join(header.services) or "not stated"),
        ("Authors", ", ".join(header.authors) or "not stated"),
        ("Reviewed by", approved),
        ("Status", "approved" if header.reviewed_by else "draft"),
    )
    return element(
        "dl", "".join(f"<div><dt>{name}</dt><dd>{text(value)}</dd></div>" for name, value in fields)
    )


def _body(
    key: SectionKey,
    draft: PostMortem,
    digest: Digest | None,
    plots: Mapping[str, Plot],
    findings: tuple[Finding, ...],
) -> str:
    notes = notes_of(digest)
    if key in PROSE:
        return _prose(getattr(draft, key), notes, as_list=key in BULLETS)
    bodies: dict[SectionKey, Callable[[], str]] = {
        "findings": lambda: _findings(findings),
        "timeline": lambda: _timeline(draft.timeline, digest, notes),
        "cause": lambda: _cause(draft, notes),
        "factors": lambda: "".join(_factor(factor, notes) for factor in draft.factors) or _none(),
        "actions": lambda: _actions(draft),
        "open_questions": lambda: "".join(_question(item, notes) for item in draft.open_questions) or _none(),
        "coverage": lambda: _coverage(draft),
        "appendix": lambda: _appendix(draft, digest, plots, notes),
    }
    return bodies[key]()


def _none() -> str:
    return '<p class="none">Nothing recorded.</p>'


def _prose(claims: tuple[Claim, ...], notes: Notes, *, as_list: bool) -> str:
    if not claims:
        return _none()
    lines = [claim(item, notes) for item in claims]
    return bullets(lines) if as_list else element("p", "\n".join(lines))


def _findings(findings: tuple[Finding, ...]) -> str:
    order = {"error": 0, "warning": 1, "info": 2}
    rows = (
        (
            element("span", item.level, class_=f"level {item.level}"),
            item.rule,
            text(item.section),
            f"{text(item.message)} {text(item.suggestion)}".strip(),
        )
        for item in sorted(findings, key=lambda item: order[item.level])
    )
    return table(("Level", "Rule", "Where", "Finding"), rows) if findings else ""


def _timeline(rows: tuple[TimelineRow, ...], digest: Digest | None, notes: Notes) -> str:
    severities = {item.id: item.severity for item in digest.evidence} if digest else {}

    def cells(row: TimelineRow) -> tuple[str, ...]:
        worst = [severities.get(item, "info") for item in row.evidence]
        level = next((name for name in ("critical", "error", "warning") if name in worst), "info")
        dot = f'<span class="dot {level}" role="img" aria-label="{level}"></span>'
        standing = "" if row.standing == "supported" else mark(row.standing)
        event = dot + prose(row.event) + cite(row.evidence, (), notes) + standing
        when = f'<time datetime="{row.time.isoformat()}">{format_moment(row.time)}</time>'
        return when, event, text(row.source), text(row.actor)

    if not rows:
        return _none()
    return table(("Time (UTC)", "Event", "Source", "Actor"), map(cells, rows), class_="timeline")


def _cause(draft: PostMortem, notes: Notes) -> str:
    cause = draft.cause
    rests = f" Rests on {text(', '.join(cause.factors))}." if cause.factors else ""
    verdict = element("span", f"Cause: {text(cause.verdict)}", class_="verdict")
    body = f"<p>{verdict} {claim(cause.claim, notes)}{rests}</p>"
    if not draft.ruled_out:
        return body
    ideas = (
        f"{prose(idea.text)}{cite(idea.evidence_for, (), notes)}<br/>Against it: {claim(idea.against, notes)}"
        for idea in draft.ruled_out
    )
    return f"{body}<h3>{RULED_OUT}</h3>{bullets(ideas)}"


def _factor(factor: Factor, notes: Notes) -> str:
    tags = [factor.layer, factor.category, *([factor.component] if factor.component else [])]
    labels = "".join(element("span", text(tag), class_="tag") for tag in tags)
    whys = ""
    for why in reversed(factor.whys):
        basis = "" if why.basis == "evidenced" else mark(why.basis)
        answer = f"{prose(why.answer)}{cite(why.evidence, (), notes)}{basis}"
        whys = f"<ul><li><strong>{prose(why.question)}</strong> {answer}{whys}</li></ul>"
    head = f"<h3>{text(factor.id)}: {prose(factor.title)}</h3><p>{labels}</p>"
    body = f"{head}<p>{claim(factor.claim, notes)}</p>{whys}"
    return element("article", body, class_=f"factor {factor.layer}", id=factor.id.lower())


def _actions(draft: PostMortem) -> str:
    rows = (
        (
            text(item.id) + (f"<br/>{text(item.ticket)}" if item.ticket else ""),
            prose(item.action),
            text(item.owner) + (mark("proposed") if item.proposed else ""),
            item.deadline.isoformat() + (mark("proposed") if item.proposed else ""),
            item.priority,
            f"{item.kind}<br/>{item.strength}",
            prose(item.done_when),
            text(", ".join(item.factors)),
        )
        for item in draft.actions
    )
    titles = ("ID", "Action", "Owner", "Deadline", "Priority", "Kind", "Done when", "Addresses")
    return table(titles, rows, class_="actions") if draft.actions else _none()


def _question(item: OpenQuestion, notes: Notes) -> str:
    settled = ""
    if item.answer:
        word = "Waived" if item.status == "waived" else "Answered"
        settled = f"<p>{word} by {text(item.by or 'nobody named')}: {prose(item.answer)}</p>"
    state = element("span", item.status, class_=f"tag {item.status}")
    links = cite(item.evidence, (), notes)
    body = f"<p>{state}<strong>{text(item.id)}</strong> {prose(item.question)}{links}</p>"
    why = f'<p class="quiet">{prose(item.why_open)}</p>' if item.why_open else ""
    return element("article", body + why + settled, class_="question")


def _coverage(draft: PostMortem) -> str:
    rows = (
        (
            text(row.source),
            row.signal,
            text(row.query),
            element("span", row.outcome, class_="level warning" if row.gap else "level ok"),
            f"{row.rows:,}",
            f"{row.undated:,}",
            f"{row.malformed:,}",
            text(row.note),
        )
        for row in draft.coverage
    )
    titles = ("Source", "Signal", "Asked for", "Outcome", "Rows", "Undated", "Unreadable", "Note")
    body = table(titles, rows) if draft.coverage else ""
    if draft.gaps:
        body += "<p>What could not be seen:</p>" + bullets(text(gap) for gap in draft.gaps)
    return body or _none()


def _appendix(draft: PostMortem, digest: Digest | None, plots: Mapping[str, Plot], notes: Notes) -> str:
    if digest is None:
        return '<p class="none">The evidence of this draft is not at hand.</p>'
    origin = (
        f"Computed from snapshot <code>{text(digest.snapshot)}</code>, manifest sha256 "
        f"<code>{text(digest.manifest_sha256)}</code>. Paths are relative to the snapshot's folder; "
        "lines are counted in the uncompressed file."
    )
    parts = [element("p", origin, class_="quiet")]
    for fact in cited_facts(draft, digest):
        body = f"<h3>{text(FACT_LABELS[fact.name])}</h3><p><strong>{text(fact.text)}</strong>"
        body += f"{cite(fact.evidence, (), notes)} {element('span', text(fact.note), class_='quiet')}</p>"
        parts.append(element("article", body, class_="evidence", id=fact_anchor(fact.name)))
    parts += [_evidence(item, plots.get(item.id)) for item in cited_evidence(draft, digest)]
    return "".join(parts) + _queries(digest)


def _queries(digest: Digest) -> str:
    if not digest.queries:
        return ""
    rows = (
        (text(q.source), element("code", text(q.query)), text(q.outcome), f"{q.rows:,}", text(q.note))
        for q in digest.queries
    )
    return "<h3>Queries</h3>" + table(("Source", "Query", "Outcome", "Rows", "Note"), rows)


def _evidence(item: Evidence, plot: Plot | None) -> str:
    about = " · ".join(
        [KIND_NAMES[item.kind], *([item.service] if item.service else []), describe_time(item)]
    )
    head = f'<h3>{text(item.id)}</h3><p class="quiet">{text(about)}</p><p>{prose(item.statement)}</p>'
    drawing = render_plot(plot, title=item.statement, identity=f"plot-{item.id.lower()}") if plot else ""
    quote = f"<pre>{text(item.quote)}</pre>" if item.quote else ""
    places = bullets((element("code", text(describe_pointer(p))) for p in item.pointers), class_="places")
    return element("article", head + drawing + quote + places, class_="evidence", id=item.id.lower())


def _footer(draft: PostMortem) -> str:
    made = draft.provenance
    return (
        f"Drafted by {text(_writer(draft))}, pm-agent {text(made.pm_agent)}, "
        f"{format_moment(made.drafted_at)} UTC. "
        "Unmarked sentences are shown by the evidence they cite; marked ones say what they rest on."
    )


def _writer(draft: PostMortem) -> str:
    drafter = draft.provenance.drafter
    return "pm-agent's offline drafter" if drafter == "offline" else drafter
