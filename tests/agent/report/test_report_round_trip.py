from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.report.inline import escape, escape_list, unescape, unescape_list
from agent.report.markdown import render
from agent.report.parsing import parse
from agent.schema.digest import FactName
from agent.schema.postmortem import (
    ActionItem,
    ActionKind,
    Category,
    Cause,
    Claim,
    Factor,
    Header,
    Hypothesis,
    Layer,
    OpenQuestion,
    PostMortem,
    Priority,
    Provenance,
    SectionName,
    Strength,
    TimelineRow,
    Why,
)

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
NASTY = [
    "| a | b |", "```", "~~~", "`x`", "``", "`", "[L4]", "[L4](#l4)", "](http://evil)",
    "![x](http://evil/p.png)", "<!--", "-->", "</script>", "<b>", "\\", "\\\\", "\\|", "|",
    "*(inferred)*", "*none*", "**", "_", "__x__", "# ", "## Impact", "\n## Impact\n", "- ", "1. ", "1) ",
    "> ", "---", "===", "&amp;", "&#10;", "&", "\n", "\r\n", "\t", " ", "  ", "\u202e", "\u2060",
    "\u200b", "\u2028", "\u00a0", "\ufeff", "\x00", "\x1b[31m", "@dana", "#12", "https://evil.example",
    "www.evil.example", "\u27e8U+202E\u27e9", "**Layer**:", " · ", "·", "(open)", '""', ",", "$x$", ":",
    "2026-01-01", "Against: ", "By: ", "stated by a person", "é", "漢字", "🔥", "=", "+",
]  # fmt: skip
texts = st.one_of(
    st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=6)), min_size=1, max_size=5)
    .map("".join)
    .filter(bool),
    st.text(min_size=1, max_size=20),
)
maybe_empty = st.one_of(st.just(""), texts)
ids = st.from_regex(r"[LMACKHTN][1-9][0-9]{0,2}", fullmatch=True)
evidence = st.lists(ids, max_size=3).map(tuple)
facts = st.lists(st.sampled_from(get_args(FactName)), max_size=2).map(tuple)
EARLIEST, LATEST = datetime(1970, 1, 1), datetime(2199, 1, 1)  # noqa: DTZ001 - hypothesis wants them so
times = st.datetimes(timezones=st.just(UTC), min_value=EARLIEST, max_value=LATEST)


def carried(fields: Mapping[str, object]) -> bool:
    return bool(fields["standing"] == "stated by a person" or fields["evidence"] or fields.get("facts"))


standings = st.sampled_from(["supported", "inferred", "stated by a person"])
claims = (
    st.fixed_dictionaries({"text": texts, "evidence": evidence, "facts": facts, "standing": standings})
    .filter(carried)
    .map(Claim.model_validate)
)
rows = (
    st.fixed_dictionaries(
        {"time": times, "event": texts, "source": maybe_empty, "actor": maybe_empty, "evidence": evidence,
         "standing": standings}
    )
    .filter(carried)
    .map(TimelineRow.model_validate)
)  # fmt: skip
whys = (
    st.fixed_dictionaries(
        {"question": texts, "answer": texts, "evidence": evidence,
         "basis": st.sampled_from(["evidenced", "assumed", "open"])}
    )
    .filter(lambda why: why["basis"] != "evidenced" or bool(why["evidence"]))
    .map(Why.model_validate)
)  # fmt: skip
factors = st.builds(
    Factor,
    id=st.integers(1, 99).map("F{}".format),
    layer=st.sampled_from(get_args(Layer)),
    category=st.sampled_from(get_args(Category)),
    title=texts,
    component=st.none() | maybe_empty,
    pattern=st.none() | maybe_empty,
    claim=claims,
    whys=st.lists(whys, max_size=3).map(tuple),
    confidence=st.floats(0, 1),
)
actions = st.builds(
    ActionItem,
    id=st.integers(1, 99).map("AI-{}".format),
    action=texts,
    done_when=texts,
    owner=texts,
    deadline=st.dates(date(1970, 1, 1)),
    priority=st.sampled_from(get_args(Priority)),
    kind=st.sampled_from(get_args(ActionKind)),
    strength=st.sampled_from(get_args(Strength)),
    factors=st.lists(maybe_empty, min_size=1, max_size=3).map(tuple),
    proposed=st.booleans(),
    ticket=st.none() | maybe_empty,
)
questions = (
    st.fixed_dictionaries(
        {"id": st.integers(1, 99).map("Q{}".format), "question": texts, "why_open": maybe_empty,
         "evidence": evidence, "status": st.sampled_from(["open", "answered", "waived"]),
         "answer": st.none() | maybe_empty, "by": st.none() | maybe_empty}
    )
    .filter(lambda item: item["status"] == "open" or bool(item["answer"] and item["by"]))
    .map(OpenQuestion.model_validate)
)  # fmt: skip


