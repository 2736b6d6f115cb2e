"""The Loki source: every line once, whatever the stamps; which services; what a misbehaving one gives."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.conversation import Asked, Conversation, answering
from tests.tools.misbehaving import FAULTS, SECONDS, TOKEN, Fault, inside_200, put_through
from tests.tools.scopes import WINDOW, scope
from tools.formats import read
from tools.formats.records import LogRecord
from tools.sources.loki import KIND
from tools.sources.source import Fetched, Source, Surroundings

START = int(WINDOW.start.timestamp()) * 10**9
Entry = tuple[int, str, str]
"""Nanoseconds after the start, service, text."""


def source(url: str, **told: object) -> Source:
    table = {"kind": "loki", "name": "l", "url": url, "token_env": "TOKEN", **told}
    return KIND.make(KIND.settings.model_validate(table), Surroundings(Path(), {"TOKEN": TOKEN}))


class Loki:
    """Answers as the public API documentation says: start inclusive, end exclusive, at most `limit` lines."""

    def __init__(self, entries: list[Entry], label: str = "service_name") -> None:
        self.entries, self.label = sorted(entries, key=lambda entry: entry[0]), label

    def __call__(self, asked: Asked) -> object:
        names = sorted({service for _, service, _ in self.entries})
        match asked.path:
            case "/loki/api/v1/labels":
                return {"status": "success", "data": [self.label, "level"]}
            case "/loki/api/v1/query_range":
                return self.range(asked)
            case path if path == f"/loki/api/v1/label/{self.label}/values":
                return {"status": "success", "data": names}
            case _:
                raise KeyError(asked.path)

    def range(self, asked: Asked) -> object:
        assert asked.query["direction"] == "forward"
        start, end, limit = (int(asked.query[key]) for key in ("start", "end", "limit"))
        wanted = re.search(rf'{self.label}=~?"([^"]*)"', asked.query["query"])
        assert wanted
        fits = [
            entry
            for entry in self.entries
            if start <= START + entry[0] < end
            and re.fullmatch(wanted[1], entry[1])
            and ("|~" not in asked.query["query"] or "error" in entry[2])
        ][:limit]
        streams: dict[str, list[list[str]]] = {}
        for at, service, text in fits:
            streams.setdefault(service, []).append([str(START + at), text])
        result = [{"stream": {self.label: name}, "values": values} for name, values in streams.items()]
        return {"status": "success", "data": {"resultType": "streams", "result": result}}


def fetch(loki: Loki, folder: Path, *services: str, **told: object) -> tuple[Fetched, Conversation]:
    with answering(loki) as talk:
        return source(talk.url, **told).fetch(scope(*services), folder), talk


def records(folder: Path) -> list[LogRecord]:
    return [
        record
        for path in sorted(folder.glob("*.json"))
        for record in read(path).records
        if isinstance(record, LogRecord)
    ]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.sampled_from(["cart", "checkout"])), max_size=40),
    st.integers(2, 9),
)
def test_no_line_is_lost_or_doubled_at_equal_stamps(drawn: list[tuple[int, str]], limit: int) -> None:
    """As long as no nanosecond alone fills an answer."""
    counts: Counter[int] = Counter()
    entries: list[Entry] = []
    for number, (at, service) in enumerate(drawn):
        if counts[at] < limit - 1:
            counts[at] += 1
            entries.append((at, service, f"line {number}"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fetched, _ = fetch(
            Loki(entries), folder, page_lines=limit, queries={"q": '{service_name=~".+"}'}, discover=False
        )
        got = Counter(record.message for record in records(folder))
    assert got == Counter(text for _, _, text in entries)
    assert fetched.outcome == ("ok" if entries else "empty")


def test_a_stamp_that_fills_an_answer_is_told(tmp_path: Path) -> None:
    entries = [(5, "cart", f"burst {n}") for n in range(7)] + [(6, "cart", "after")]
    fetched, _ = fetch(Loki(entries), tmp_path, "cart", page_lines=3)
    assert "1 stamps hold more lines than one answer may" in fetched.note
    messages = [record.message for record in records(tmp_path)]
    assert (len(messages), messages[-1]) == (4, "after")


def test_services_are_found_by_the_label_that_names_them(tmp_path: Path) -> None:
    entries = [(1, "cart", "a"), (2, "checkout", "b"), (3, "billing", "c")]
    fetched, talk = fetch(Loki(entries, label="app"), tmp_path, "checkout", "cart", "absent")
    asked = [item.query["query"] for item in talk.to("/loki/api/v1/query_range")]
    assert asked == ['{app="checkout"}', '{app="cart"}']
    assert {record.service for record in records(tmp_path)} == {"cart", "checkout"}
    assert "no stream bears the name of absent" in fetched.note
    assert talk.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert talk.asked[0].query["start"] == str(START)


def test_without_a_named_stream_all_are_asked_about(tmp_path: Path) -> None:
    fetched, talk = fetch(Loki([(1, "billing", "c")]), tmp_path, "cart")
    assert talk.to("/loki/api/v1/query_range")[0].query["query"] == '{service_name=~".+"}'
    assert "asked about all streams" in fetched.note


def test_beyond_the_limit_only_errors_are_asked_for(tmp_path: Path) -> None:
    entries = [(n, "cart", f"line {n}") for n in range(20)] + [(30, "cart", "error: pool exhausted")]
    fetched, _ = fetch(Loki(entries), tmp_path, "cart", page_lines=4, max_lines=8)
    messages = [record.message for record in records(tmp_path)]
    assert messages[-1] == "error: pool exhausted"
    assert messages[:-1] == [f"line {n}" for n in range(9)]
    assert fetched.outcome == "partial"
    assert "only lines that look like errors" in fetched.note


def test_a_pointer_is_the_line_of_its_entry(tmp_path: Path) -> None:
    fetch(Loki([(n, "cart", f"line {n}") for n in range(5)]), tmp_path, "cart")
    lines = (tmp_path / "cart.json").read_text().splitlines()
    for record in records(tmp_path):
        assert record.message in lines[record.line - 1]


def test_a_counting_query_is_refused(tmp_path: Path) -> None:
    reply: object = {"status": "success", "data": {"resultType": "matrix", "result": []}}
    with answering(lambda _: reply) as talk:
        fetched = source(talk.url, queries={"n": 'rate({a="b"}[1m])'}, discover=False).fetch(
            scope(), tmp_path
        )
    assert fetched.outcome == "failed"
    assert "counts (matrix)" in fetched.note


def test_probe_tells_an_empty_window() -> None:
    with answering(lambda _: {"status": "success"}) as talk:
        health = source(talk.url).probe(scope())
    assert (health.well, health.retention) == (True, "nothing in this window")


GOOD = b'{"status":"success","data":[]}'
REFUSAL = inside_200(b'{"status":"error","error":"too many outstanding requests"}', "no JSON list")


@pytest.mark.parametrize("fault", [*FAULTS, REFUSAL], ids=lambda fault: fault.name)
def test_a_server_that_misbehaves_is_a_row(fault: Fault, tmp_path: Path) -> None:
    trial = put_through(fault, lambda url: source(url, max_bytes=200_000), GOOD, tmp_path)
    assert trial.fetched.outcome in fault.outcomes
    assert re.search(fault.says, trial.fetched.note) or "no JSON list" in trial.fetched.note
    assert TOKEN not in repr(trial.fetched)
    assert trial.seconds < SECONDS + 2
    if fault.asked_once:
        assert trial.requests == 1
