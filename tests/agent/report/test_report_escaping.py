"""A poisoned log line stays text in every rendering."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from agent.report.html import render_html
from agent.report.inline import escape, fence
from agent.report.markdown import render
from agent.schema.base import parse_json
from agent.schema.digest import Digest
from agent.schema.postmortem import PostMortem

FIXTURE = Path(__file__).parents[2] / "fixtures" / "reviewed"
POISON = [
    "</script><script>alert(1)</script>",
    "![x](http://evil.example/p.png)",
    "[click](https://evil.example)",
    "| a | b |",
    "```\n# heading\n```",
    "~~~",
    "\u202egnp.exe",
    "<!-- hidden",
    "<img src=x onerror=alert(1)>",
    "https://evil.example/a www.evil.example mail@evil.example",
    "\n\n# Fake heading\n\n---\n",
    "[ref]: http://evil.example",
    "@channel #1 &lt;b&gt; &#60;b&#62;",
    "**bold** _em_ ~~gone~~ `code",
    "\x1b[2J\x00\x08",
    "<https://evil.example>",
    "$\\href{http://evil}{x}$",
    "-->\n<b>",
    "%%{init: {'securityLevel': 'loose'}}%% ; click L1 href http://evil",
]


def load() -> tuple[PostMortem, Digest]:
    draft = parse_json(PostMortem, (FIXTURE / "draft.json").read_bytes(), where="draft.json")
    return draft, parse_json(Digest, (FIXTURE / "digest.json").read_bytes(), where="digest.json")


def poisoned(text: str) -> tuple[PostMortem, Digest]:
    """Put foreign text everywhere that foreign text can come to stand."""
    draft, digest = load()
    claim = draft.summary[0].model_copy(update={"text": text})
    row = draft.timeline[0].model_copy(update={"event": text, "source": text, "actor": text})
    factor = draft.factors[0].model_copy(update={"title": text, "component": text, "claim": claim})
    why = draft.factors[0].whys[0].model_copy(update={"question": text, "answer": text})
    action = draft.actions[0].model_copy(
        update={"action": text, "owner": text, "done_when": text, "ticket": text, "factors": (text,)}
    )
    question = draft.open_questions[0].model_copy(update={"question": text, "why_open": text, "answer": text})
    header = draft.header.model_copy(
        update={"title": text, "severity": text, "services": (text,), "authors": (text,), "incident": text}
    )
    coverage = draft.coverage[0].model_copy(update={"query": text, "note": text, "source": text})
    poisoned_draft = draft.model_copy(
        update={
            "header": header,
            "summary": (claim,),
            "went_well": (claim,),
            "timeline": (row, row),
            "factors": (factor.model_copy(update={"whys": (why, why)}),),
            "actions": (action,),
            "open_questions": (question,),
            "coverage": (coverage,),
            "gaps": (text,),
        }
    )
    evidence = digest.evidence[0]
    pointer = evidence.pointers[0].model_copy(update={"artifact": text, "series": text})
    bad = evidence.model_copy(
        update={"statement": text, "quote": text, "service": text, "pointers": (pointer,)}
    )
    facts = tuple(
        fact.model_copy(update={"text": text, "note": text, "label": text}) for fact in digest.facts
    )
    return poisoned_draft, digest.model_copy(update={"evidence": (bad, *digest.evidence[1:]), "facts": facts})


def walk(tokens: list[Token]) -> list[Token]:
    return [inner for token in tokens for inner in (token, *walk(token.children or []))]


def structure(markdown: str) -> list[tuple[str, str]]:
    parser = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")
    return [(token.type, token.tag) for token in walk(parser.parse(markdown))]


@pytest.mark.parametrize("text", POISON)
def test_poison_in_markdown_makes_no_link_image_html_or_heading(text: str) -> None:
    draft, digest = poisoned(text)
    markdown = render(draft, digest)
    parser = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")
    tokens = walk(parser.parse(markdown))
    types = {token.type for token in tokens}
    assert not types & {"html_block", "html_inline", "image", "s_open", "hr", "code_block"}
    targets = [str(token.attrGet("href")) for token in tokens if token.type == "link_open"]
    assert all(target.startswith("#") for target in targets)
    plain, _ = poisoned("plain words")
    expected = structure(render(plain, poisoned("plain words")[1]))
    assert [kind for kind in structure(markdown) if kind[0] == "heading_open"] == [
        kind for kind in expected if kind[0] == "heading_open"
    ]
    assert not re.search(r"(?<![\\`])://", re.sub(r"```.*?```", "", markdown, flags=re.DOTALL))
    assert not set(markdown) & set("\u202e\x00\x08\x1b")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40) | st.lists(st.sampled_from(POISON), max_size=3).map(" ".join))
def test_escaped_text_is_one_paragraph_of_text(text: str) -> None:
    parser = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")
    tokens = parser.parse("x " + escape(text) + " [L1](#l1)")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    kinds = [token.type for token in tokens[1].children or []]
    assert set(kinds) <= {"text", "text_special", "code_inline", "link_open", "link_close"}
    assert kinds.count("link_open") == 1


@given(st.text(max_size=60))
def test_a_fence_cannot_be_closed_from_inside(text: str) -> None:
    tokens = MarkdownIt("commonmark").parse(fence(text + "\n```\n`````\n# x"))
    assert [token.type for token in tokens] == ["fence"]


@pytest.mark.parametrize("text", POISON)
def test_poison_in_html_makes_no_element(text: str) -> None:
    clean = render_html(*poisoned("plain words"))
    page = render_html(*poisoned(text))
    body, expected = _body(page), _body(clean)
    assert [element.tag for element in body.iter()] == [element.tag for element in expected.iter()]
    names = {name for element in body.iter() for name in element.attrib}
    assert not {name for name in names if name.startswith("on")}
    links = [element.attrib["href"] for element in body.iter("a")]
    assert links
    assert all(link.startswith("#") for link in links)
    assert "\u202e" not in page


def test_the_page_asks_the_network_for_nothing() -> None:
    page = render_html(*load())
    assert "default-src 'none'" in page
    assert not re.search(r"<(script|img|link|iframe|object)\b", page)
    assert not re.search(r"https?://|url\(|@import", page)


def test_the_chart_holds_no_syntax_from_labels() -> None:
    for text in POISON:
        draft, digest = poisoned(text)
        chart = re.search(r"```mermaid\n(.*?)\n```", render(draft, digest), re.DOTALL)
        assert chart is not None
        tasks = [line for line in chart[1].split("\n")[4:] if not line.strip().startswith("section ")]
        assert len(tasks) == 2
        assert all(line.count(":") == 5 for line in tasks)
        assert not set(chart[1]) & set(';#`<>{}[]"')


def _body(page: str) -> ElementTree.Element:
    match = re.search(r"<body>.*</body>", page, re.DOTALL)
    assert match is not None
    return ElementTree.fromstring(match[0])
