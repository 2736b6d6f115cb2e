"""An edited draft back as data: the inverse of `agent.report.markdown`.

Read back are the title, start, end, severity, services and authors, and every section from the summary to
the open questions. Computed parts (provenance, coverage, gaps, findings, appendix, the chart, who reviewed)
come from the draft that was edited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from agent.report.cells import read_actions, read_timeline
from agent.report.claims import Line, claim_fields, only_marks, read_line
from agent.report.inline import NONE, unescape, unescape_list
from agent.report.moments import read_moment, restore
from agent.report.outline import Outline, Row, heading_of, read_outline
from agent.report.sections import PROSE, RULED_OUT, SectionKey
from agent.schema.postmortem import (
    Cause,
    Claim,
    Factor,
    Header,
    Hypothesis,
    OpenQuestion,
    PostMortem,
    Why,
)

_FIELD = re.compile(r"\*\*(?P<name>[A-Z][A-Za-z ]*)\*\*:[ ]?")
_BULLET = re.compile(r"^[ \t]*(?:[-*+]|[0-9]{1,9}[.)])[ \t]+")
_CLAIM_END = re.compile(r"(?:[.!?…:]|\]|\]\(#[^()\s]*\)|\)\*)[\"')\u201d\u2019]*$")
_BOLD = re.compile(r"^[ \t]*[-*+][ \t]+\*\*(?P<bold>(?:\\.|[^*\\])*)\*\*[ ]?(?P<rest>.*)$")
_FACTOR = re.compile(r"^(?P<id>F[1-9][0-9]*)[ \t]*[:\u2014\u2013-][ \t]*(?P<title>.*)$")
_STATUS = re.compile(r"^\((?P<status>open|answered|waived)\)[ ]?(?P<rest>.*)$")
_DETAIL = re.compile(r"^[ \t]+[-*+][ \t]+(?P<name>Against|Why open|Answer|Reason|By):[ ]?(?P<rest>.*)$")


def parse(markdown: str, base: PostMortem, *, where: str = "draft.md", by: str | None = None) -> PostMortem:
    """Read an edited draft; `by` signs questions that were settled in it without a name.

    Raise UserError naming the line and what was expected there.
    """
    outline = read_outline(markdown, where=where)
    header = _read_header(outline, base.header)
    cause, ruled_out = _read_cause(outline)
    prose = {name: _read_claims(outline, _rows(outline, name)) for name in PROSE}
    edited = {
        "header": header,
        "timeline": read_timeline(outline, _rows(outline, "timeline"), base.timeline, header.start),
        "cause": cause,
        "ruled_out": ruled_out,
        "factors": _read_factors(outline),
        "actions": read_actions(outline, _rows(outline, "actions")),
        "open_questions": _read_questions(outline, by),
    }
    return base.model_copy(update={**prose, **edited})


def _rows(outline: Outline, key: SectionKey) -> tuple[Row, ...]:
    return outline.sections.get(key, ())


def _read_header(outline: Outline, base: Header) -> Header:
    titles = [(row, title) for row in outline.top if (title := heading_of(row, 1)) is not None]
    if len(titles) != 1:
        row = titles[1][0] if titles else Row(1, "")
        raise outline.wrong(row, "expected one title line above the sections, `# Title`.")
    row, title = titles[0]
    fields: dict[str, object] = {"title": unescape(title.strip(" "))}
    for line in outline.top:
        for name, value in _fields(line.text):
            fields |= _header_field(outline, line, name, value, base)
    return outline.build(Header, row, base.model_dump() | fields)


def _header_field(outline: Outline, row: Row, name: str, value: str, base: Header) -> dict[str, object]:
    match name:
        case "Services" | "Authors":
            return {name.lower(): unescape_list(value)}
        case "Severity":
            return {"severity": None if value == NONE else unescape(value)}
        case "Start" | "End" if value in (NONE, ""):
            return {name.lower(): None}
        case "Start" | "End":
            known = base.start if name == "Start" else base.end
            return {name.lower(): restore(_read_time(outline, row, value), known)}
        case "Incident" | "Date" | "Duration" | "Reviewed by" | "Status":
            return {}
        case _:
            raise outline.wrong(row, f"the header has no field {name!r}.")


def _read_time(outline: Outline, row: Row, value: str) -> datetime:
    try:
        return read_moment(value)
    except ValueError:
        raise outline.wrong(row, "expected a time, such as `2026-01-31 14:05:09 UTC`.") from None


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Split `**Name**: value · **Name**: value`."""
    matches = list(_FIELD.finditer(text))
    for match, following in zip(matches, [*matches[1:], None], strict=False):
        end = following.start() if following else len(text)
        value = text[match.end() : end].strip(" ")
        yield match["name"], value.removesuffix("·").strip(" ") if following else value


