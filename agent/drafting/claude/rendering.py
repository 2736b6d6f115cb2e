"""The brief as prompt text: byte-equal for the same brief and label, foreign text fenced and bounded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import prompts
from agent import fitting
from agent.drafting.claude import leads
from agent.drafting.claude.passages import Passage
from agent.drafting.drafter import Analysis, Brief, Investigation, Looked
from agent.drafting.fence import fence, plain
from agent.drafting.model import tokens
from agent.schema.base import format_utc
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence
from agent.schema.finding import Finding
from agent.schema.postmortem import Factor, PostMortem, TimelineRow, Why

MOST_FOUND, _MOST_KEPT = 60, 8
_QUOTE, _STATEMENT, _VALUE = 240, 300, 160
_MOST_DIGEST = 20 * fitting.MOST
"""Characters no digest within a budget has; what bounds it is the budget."""
_ORDER = (
    "evidence, most telling first: id | time | severity | component | statement | attributes | quote\n"
    "(values of metrics have the unit that stands beside them; where none does, none is recorded)"
)
_SAID = frozenset({"summary", "description", "message", "text", "template", "title"})
_USUAL = {"count": "1", "noise": "no"}
"""Values that go without saying."""
_WORD = re.compile(r"[^\s|,;()\[\]]*\w")
_MOSTLY = 0.8
"""Share of a text's words from which on a statement has said it."""
_SKIPPED = frozenset(
    {
        "labels",
        "members",
        "also_in",
        "pod",
        "sigmas",
        "ratio",
        "direction",
        "change",
        "metric_kind",
        "p_value",
        "peak_at",
    }
    | {"severity", "level", "template"}
)
"""Attributes that the statement says in words, or that tell a reader nothing."""


def prefix(brief: Brief, label: str, budget: int = fitting.DEFAULT) -> tuple[str, str]:
    """Render the rules and the evidence, cut to `budget` tokens: what every call of a draft begins with."""
    rules = prompts.load("rules").render(label=label)
    digest = _digest(fitted(brief.digest, budget).digest, label)
    evidence = prompts.load("evidence").render(record=_record(brief, label), digest=digest)
    return rules, evidence


def fitted(digest: Digest, budget: int = fitting.DEFAULT) -> fitting.Fitted:
    """Fit a digest to a number of tokens as a model reads it, by an estimate on the safe side."""
    return fitting.fit(digest, budget, fitting.Form(evidence_line, _rest, tokens.count))


def found(brief: Brief, label: str) -> str:
    """Render what looks have minted and what each look was for; empty where they minted nothing."""
    minted = brief.digest.evidence[len(brief.digest.computed) :]
    if not minted:
        return ""
    looked = looks_text(brief.investigation, brief.digest, label)
    return prompts.load("found").render(found=found_text(minted, label), looked=looked)


def looks_text(investigation: Investigation | None, digest: Digest, label: str) -> str:
    """List the looks that were made, one a line, with the ids that are kept of each."""
    if investigation is None or not investigation.looked:
        return "none"
    return fence("\n".join(_look_line(item, digest) for item in investigation.looked), label).text


def _look_line(item: Looked, digest: Digest) -> str:
    kept = [name for name in item.found if digest.find(name)]
    left = len(item.found) - len(kept)
    more = f" and {left} more that told less" if left else ""
    return f"{plain(item.asked).text} -> {', '.join(kept[:_MOST_KEPT]) or 'nothing that is kept'}{more}"


def found_text(minted: Sequence[Evidence], label: str) -> str:
    """List what looks have minted, one a line."""
    lines = [_found_line(item) for item in minted[:MOST_FOUND]]
    if len(minted) > MOST_FOUND:
        lines.append(f"({len(minted) - MOST_FOUND} more are not shown)")
    return fence("\n".join(lines) or "(nothing)", label).text


def explanations_text(investigation: Investigation | None, label: str) -> str:
    """Tell what an investigation weighed."""
    if investigation is None or not investigation.explanations:
        return "none yet"
    lines = [
        f"{item.state}: {plain(item.text).text} for [{', '.join(item.evidence_for)}] against "
        f"[{', '.join(item.evidence_against)}] {plain(item.against).text} "
        f"settled by: {plain(item.settled_by).text}"
        for item in investigation.explanations
    ]
    return fence("\n".join(lines), label).text


def timeline_text(rows: Iterable[TimelineRow], label: str) -> str:
    """List rows, one a line."""
    lines = [f"{format_utc(row.time)} {plain(row.event).text} [{', '.join(row.evidence)}]" for row in rows]
    return fence("\n".join(lines) or "(no rows)", label).text


def factors_text(factors: Iterable[Factor], label: str) -> str:
    """List factors with their ids, and what the chain of each ends at."""
    lines = [
        f"{factor.id} {factor.layer}, {factor.category}, {plain(factor.component or 'no component').text}: "
        f"{plain(factor.title).text}. {plain(factor.claim.text).text} [{', '.join(factor.claim.evidence)}]"
        f"{_last(factor.whys)}"
        for factor in factors
    ]
    return fence("\n".join(lines) or "(no factors)", label).text


def _last(whys: Sequence[Why]) -> str:
    if not whys:
        return ""
    last = whys[-1]
    return f" Its chain ends at: {plain(last.question).text} {plain(last.answer).text} ({last.basis})"


def analysis_text(analysis: Analysis, label: str) -> str:
    """Tell verdict, cause, factors and what was ruled out."""
    cause = analysis.cause
    lines = [f"verdict: {cause.verdict}. {plain(cause.claim.text).text} [{', '.join(cause.claim.evidence)}]"]
    lines += [f"ruled out: {plain(item.text).text}" for item in analysis.ruled_out]
    return fence("\n".join(lines), label).text + "\n" + factors_text(analysis.factors, label)