def tuples(of: st.SearchStrategy[object], most: int = 2) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(of, max_size=most).map(tuple)


headers = st.builds(
    Header,
    incident=texts,
    title=maybe_empty,
    severity=st.none() | maybe_empty,
    start=st.none() | times,
    end=st.none() | times,
    services=tuples(maybe_empty),
    authors=tuples(maybe_empty),
    reviewed_by=st.none() | texts,
    reviewed_at=st.none() | times,
)
drafts = st.builds(
    PostMortem,
    header=headers,
    timeline=tuples(rows),
    cause=st.builds(
        Cause,
        verdict=st.sampled_from(["established", "probable", "not established", "no incident"]),
        claim=claims,
        factors=tuples(maybe_empty),
    ),
    factors=tuples(factors),
    actions=tuples(actions),
    open_questions=tuples(questions),
    ruled_out=tuples(st.builds(Hypothesis, text=texts, against=claims, evidence_for=evidence)),
    coverage=st.just(()),
    gaps=tuples(maybe_empty),
    provenance=st.builds(
        Provenance, drafter=maybe_empty, drafted_at=times, pm_agent=st.just("0"), digest_sha256=st.just("")
    ),
    **{name: tuples(claims) for name in get_args(SectionName)},
)


def to_the_second(draft: PostMortem) -> PostMortem:
    """Cut what the text does not show."""
    rows = tuple(row.model_copy(update={"time": row.time.replace(microsecond=0)}) for row in draft.timeline)
    header = {
        name: time.replace(microsecond=0) if (time := getattr(draft.header, name)) else None
        for name in ("start", "end")
    }
    return draft.model_copy(update={"timeline": rows, "header": draft.header.model_copy(update=header)})


@given(texts)
def test_any_text_survives_escaping_on_one_line(text: str) -> None:
    escaped = escape(text)
    assert unescape(escaped) == text
    assert "\n" not in escaped
    assert "\r" not in escaped
    assert "|" not in escaped
    assert "<" not in escaped


@given(st.lists(maybe_empty, max_size=4).map(tuple))
def test_any_list_survives_escaping(items: tuple[str, ...]) -> None:
    assert unescape_list(escape_list(items)) == items


@settings(max_examples=200, deadline=None, suppress_health_check=SLOW)
@given(drafts)
def test_any_draft_survives_rendering_and_parsing(draft: PostMortem) -> None:
    assert parse(render(draft, None), draft) == draft


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(drafts)
def test_a_draft_survives_an_editor_that_writes_windows_lines_and_strips_spaces(draft: PostMortem) -> None:
    stripped = "\n".join(line.rstrip(" ") for line in render(draft, None).split("\n"))
    assert parse("\ufeff" + stripped.replace("\n", "\r\n"), draft) == draft


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(drafts, drafts)
def test_everything_that_can_be_edited_comes_from_the_text(draft: PostMortem, base: PostMortem) -> None:
    parsed = to_the_second(parse(render(draft, None), base))
    draft = to_the_second(draft)
    kept = {"coverage": base.coverage, "gaps": base.gaps, "provenance": base.provenance}
    reviewed = {name: getattr(base.header, name) for name in ("incident", "reviewed_by", "reviewed_at")}
    assert parsed == draft.model_copy(update={**kept, "header": draft.header.model_copy(update=reviewed)})


@pytest.mark.parametrize("text", NASTY)
def test_known_nasty_text_survives_escaping(text: str) -> None:
    assert unescape(escape(text)) == text