def _read_claims(outline: Outline, rows: tuple[Row, ...]) -> tuple[Claim, ...]:
    return tuple(_read_claim(outline, row) for row in _sentences(rows))


def _sentences(rows: tuple[Row, ...]) -> Iterator[Row]:
    """Yield one row a claim: a line that does not end like a sentence goes on in the next."""
    pending: Row | None = None
    for row in rows:
        bullet = _BULLET.match(row.text)
        if pending is not None and (row.blank or bullet or _CLAIM_END.search(pending.text)):
            yield pending
            pending = None
        if row.blank:
            continue
        text = (row.text[bullet.end() :] if bullet else row.text).strip(" \t")
        pending = Row(pending.number, f"{pending.text} {text}") if pending else Row(row.number, text)
    if pending is not None:
        yield pending


def _read_claim(outline: Outline, row: Row) -> Claim:
    if row.text.startswith(("#", "|")):
        raise outline.wrong(row, "expected a sentence, not a heading or a table.")
    try:
        fields = claim_fields(read_line(row.text))
    except ValueError as error:
        raise outline.wrong(row, f"{error}.") from None
    return outline.build(Claim, row, fields)


def _read_cause(outline: Outline) -> tuple[Cause, tuple[Hypothesis, ...]]:
    rows = _rows(outline, "cause")
    split = next((i for i, row in enumerate(rows) if heading_of(row, 3) == RULED_OUT), len(rows))
    ruled_out = _read_ruled_out(outline, rows[split + 1 :])
    lines = [row for row in rows[:split] if not row.blank]
    fields = dict(_fields(lines[0].text)) if lines else {}
    if "Verdict" not in fields:
        row = lines[0] if lines else Row(rows[0].number if rows else 1, "")
        raise outline.wrong(row, "the root cause begins with `**Verdict**: probable · **Rests on**: F1`.")
    claims = _read_claims(outline, tuple(rows[rows.index(lines[0]) + 1 : split]))
    if len(claims) != 1:
        raise outline.wrong(lines[0], f"the root cause is one sentence below this line; found {len(claims)}.")
    factors = unescape_list(fields.get("Rests on", ""))
    cause = {"verdict": fields["Verdict"], "claim": claims[0], "factors": factors}
    return outline.build(Cause, lines[0], cause), ruled_out


def _read_ruled_out(outline: Outline, rows: tuple[Row, ...]) -> tuple[Hypothesis, ...]:
    return tuple(
        _read_hypothesis(outline, row, details) for row, details in _items(outline, rows, ("Against",))
    )


def _read_hypothesis(outline: Outline, row: Row, details: dict[str, Row]) -> Hypothesis:
    if "Against" not in details:
        raise outline.wrong(row, "what was ruled out needs a line `  - Against: sentence [L4]` below it.")
    bold, rest = _read_bold(outline, row, "- **what was considered** [L4]")
    line = read_line(rest)
    _only(outline, row, line, ())
    if line.text or line.facts:
        raise outline.wrong(row, "expected citations of evidence only after the bold text.")
    against = _read_claim(outline, details["Against"])
    fields = {"text": unescape(bold), "against": against, "evidence_for": line.evidence}
    return outline.build(Hypothesis, row, fields)


def _read_factors(outline: Outline) -> tuple[Factor, ...]:
    rows = _rows(outline, "factors")
    starts = [index for index, row in enumerate(rows) if heading_of(row, 3) is not None]
    stray = [row for row in rows[: starts[0] if starts else len(rows)] if not row.blank]
    if stray:
        raise outline.wrong(stray[0], "a factor begins with a heading such as `### F1: Title`.")
    ends = [*starts[1:], len(rows)] if starts else []
    return tuple(_read_factor(outline, rows[start:end]) for start, end in zip(starts, ends, strict=True))