def notes_text(brief: Brief, label: str) -> str:
    """Tell what people have answered and asked for since the last draft."""
    lines = [
        f"answered by a person: {plain(item.question).text} {plain(item.answer or '').text}"
        for item in brief.answers
        if item.status == "answered"
    ]
    lines += [
        f"asked for on {item.section or 'the draft'}: {plain(item.text).text}" for item in brief.comments
    ]
    if not lines:
        return ""
    return (
        "What reviewers said; it changes wording and focus, it is no evidence\n"
        + fence("\n".join(lines), label).text
    )


def refused_lines(refused: Iterable[Passage], findings: Iterable[Finding]) -> list[str]:
    """List refused passages, each with what refused it and what was suggested."""
    told = list(findings)
    lines: list[str] = []
    for item in refused:
        lines.append(f"place {item.place}: {item.text} [{', '.join((*item.evidence, *item.facts))}]")
        lines += [
            f"  {finding.rule}: {finding.message}. {finding.suggestion}"
            for finding in told
            if finding.section == item.place and finding.level == "error"
        ]
    return lines


def fenced(lines: Iterable[str], label: str) -> str:
    """Fence lines that hold text of a draft, each made plain."""
    return fence("\n".join(plain(line, most=1200).text for line in lines), label).text


def evidence_line(item: Evidence) -> str:
    """Render one piece of evidence."""
    line = f"{item.id} | {_times(item)} | {item.severity} | {plain(item.service or '-').text} | "
    line += plain(item.statement, most=_STATEMENT).text
    told = item.statement.casefold()
    pairs = [
        f"{key}={plain(value, most=_VALUE).text}"
        for key, value in item.attributes.items()
        if key not in _SKIPPED and value != _USUAL.get(key, "") and not _said(key, value.casefold(), told)
    ]
    line += f" | {'; '.join(pairs)}" if pairs else ""
    if item.quote and item.quote.casefold()[:60] not in told:
        line += f" | quote: {plain(item.quote, most=_QUOTE).text}"
    return line


def _times(item: Evidence) -> str:
    """Write start and end to the second, the day once."""
    if item.start is None:
        return "no time"
    start = format_utc(item.start.replace(microsecond=0))
    if item.end is None or item.end.replace(microsecond=0) == item.start.replace(microsecond=0):
        return start
    end = format_utc(item.end.replace(microsecond=0))
    return f"{start} to {end[11:] if end[:10] == start[:10] else end}"


def _said(key: str, value: str, told: str) -> bool:
    """Whether the statement holds the value: nearly all words for prose, all of it as a word for others."""
    if key in _SAID:
        words = _WORD.findall(value)
        return sum(word in told for word in words) >= _MOSTLY * len(words)
    return re.search(rf"(?<![\w.]){re.escape(value)}(?![\w]|\.\d)", told) is not None


def draft_text(places: Iterable[tuple[str, str]], draft: PostMortem, label: str) -> str:
    """List passages of a draft by their places, those of factors with layer and title."""
    about = {
        f"factors.{factor.id}.claim": f" ({factor.layer} factor: {plain(factor.title).text})"
        for factor in draft.factors
    }
    about |= {
        f"ruled_out.{number}.against": f" (against: {plain(item.text).text})"
        for number, item in enumerate(draft.ruled_out, 1)
    }
    lines = [f"verdict: {draft.cause.verdict}"]
    lines += [f"{place}{about.get(place, '')}: {plain(text).text}" for place, text in places]
    return fence("\n".join(lines), label).text


def _found_line(item: Evidence) -> str:
    """Render what a look minted: its statement says all that the look was about, at its end too."""
    statement = plain(item.statement, most=_STATEMENT, keep_end=True).text
    if item.start is None:
        return f"{item.id} | {statement}"
    return f"{item.id} | {format_utc(item.start.replace(microsecond=0))} | {statement}"


def _record(brief: Brief, label: str) -> str:
    incident = brief.incident
    lines = [f"title: {plain(incident.title).text}"]
    if incident.severity:
        lines.append(f"severity: {plain(incident.severity).text}")
    lines += [
        f"{name}: {format_utc(time)}"
        for name, time in (("start", incident.start), ("end", incident.end))
        if time
    ]
    if incident.summary:
        lines.append(f"reported: {plain(incident.summary, most=2000).text}")
    return fence("\n".join(lines), label).text


def _digest(digest: Digest, label: str) -> str:
    parts = [
        "onset: " + (format_utc(digest.onset) if digest.onset else "not known") + f" ({digest.onset_source})",
        _ORDER,
        *(evidence_line(item) for item in digest.computed),
        _rest(digest),
    ]
    return fence("\n".join(parts), label, most=_MOST_DIGEST).text


def _rest(digest: Digest) -> str:
    """Render all but the evidence."""
    computed = digest.with_found(())
    missing = [
        f"{row.source} {row.signal}: {row.outcome} {plain(row.note).text}"
        for row in digest.coverage
        if row.gap
    ]
    parts = [
        "facts: value (how it was computed, or why it is not known) [evidence]",
        *leads.facts(computed),
        "suspects, by rule: what speaks for each, most telling first",
        *(list(leads.suspects(computed)) or ["none"]),
        "failure patterns that match, by rule, likeliest first",
        *(list(leads.patterns(computed)) or ["none"]),
        "who calls whom",
        *(list(leads.calls(computed)) or ["not recorded"]),
        "gaps and notes",
        *[plain(line).text for line in (*missing, *digest.notes)],
    ]
    return "\n".join(parts)
