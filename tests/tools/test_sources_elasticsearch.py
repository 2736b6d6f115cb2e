"""The Elasticsearch and OpenSearch source; answers are written from both public API documentations."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.conversation import Asked, Conversation, Refusal, answering
from tests.tools.misbehaving import FAULTS, SECONDS, TOKEN, Fault, inside_200, put_through
from tests.tools.scopes import scope
from tools.formats import read
from tools.formats.records import LogRecord
from tools.sources.elasticsearch import KIND
from tools.sources.source import Fetched, Source, Surroundings

Row = tuple[int, str, str]
"""Milliseconds within a second of the window, service, message."""
Body = dict[str, object]


def source(url: str, **told: object) -> Source:
    table = {"kind": "elasticsearch", "name": "e", "url": url, "token_env": "TOKEN", **told}
    return KIND.make(KIND.settings.model_validate(table), Surroundings(Path(), {"TOKEN": TOKEN}))


class Engine:
    """Sorts by time and, as Elasticsearch only, by document; answers what comes after `search_after`."""

    def __init__(self, rows: list[Row], distribution: str = "elasticsearch") -> None:
        self.rows = sorted(enumerate(rows), key=lambda row: (row[1][0], row[0]))
        self.open = distribution == "opensearch"
        self.bodies: list[Body] = []

    def __call__(self, asked: Asked) -> object:
        match asked.path.lstrip("/"):
            case "":
                return {
                    "version": {"number": "8.15.0", **({"distribution": "opensearch"} if self.open else {})}
                }
            case "logs-*/_pit" if not self.open:
                return {"id": "point-1"}
            case "logs-*/_search/point_in_time" if self.open:
                assert asked.body is None  # the server refuses any body here
                return {"pit_id": "point-1"}
            case "_search":
                return self.search(cast("Body", asked.body))
            case "logs-*/_count":
                return {"count": len(self.rows)}
            case _:
                raise KeyError(asked.path)

    def search(self, body: Body) -> object:
        self.bodies.append(body)
        assert cast("Body", body["pit"])["id"] == "point-1"
        after = cast("list[int]", body.get("search_after"))
        wanted = re.search(r'"service.name": ?\["([^"]*)"', str(body["query"]).replace("'", '"'))
        hits = [
            {
                "_id": str(number),
                "_source": {
                    "@timestamp": f"2026-03-01T12:30:00.{at:03d}Z",
                    "service": {"name": service},
                    "message": text,
                    "log": {"level": "error"},
                },
                "sort": [at] if self.open else [at, number],
            }
            for number, (at, service, text) in self.rows
            if not wanted or service == wanted[1]
        ]
        if after:
            hits = [hit for hit in hits if cast("list[int]", hit["sort"]) > after]
        return {"pit_id": "point-1", "timed_out": False, "hits": {"hits": hits[: cast("int", body["size"])]}}


def fetch(engine: Engine, folder: Path, *services: str, **told: object) -> tuple[Fetched, Conversation]:
    with answering(engine) as talk:
        return source(talk.url, **told).fetch(scope(*services), folder), talk


def records(folder: Path) -> list[LogRecord]:
    return [
        item
        for path in sorted(folder.glob("*.jsonl"))
        for item in read(path).records
        if isinstance(item, LogRecord)
    ]


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.integers(0, 9), max_size=30),
    st.integers(3, 8),
    st.sampled_from(["elasticsearch", "opensearch"]),
)
def test_no_document_is_lost_or_doubled(stamps: list[int], size: int, engine: str) -> None:
    """In OpenSearch, as long as no stamp alone fills an answer."""
    counts: Counter[int] = Counter()
    rows: list[Row] = []
    for number, at in enumerate(stamps):
        if engine == "elasticsearch" or counts[at] < size - 1:
            counts[at] += 1
            rows.append((at, "cart", f"line {number}"))
    with tempfile.TemporaryDirectory() as name:
        fetched, _ = fetch(Engine(rows, engine), Path(name), page_size=size)
        got = Counter(item.message for item in records(Path(name)))
    assert got == Counter(text for _, _, text in rows)
    assert fetched.outcome == ("ok" if rows else "empty")


def test_the_query_as_it_is_sent(tmp_path: Path) -> None:
    engine = Engine([(1, "checkout", "pool exhausted"), (2, "cart", "fine")])
    fetched, talk = fetch(engine, tmp_path, "checkout", query="NOT debug")
    filters = cast("Body", cast("Body", engine.bodies[0]["query"])["bool"])["filter"]
    span, text, _ = cast("list[Body]", filters)
    assert cast("Body", span["range"])["@timestamp"] == {
        "gte": "2026-03-01T12:00:00+00:00",
        "lte": "2026-03-01T13:00:00+00:00",
        "format": "strict_date_optional_time",
    }
    assert text == {"query_string": {"query": "NOT debug"}}
    assert engine.bodies[0]["sort"] == [{"@timestamp": {"order": "asc"}}, {"_shard_doc": "asc"}]
    assert talk.asked[0].headers["authorization"] == f"ApiKey {TOKEN}"
    (record,) = records(tmp_path)
    assert (record.message, record.service, record.level) == ("pool exhausted", "checkout", "error")
    assert "NOT debug" in fetched.asked[-1].query


def test_without_the_service_all_are_asked_about(tmp_path: Path) -> None:
    fetched, _ = fetch(Engine([(1, "cart", "fine")]), tmp_path, "absent")
    assert "no document bears the name of absent" in fetched.note
    assert len(records(tmp_path)) == 1


def test_a_limit_is_told(tmp_path: Path) -> None:
    rows = [(n, "cart", f"line {n}") for n in range(9)]
    fetched, _ = fetch(Engine(rows), tmp_path, page_size=2, max_documents=4)
    assert (fetched.outcome, len(records(tmp_path))) == ("partial", 4)
    assert "there are more" in fetched.note


def test_a_missing_right_on_the_index(tmp_path: Path) -> None:
    def refuse(asked: Asked) -> object:
        return Engine([])(asked) if asked.path in {"", "/"} else Refusal(403, {"error": {"reason": "no"}})

    with answering(refuse) as talk:
        fetched = source(talk.url).fetch(scope(), tmp_path)
        health = source(talk.url).probe(scope())
    assert "HTTP 403" in fetched.note
    assert fetched.outcome == "denied"
    assert health.missing == ("read logs-*",)


def test_probe_tells_an_empty_window() -> None:
    with answering(Engine([])) as talk:
        assert source(talk.url).probe(scope()).retention == "nothing in this window"


GOOD = b'{"version":{"number":"8.15.0"},"id":"p","hits":{"hits":[]}}'
REFUSAL = inside_200(
    b'{"error":{"type":"x","reason":"all shards failed"}}', "names no version.*all shards failed"
)


@pytest.mark.parametrize("fault", [*FAULTS, REFUSAL], ids=lambda fault: fault.name)
def test_a_server_that_misbehaves_is_a_row(fault: Fault, tmp_path: Path) -> None:
    trial = put_through(fault, lambda url: source(url, max_bytes=200_000), GOOD, tmp_path)
    assert trial.fetched.outcome in fault.outcomes
    assert re.search(fault.says, trial.fetched.note)
    assert TOKEN not in repr(trial.fetched)
    assert trial.seconds < SECONDS + 2
    if fault.asked_once:
        assert trial.requests == 1
