"""The judge's cassette: recorded from loopback, replayed without a network, refused after a change."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from agent.errors import NotFound, UserError
from evals.judging import judged
from evals.record import judgement_of, main

DOCUMENT = Path(__file__).parent / "judged" / "tile-outage.md"
NOBODY = "http://127.0.0.1:9"
SPAN = "a special kind of engineer"


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        asked = body["messages"][0]["content"][-1]["text"]
        [number] = [
            int(line.partition(".")[0])
            for line in asked.splitlines()
            if SPAN in line and line.partition(".")[0].isdigit()
        ] or [0]
        row = {"number": number, "rule": "B05", "span": SPAN, "rewrite": "The job ended after one page."}
        content = [{"type": "text", "text": json.dumps({"sentences": [row] if number else []})}]
        message = {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"]}
        usage = {"usage": {"input_tokens": 7, "output_tokens": 3}}
        data = json.dumps(message | usage | {"content": content, "stop_reason": "end_turn"}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def server() -> Iterator[str]:
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()


def _reach(patch: pytest.MonkeyPatch, url: str, empty: Path) -> None:
    patch.setenv("ANTHROPIC_BASE_URL", url)
    patch.setenv("ANTHROPIC_API_KEY", "sk-hidden-key")
    patch.setenv("ANTHROPIC_CONFIG_DIR", str(empty))


def test_a_judgement_is_recorded_and_replayed_without_its_model(
    server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / "tiles.md"
    document.write_text(DOCUMENT.read_text(encoding="utf-8"), encoding="utf-8")
    _reach(monkeypatch, server, tmp_path)
    assert main(["--judge", str(document), "--out", str(tmp_path)]) == 0
    assert "B05 warning" in capsys.readouterr().out
    cassette = judgement_of(document, tmp_path)
    assert "sk-hidden-key" not in gzip.decompress(cassette.read_bytes()).decode()
    _reach(monkeypatch, NOBODY, tmp_path)
    [report] = [item for item in judged(document, cassette, record=False) if item.rule == "B05"]
    assert (report.level, report.line) == ("warning", 27)
    changed = document.read_text(encoding="utf-8").replace("has no alert", "has one alert")
    document.write_text(changed, encoding="utf-8")
    with pytest.raises(UserError):
        judged(document, cassette, record=False)


def test_a_document_or_a_cassette_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"nothing\.md does not exist"):
        judged(tmp_path / "nothing.md", tmp_path / "x.yaml.gz", record=False)
    with pytest.raises(NotFound, match="--judge"):
        judged(DOCUMENT, tmp_path / "x.yaml.gz", record=False)


def test_a_recording_of_nothing_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([])
    assert "--judge" in capsys.readouterr().err


@pytest.mark.block_network
def test_the_kept_judgement_adds_what_the_rules_left_open(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _reach(monkeypatch, NOBODY, tmp_path)
    reports = judged(DOCUMENT, judgement_of(DOCUMENT), record=False)
    lines = [report.line for report in reports if report.rule.startswith("B")]
    assert lines == [24, 25, 27, 30, 39, 41]
    assert {report.level for report in reports if report.rule.startswith("B")} == {"warning"}
