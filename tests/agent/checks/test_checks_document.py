"""Markdown with exact places: what a reader sees is checked, and reported where it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.checks import check_document
from agent.checks.document import read_document
from agent.checks.prose import OPAQUE, read_prose
from agent.checks.sentence import split_sentences

TRAPS = """---
title: "Queue stalled"
note: "who forgot the queue?"
---
<!-- the admin should have known -->

# Queue stalled on 4 May 2026

**Date**: 2026-05-04

## Summary

Orders waited for nine minutes. The duty engineer should
have seen the lag.

## Timeline (UTC)

| When | Who | What |
|---|---|---|
| 02:10 | @sloppy-joe | Restarted the consumer \\| second try worked |

> kim: I should have looked, my fault

```text
02:44:07 ERROR operator failed to acknowledge prompt
```

    $ git blame queue.yaml

2026-05-04T02:44:09Z ERROR operator ignored the prompt

## Root cause

1. The topic was full.
   - The owner of the job for&shy;got to tell the rota.
2. The DBA shouldn\u2019t have granted the role.
3. The on\u2011call engineer **ignored** two e-mails.

See [who-broke-it.md](docs/why-did-nobody-look.md).
"""


def _places(text: str) -> list[tuple[int, int, int, int, str]]:
    found = [item for item in check_document(text) if item.rule[0] == "B" and item.level != "info"]
    return [(item.line, item.column, item.end_line, item.end_column, item.text) for item in found]


def test_only_what_people_wrote_is_reported_and_at_its_place() -> None:
    assert _places(TRAPS) == [
        (13, 51, 14, 10, "should\nhave seen"),
        (35, 27, 35, 38, "for&shy;got"),
        (36, 12, 36, 34, "shouldn\u2019t have granted"),
        (37, 27, 37, 34, "ignored"),
    ]


def test_windows_line_ends_give_the_same_places() -> None:
    places = [place[:4] for place in _places(TRAPS)]
    assert [place[:4] for place in _places(TRAPS.replace("\n", "\r\n"))] == places


def test_a_bold_line_opens_a_section() -> None:
    document = read_document("# P\n\n**Action items:**\n\n- do it\n")
    assert [(block.section, block.prose.text) for block in document.blocks if block.kind == "item"] == [
        ("action", "do it")
    ]


def test_table_cells_know_their_column() -> None:
    document = read_document(
        "## Actions\n\n| Task | DRI | ETA | Prio |\n|-|-|-|-|\n| a \\| b | @x | 2026-01-02 | P1 |\n"
    )
    assert [(cell.role, cell.prose.text) for cell in document.tables[0].rows[0]] == [
        ("action", "a | b"),
        ("owner", "@x"),
        ("due", "2026-01-02"),
        ("priority", "P1"),
    ]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a **b**c", "a bc"),
        ("snake_case and _em_", "snake_case and em"),
        ("x&nbsp;y", "x y"),
        ("[text](http://a/b_c)", "text"),
        ("`code`", OPAQUE * 6),
        (r"\*star\*", "*star*"),
        ("a * b", "a * b"),
    ],
)
def test_inline_markup(source: str, text: str) -> None:
    assert read_prose(source, ((0, len(source)),)).text == text


@given(st.text(alphabet=st.sampled_from(list("ab *_`[]()<>!&;\\'\"-.~\n\u00ad\u2019#|0")), max_size=80))
def test_every_character_maps_to_its_source(source: str) -> None:
    prose = read_prose(source, ((0, len(source)),))
    assert len(prose.text) == len(prose.starts) == len(prose.ends)
    assert list(prose.starts) == sorted(prose.starts)
    for char, start, end in zip(prose.text, prose.starts, prose.ends, strict=True):
        assert 0 <= start < end <= len(source)
        if char.isalnum():
            assert char in source[start:end] or "&" in source[start:end]


@given(st.text(max_size=300))
def test_any_text_is_checked_without_an_error_and_inside_its_bounds(text: str) -> None:
    for item in check_document(text):
        assert item.line >= 1
        assert item.column >= 1
        assert (item.end_line, item.end_column) >= (item.line, item.column)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two.", 2),
        ("See e.g. The log. Done.", 2),
        ("Version 1.2.3 broke it. It was 10.5 s.", 2),
        ("At 10:02. The file a.b.md is here.", 2),
        ("Dr. Who? Yes!", 2),
    ],
)
def test_sentences(text: str, count: int) -> None:
    assert len(split_sentences(text)) == count
