"""The SDK over real HTTP on loopback: what is on the wire, and what each answer becomes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from agent.drafting.claude.replies import Reply
from agent.drafting.model.anthropic_endpoint import AnthropicEndpoint
from agent.drafting.model.request import Message, ModelRequest, Text, Tool, ToolResult, ToolUse
from agent.errors import UserError


class Server:
    """Answers every POST with `status` and `body`, and remembers what it was sent."""

    def __init__(self) -> None:
        self.status, self.body = 200, message([{"type": "text", "text": "hello"}])
        self.seen: list[tuple[dict[str, str], dict[str, Any]]] = []

    def handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base
                pass

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                server.seen.append(({k.lower(): v for k, v in self.headers.items()}, body))
                data = json.dumps(server.body).encode()
                self.send_response(server.status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        return Handler


def message(content: list[dict[str, Any]], stop: str = "end_turn") -> dict[str, Any]:
    usage = {
        "input_tokens": 7,
        "output_tokens": 3,
        "cache_read_input_tokens": 90,
        "cache_creation_input_tokens": 5,
    }
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5-5",
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": usage,
    }


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    made = Server()
    http = ThreadingHTTPServer(("127.0.0.1", 0), made.handler())
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    monkeypatch.setenv("ANTHROPIC_BASE_URL", f"http://127.0.0.1:{http.server_port}")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "test-key")
    monkeypatch.setenv("ANTHROPIC_CONFIG_DIR", str(tmp_path))
    yield made
    http.shutdown()
    http.server_close()
    thread.join()


def request(**more: object) -> ModelRequest:
    blocks = (Text(text="digest", cached=True), Text(text="write"))
    values: dict[str, object] = {
        "step": "test",
        "model": "claude-sonnet-5-5",
        "system": "rules",
        "messages": (Message(role="user", blocks=blocks),),
    }
    return ModelRequest.model_validate({**values, **more})


def endpoint() -> AnthropicEndpoint:
    return AnthropicEndpoint(max_retries=0)


def test_the_prefix_is_marked_and_nothing_that_is_refused_is_sent(server: Server) -> None:
    reply = endpoint().send(request(reply_schema=Reply.model_json_schema()))
    headers, body = server.seen[0]
    assert headers["authorization"] == "Bearer test-key"
    assert [block.get("cache_control") for block in body["messages"][0]["content"]] == [
        {"type": "ephemeral"},
        None,
    ]
    assert not {"temperature", "tool_choice", "thinking", "tools"} & set(body)
    schema = body["output_config"]["format"]["schema"]
    assert schema["additionalProperties"] is False
    assert set(schema["properties"]) == set(Reply.model_fields)
    assert "required" not in schema
    assert all(part["properties"] for part in schema["$defs"].values())
    assert (reply.text, reply.stop) == ("hello", "end_turn")
    assert reply.usage.cache_read_tokens == 90


def test_tools_and_their_results_go_both_ways(server: Server) -> None:
    server.body = message(
        [{"type": "tool_use", "id": "t1", "name": "look", "input": {"at": "L1"}}], "tool_use"
    )
    tool = Tool(name="look", description="Look.", parameters={"type": "object", "properties": {}})
    reply = endpoint().send(request(tools=(tool,)))
    assert reply.tool_uses[0].input == {"at": "L1"}
    turns = (
        *request().messages,
        Message(role="assistant", blocks=(ToolUse(id="t1", name="look", input={"at": "L1"}),)),
        Message(role="user", blocks=(ToolResult(tool_use_id="t1", text="no such line", refused=True),)),
    )
    endpoint().send(request(tools=(tool,), messages=turns))
    assert server.seen[1][1]["messages"][2]["content"][0]["is_error"] is True


def test_a_refusal_is_a_reply_with_its_own_stop(server: Server) -> None:
    server.body = {
        **message([], "refusal"),
        "stop_details": {"type": "refusal", "category": "cyber", "explanation": "not this"},
    }
    reply = endpoint().send(request())
    assert (reply.stop, reply.note) == ("refusal", "not this")


@pytest.mark.parametrize(
    ("status", "words"), [(401, "does not accept the key"), (400, "answered 400"), (529, "529")]
)
def test_an_error_of_the_endpoint_is_told_to_the_user(server: Server, status: int, words: str) -> None:
    server.status = status
    server.body = {"type": "error", "error": {"type": "x", "message": "why"}}
    with pytest.raises(UserError, match=words):
        endpoint().send(request())


def test_an_endpoint_that_is_not_there_is_told(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    with pytest.raises(UserError, match="cannot be reached"):
        endpoint().send(request())