def _read_factor(outline: Outline, rows: tuple[Row, ...]) -> Factor:
    head = rows[0]
    title = _FACTOR.match(heading_of(head, 3) or "")
    if title is None:
        raise outline.wrong(head, "a factor's heading is `### F1: Title`.")
    body = [row for row in rows[1:] if not row.blank]
    fields = dict(_fields(body[0].text)) if body else {}
    if not {"Layer", "Category", "Confidence"} <= fields.keys():
        expected = "`**Layer**: immediate · **Category**: capacity · **Confidence**: 0.5`"
        raise outline.wrong(body[0] if body else head, f"expected {expected} below the factor's heading.")
    whys = next((i for i, row in enumerate(body) if _BOLD.match(row.text)), len(body))
    claims = _read_claims(outline, tuple(body[1:whys]))
    if len(claims) != 1:
        raise outline.wrong(head, f"a factor has one sentence below its fields; found {len(claims)}.")
    optional = {name.lower(): unescape(fields[name]) for name in ("Component", "Pattern") if name in fields}
    data = {
        "id": title["id"],
        "title": unescape(title["title"].strip(" ")),
        "layer": fields["Layer"],
        "category": fields["Category"],
        "confidence": fields["Confidence"],
        "claim": claims[0],
        "whys": [_read_why(outline, row) for row in body[whys:]],
    }
    return outline.build(Factor, body[0], data | optional)


def _read_why(outline: Outline, row: Row) -> Why:
    question, rest = _read_bold(outline, row, "- **Why?** Answer [L4]")
    line = read_line(rest)
    _only(outline, row, line, ("evidenced", "assumed", "open"))
    if line.facts:
        raise outline.wrong(row, "a link of a why-chain cites evidence such as [L4], not a fact.")
    basis = line.marks[-1] if line.marks else "evidenced" if line.evidence else "assumed"
    fields = {"question": unescape(question), "answer": line.text, "evidence": line.evidence, "basis": basis}
    return outline.build(Why, row, fields)


def _read_questions(outline: Outline, by: str | None) -> tuple[OpenQuestion, ...]:
    names = ("Why open", "Answer", "Reason", "By")
    items = _items(outline, _rows(outline, "open_questions"), names)
    return tuple(_read_question(outline, row, details, by) for row, details in items)


def _read_question(outline: Outline, row: Row, details: dict[str, Row], by: str | None) -> OpenQuestion:
    identity, rest = _read_bold(outline, row, "- **Q1** (open) Question? [L4]")
    status = _STATUS.match(rest)
    if status is None:
        raise outline.wrong(row, "a question's id is followed by (open), (answered) or (waived).")
    line = read_line(status["rest"])
    _only(outline, row, line, ())
    if line.facts:
        raise outline.wrong(row, "a question cites evidence such as [L4], not a fact.")
    texts = {name: unescape(detail.text.strip(" ")) for name, detail in details.items()}
    settled = status["status"] != "open"
    fields = {
        "id": unescape(identity),
        "question": line.text,
        "why_open": texts.get("Why open", ""),
        "evidence": line.evidence,
        "status": status["status"],
        "answer": texts.get("Answer", texts.get("Reason")),
        "by": texts.get("By", by if settled else None),
    }
    return outline.build(OpenQuestion, row, fields)


def _items(
    outline: Outline, rows: tuple[Row, ...], names: tuple[str, ...]
) -> list[tuple[Row, dict[str, Row]]]:
    """Group list items with the indented, named details below each."""
    items: list[tuple[Row, dict[str, Row]]] = []
    for row in rows:
        if row.blank:
            continue
        detail = _DETAIL.match(row.text)
        if detail and items and detail["name"] in names:
            items[-1][1][detail["name"]] = Row(row.number, detail["rest"])
        elif _BOLD.match(row.text) and not row.text.startswith(" "):
            items.append((row, {}))
        else:
            expected = " or ".join(f"`  - {name}: ...`" for name in names)
            raise outline.wrong(row, f"expected a list item `- **...** ...`, or below one {expected}.")
    return items


def _read_bold(outline: Outline, row: Row, expected: str) -> tuple[str, str]:
    match = _BOLD.match(row.text)
    if match is None:
        raise outline.wrong(row, f"expected `{expected}`.")
    return match["bold"].strip(" "), match["rest"].strip(" ")


def _only(outline: Outline, row: Row, line: Line, allowed: tuple[str, ...]) -> None:
    try:
        only_marks(line, allowed)
    except ValueError as error:
        raise outline.wrong(row, f"{error}.") from None
