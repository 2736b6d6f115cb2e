"""Statements made by rule accept what people would write and reject its neighbours, whatever the text."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.expectation import Statement
from evals.importers import statements, toolcall
from evals.importers.casefolder import slug
from evals.importers.mechanisms import phrases_for


def said(statement: Statement, text: str) -> bool:
    patterns = statement.any
    return any(re.search(pattern, text, re.IGNORECASE | re.DOTALL) for pattern in patterns)


@pytest.mark.parametrize(
    ("sentence", "text", "expected"),
    [
        ("issues connecting to `prod-db:3333`", "It could not connect: prod-db:3333 was not reachable", True),
        (
            "issues connecting to `prod-db:3333`",
            "It could not connect: prod-db:3334 was not reachable",
            False,
        ),
        ("issues connecting to `prod-db:3333`", "prod-db:3333 was configured", False),
        ("The pod crashed because it was OOMKilled", "The kernel ended it (out of memory)", True),
        ("The pod crashed because it was OOMKilled", "The pod crashed", False),
        ("This must mention the date 2025-08-23", "2025-08-23T12:47Z the alert was created", True),
        ("This must mention the date 2025-08-23", "2025-08-24T12:47Z the alert was created", False),
        ("Customers received duplicate invoices", "Duplicate invoices were sent", True),
        ("Customers received duplicate invoices", "Invoices were sent", False),
    ],
)
def test_a_sentence_is_recognised_in_other_words(sentence: str, text: str, *, expected: bool) -> None:
    assert said(statements.sentence(sentence), text) is expected


def test_times_are_recognised_to_the_minute() -> None:
    start = datetime(2023, 1, 29, 14, 59, 31, tzinfo=UTC)
    statement = statements.dated("x", start, start + timedelta(minutes=2))
    assert said(statement, "2023-01-29T14:59:58Z x")
    assert said(statement, "at 2023-01-29 15:01")
    assert not said(statement, "2023-01-29T14:58:59Z x")
    assert not said(statement, "2023-01-29T15:03:00Z x")


@given(st.text(max_size=200))
def test_any_sentence_makes_patterns_that_compile(text: str) -> None:
    for pattern in statements.sentence(text).any:
        re.compile(pattern)


@given(st.text(max_size=60))
def test_any_label_has_phrases_or_none(label: str) -> None:
    assert all(phrase.strip() for phrase in phrases_for(label))


@given(st.text(max_size=300))
def test_any_command_makes_a_safe_file_name(text: str) -> None:
    name = slug(text)
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,100}", name)
    assert not name.startswith(".")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_an_answer_without_a_head_is_kept_whole(text: str) -> None:
    kept = toolcall.read(f"NAME READY\n{text}", name="kubectl_get").body
    assert kept.rstrip("\n") == f"NAME READY\n{text}".rstrip("\n")


def test_the_head_is_taken_off_and_the_trailer_too() -> None:
    head = json.dumps(
        {"toolset_name": "k", "tool_name": "fetch_pod_logs", "match_params": {"pod_name": "web-0"}}
    )
    second = json.dumps(
        {"schema_version": "v1", "status": "success", "invocation": None, "params": {"limit": 5}}
    )
    bar = "=" * 80
    trailer = f"{bar}\nLOG QUERY METADATA\n{bar}\n- Query executed at: 2025-09-08T13:07:43Z (UTC)\n"
    call = toolcall.read(f'{head}\n{second}\n{{"level":"error"}}\nlast line\n\n{trailer}', name="f")
    assert call.body == '{"level":"error"}\nlast line\n'
    assert (call.tool, call.title, call.source) == ("fetch_pod_logs", "web-0", "logs")
    assert call.executed_at == datetime(2025, 9, 8, 13, 7, 43, tzinfo=UTC)
    assert call.query == "fetch_pod_logs pod_name=web-0, limit=5"


def test_name_and_mechanism_may_come_in_any_order() -> None:
    statement = statements.sentence("issues connecting to `prod-db:3333`")
    assert said(statement, "prod-db:3333 was unreachable")
    assert said(statement, "The job found the database unreachable at prod-db:3333")
