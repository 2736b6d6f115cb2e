"""Cassettes: a draft is recorded from loopback, replayed without a network, refused after a change."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from agent.drafting.claude.replies import Reply
from agent.errors import NotFound, UserError
from evals.cassettes import Taped, taped
from evals.expectation import read_expectation
from evals.record import main, path_of
from evals.run import Drafted, grade
from evals.samples import BUNDLED
from prompts import loader

CASE = "cluster-a7a9d1"
KEPT = Path(__file__).parent / "cassettes"
TAPES = sorted(KEPT.glob("*.yaml.gz"))
NOBODY = "http://127.0.0.1:9"
MISSED = {
    "cluster-a7a9d1": ("issues connecting to `prod-db:3333`",),
}
"""What a kept draft does not state: the model saw that the job only printed the text of a database error, and
says so instead."""


def reply_to(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Look once, then write nothing but a cause that is not established."""
    turns: list[dict[str, Any]] = body["messages"]
    asked = turns[0]["content"][-1]["text"]
    if asked.startswith("This step opens the recording") and len(turns) == 1:
        return [
            {"type": "tool_use", "id": "toolu_1", "name": "search_kubernetes", "input": {"text": "pod"}},
            {"type": "tool_use", "id": "toolu_2", "name": "search_chat", "input": {"text": "deploy"}},
        ]
    said: dict[str, Any] = {name: [] for name in Reply.model_fields}
    return [{"type": "text", "text": json.dumps({**said, "verdict": "not established"})}]


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        content = reply_to(body)
        stop = "tool_use" if content[0]["type"] == "tool_use" else "end_turn"
        usage = {"input_tokens": 7, "output_tokens": 3}
        message = {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"]}
        data = json.dumps(message | {"content": content, "stop_reason": stop, "usage": usage}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("set-cookie", "session=hidden-cookie")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()


@pytest.fixture(scope="module")
def recorded(server: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tapes")
    with pytest.MonkeyPatch.context() as patch:
        _reach(patch, server, folder)
        assert main([CASE, "--out", str(folder)]) == 0
    return path_of(CASE, folder)


def _reach(patch: pytest.MonkeyPatch, url: str, empty: Path) -> None:
    patch.setenv("ANTHROPIC_BASE_URL", url)
    patch.setenv("ANTHROPIC_API_KEY", "sk-hidden-key")
    patch.setenv("ANTHROPIC_CONFIG_DIR", str(empty))


def test_a_recording_holds_no_secret_and_no_header_but_the_content_type(recorded: Path) -> None:
    text = gzip.decompress(recorded.read_bytes()).decode().lower()
    assert "interactions:" in text
    for hidden in (
        "sk-hidden-key",
        "hidden-cookie",
        "authorization",
        "x-api-key",
        "user-agent",
        "x-stainless",
    ):
        assert hidden not in text


@pytest.mark.block_network
def test_a_replay_gives_the_same_draft_without_a_network(
    recorded: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _reach(monkeypatch, NOBODY, tmp_path)
    first, second = (taped(CASE, recorded, record=False) for _ in range(2))
    assert _stable(first) == _stable(second)
    assert first.steps[:2] == ("investigate", "investigate")
    assert "Looked for and not recorded: chat." in first.draft.gaps
    assert first.digest.investigated


@pytest.mark.block_network
def test_a_changed_prompt_finds_no_reply(
    recorded: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _reach(monkeypatch, NOBODY, tmp_path)
    render = loader.Prompt.render

    def longer(prompt: loader.Prompt, **values: str) -> str:
        return render(prompt, **values) + "Be brief.\n"

    monkeypatch.setattr(loader.Prompt, "render", longer)
    with pytest.raises(UserError, match="cannot be reached"):
        taped(CASE, recorded, record=False)


@pytest.mark.block_network
def test_a_reply_that_nobody_asks_for_is_an_error(
    recorded: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _reach(monkeypatch, NOBODY, tmp_path)
    text = gzip.decompress(recorded.read_bytes()).decode()
    first = text.index("- request:")
    second = text.index("- request:", first + 1)
    more = tmp_path / "more.yaml.gz"
    extra = text[first:second].replace("This step opens", "That step opens")
    more.write_bytes(gzip.compress((text[:first] + extra + text[first:]).encode()))
    with pytest.raises(UserError, match=r"1 of its .* replies were not asked for"):
        taped(CASE, more, record=False)


def test_a_case_or_a_cassette_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="No bundled incident 'nothing'"):
        taped("nothing", tmp_path / "x.yaml.gz", record=False)
    with pytest.raises(NotFound, match=f"python -m evals.record {CASE}"):
        taped(CASE, tmp_path / "x.yaml.gz", record=False)


def _stable(made: Taped) -> str:
    return made.draft.model_dump_json(exclude={"provenance": {"drafted_at"}})


@pytest.mark.block_network
@pytest.mark.parametrize(
    "cassette", sorted(KEPT.glob("*.yaml.gz")), ids=lambda path: path.name.partition(".")[0]
)
def test_a_kept_cassette_gives_a_draft_that_holds(
    cassette: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _reach(monkeypatch, NOBODY, tmp_path)
    case = cassette.name.partition(".")[0]
    made = taped(case, cassette, record=False)
    used = made.outcome.usage
    assert [finding for finding in made.findings if finding.level == "error"] == []
    assert made.draft.provenance.revisions <= 2
    assert used["counted_cached_share"] >= 0.7 or made.draft.cause.verdict == "no incident"
    assert used["counted_uncached_tokens"] <= 40_000
    assert used["counted_output_tokens"] <= 12_000
    assert used["counted_usd"] < 0.15
    expected = read_expectation(BUNDLED / case / "expect.yaml")
    result = grade(Drafted(made.draft, made.digest, made.findings, 0.0), expected)
    assert result.must_state is not None
    assert result.must_state.missed == MISSED.get(case, ())
    assert result.outcome == "pass", result.verdict
    assert (result.violations, result.invented) == ((), ())
