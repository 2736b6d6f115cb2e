"""Error answers of servers: a gap with its reason, never a row."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from tests.tools.scopes import ANY
from tools.formats import read
from tools.sources.files import FileSource

REFUSALS = [
    ({"status": "error", "errorType": "timeout", "error": "query timed out"}, "query timed out (timeout)"),
    ({"code": 400, "message": "parse error at line 1", "status": "error"}, "parse error at line 1 (400)"),
    (
        {
            "error": {
                "root_cause": [{"type": "index_not_found_exception"}],
                "type": "index_not_found_exception",
                "reason": "no such index [logs]",
            },
            "status": 404,
        },
        "no such index [logs] (index_not_found_exception)",
    ),
    (
        {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": 'pods is forbidden: User "x" cannot list',
            "reason": "Forbidden",
            "code": 403,
        },
        'pods is forbidden: User "x" cannot list (Forbidden)',
    ),
]


@pytest.mark.parametrize("pretty", [0, orjson.OPT_INDENT_2])
@pytest.mark.parametrize(("answer", "why"), REFUSALS)
def test_a_refusal_is_malformed_with_its_reason(
    tmp_path: Path, answer: dict[str, object], why: str, pretty: int
) -> None:
    path = tmp_path / "answer.json"
    path.write_bytes(orjson.dumps(answer, option=pretty) + b"\n")
    reading = read(path)
    assert list(reading.records) == []
    assert reading.tally.malformed == 1
    assert reading.tally.first_bad_reason == f"the server answered with an error: {why}"


def test_a_log_line_about_an_error_is_still_a_log_line(tmp_path: Path) -> None:
    path = tmp_path / "one.log"
    path.write_text(
        '{"status":"error","error":"timeout","time":"2026-03-01T12:00:00Z","msg":"call failed"}\n'
    )
    reading = read(path)
    assert len(list(reading.records)) == 1
    assert reading.tally.malformed == 0


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"a.json": '{"status":"error","error":"x"}'}, "failed"),
        ({"a.json": '{"status":"error","error":"x"}', "b.log": "2026-03-01T12:00:00Z INFO up\n"}, "partial"),
        ({"a.log": '2026-03-01T12:00:00Z INFO up\n{"broken": \n'}, "partial"),
        ({"a.log": "2026-03-01T12:00:00Z INFO " + "x" * 70_000 + "\n"}, "partial"),
        ({"a.bin": "\0\1\2\3" * 100, "empty.log": ""}, "failed"),
        ({"a.log": "2026-03-01T12:00:00Z INFO up\n", "empty.log": ""}, "ok"),
        ({"a.txt": "".join(f"word salad {n}\n" for n in range(50))}, "partial"),
    ],
)
def test_the_outcome_tells_how_much_could_be_read(
    tmp_path: Path, files: dict[str, str], outcome: str
) -> None:
    for name, content in files.items():
        (tmp_path / "in" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "in" / name).write_text(content)
    fetched = FileSource(tmp_path, ("in/*",)).fetch(ANY, tmp_path / "out")
    assert fetched.outcome == outcome
