"""HTTP reading: what each answer comes to, how often we ask, and what stands in the messages."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from tools.endpoint import Endpoint, Limits
from tools.http import Service, clock_difference

TOKEN = "tok-9f8e7d6c5b4a"
URL = "https://prom.example:9090/base"


class Waits:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.time = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    def now(self) -> float:
        return self.time


def service(
    answers: list[httpx.Response | Exception] | Callable[[httpx.Request], httpx.Response],
    *,
    limits: Limits | None = None,
    waits: Waits | None = None,
) -> tuple[Service, list[httpx.Request]]:
    seen: list[httpx.Request] = []
    waits = waits or Waits()

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if not isinstance(answers, list):
            return answers(request)
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    endpoint = Endpoint(URL, bearer=SecretStr(TOKEN), limits=limits or Limits())
    made = Service(
        endpoint,
        transport=httpx.MockTransport(handle),
        sleep=waits.sleep,
        clock=waits.now,
        now=lambda: datetime(2026, 3, 17, 10, tzinfo=UTC),
    )
    return made, seen


def test_success_keeps_the_base_path_and_sends_the_token() -> None:
    made, seen = service([httpx.Response(200, json={"a": 1})])
    document = made.get_json("/api/v1/query", [("query", 'up{a=~"b"}'), ("match[]", "x"), ("match[]", "y")])
    assert (document.answer.outcome, document.value) == ("ok", {"a": 1})
    assert seen[0].url.path == "/base/api/v1/query"
    assert seen[0].url.params.get_list("match[]") == ["x", "y"]
    assert seen[0].headers["authorization"] == f"Bearer {TOKEN}"


def test_empty_and_failed_never_look_alike() -> None:
    empty, _ = service([httpx.Response(200, content=b"")])
    gone, _ = service([httpx.Response(404, text="no such tenant")])
    assert empty.get("/x").outcome == "empty"
    answer = gone.get("/x")
    assert (answer.outcome, answer.status, answer.tries) == ("failed", 404, 1)
    assert "404 Not Found: no such tenant" in answer.note


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_is_denied_asked_once_and_does_not_echo_the_token(status: int) -> None:
    made, seen = service([httpx.Response(status, text=f"bad token {TOKEN}")])
    answer = made.get("/x")
    assert (answer.outcome, answer.status, len(seen)) == ("denied", status, 1)
    assert TOKEN not in answer.note
    assert "***" in answer.note


def test_server_error_then_success() -> None:
    waits = Waits()
    made, seen = service(
        [httpx.Response(500), httpx.Response(503), httpx.Response(200, json=[])], waits=waits
    )
    assert made.get_json("/x").value == []
    assert (len(seen), waits.slept) == (3, [0.5, 1.0])


def test_retry_after_in_seconds_and_as_a_date() -> None:
    waits = Waits()
    made, _ = service(
        [
            httpx.Response(429, headers={"retry-after": "7"}),
            httpx.Response(503, headers={"retry-after": "Tue, 17 Mar 2026 10:00:09 GMT"}),
            httpx.Response(429, headers={"retry-after": "soon"}),
            httpx.Response(200, json={}),
        ],
        waits=waits,
    )
    assert made.get("/x").outcome == "ok"
    assert waits.slept == [7.0, 9.0, 2.0]


def test_a_wait_beyond_the_budget_is_not_taken() -> None:
    waits = Waits()
    made, seen = service([httpx.Response(429, headers={"retry-after": "3600"})], waits=waits)
    answer = made.get("/x")
    assert (answer.outcome, answer.status, len(seen), waits.slept) == ("failed", 429, 1, [])
    assert "asked to wait 3600 s" in answer.note


def test_lost_connections_are_tried_again_and_then_failed() -> None:
    errors: list[httpx.Response | Exception] = [
        httpx.ConnectError(f"cannot reach https://u:{TOKEN}@prom") for _ in range(4)
    ]
    made, seen = service(errors)
    answer = made.get("/x")
    assert (answer.outcome, answer.status, len(seen)) == ("failed", None, 4)
    assert "4 tries" in answer.note
    assert TOKEN not in answer.note


def test_a_redirect_is_not_followed() -> None:
    made, seen = service([httpx.Response(302, headers={"location": f"https://login.example/?t={TOKEN}"})])
    answer = made.get("/x")
    assert (answer.outcome, len(seen)) == ("failed", 1)
    assert "to login.example; redirects are not followed" in answer.note


@pytest.mark.parametrize("body", [b'{"a": [1, 2', b"<html>Sign in</html>", b"\xff\xfe"])
def test_what_is_no_json_has_failed(body: bytes) -> None:
    made, _ = service([httpx.Response(200, content=body)])
    document = made.get_json("/x")
    assert (document.answer.outcome, document.value) == ("failed", None)
    assert "is no JSON" in document.answer.note


def test_a_longer_answer_than_the_limit_is_cut_on_disk_and_said(tmp_path: Path) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 1000

    made, _ = service(lambda _: httpx.Response(200, content=endless()), limits=Limits(bytes=2500))
    answer = made.download("/logs", [], tmp_path / "a" / "logs.txt")
    assert (answer.outcome, answer.size, answer.body) == ("partial", 2500, b"")
    assert (tmp_path / "a" / "logs.txt").stat().st_size == 2500
    assert "cut after 2500 bytes" in answer.note


def test_of_an_answer_of_two_gigabytes_no_more_is_read_than_memory_may_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tools.http._MEMORY_BYTES", 8 << 20)
    pulled: list[int] = []

    def huge() -> Iterator[bytes]:
        for _ in range(2048):
            pulled.append(1 << 20)
            yield b" " * (1 << 20)

    made, _ = service(lambda _: httpx.Response(200, content=huge()))
    answer = made.get("/logs")
    assert (answer.outcome, len(answer.body)) == ("partial", 8 << 20)
    assert sum(pulled) <= 10 << 20
    assert "cut after" in answer.note


def test_a_failed_download_leaves_no_file(tmp_path: Path) -> None:
    def torn() -> Iterator[bytes]:
        yield b"half"
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")

    made, seen = service(lambda _: httpx.Response(200, content=torn()))
    answer = made.download("/logs", [], tmp_path / "logs.txt")
    assert (answer.outcome, len(seen)) == ("failed", 4)
    assert list(tmp_path.iterdir()) == []


def test_an_answer_that_drips_is_given_up(tmp_path: Path) -> None:
    waits = Waits()

    def drip() -> Iterator[bytes]:
        for _ in range(1000):
            waits.time += 1
            yield b"."

    made, seen = service(
        lambda _: httpx.Response(200, content=drip()), waits=waits, limits=Limits(seconds=20)
    )
    answer = made.get("/slow")
    assert (answer.outcome, len(seen)) == ("failed", 1)
    assert "took longer than 20 s" in answer.note
    assert waits.time < 25


def test_a_real_socket_that_says_nothing_or_half() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def serve() -> None:
            first, _ = listener.accept()
            first.recv(4096)
            first.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"half":')
            first.close()
            second, _ = listener.accept()
            second.recv(4096)
            second.settimeout(5)
            second.recv(1)
            second.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        limits = Limits(seconds=3, silence=0.3, tries=1)
        with Service(Endpoint(f"http://127.0.0.1:{port}", limits=limits)) as made:
            half, silent = made.get_json("/a").answer, made.get_json("/b").answer
        thread.join(5)
    assert (half.outcome, silent.outcome) == ("failed", "failed")
    assert "incomplete" in half.note or "without sending complete" in half.note
    assert "no answer within" in silent.note


def test_password_in_the_address_is_used_and_never_shown() -> None:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(403, text=f"no, {TOKEN}")

    endpoint = Endpoint(f"https://ana:{TOKEN}@prom.example/x")
    with Service(endpoint, transport=httpx.MockTransport(handle)) as made:
        answer = made.get("/y")
    assert seen[0].headers["authorization"].startswith("Basic ")
    assert seen[0].url.userinfo == b""
    assert TOKEN not in answer.note
    assert TOKEN not in repr(endpoint.headers)


def test_clock_difference() -> None:
    made, _ = service([httpx.Response(200, json={}, headers={"date": "Tue, 17 Mar 2026 10:00:42 GMT"})])
    answer = made.get("/x")
    assert clock_difference(answer, datetime(2026, 3, 17, 10, tzinfo=UTC)) == 42.0
    made, _ = service([httpx.Response(200, json={}, headers={"date": "yesterday"})])
    assert clock_difference(made.get("/x"), datetime(2026, 3, 17, 10, tzinfo=UTC)) is None


def test_addresses_in_foreign_texts_lose_what_logs_in() -> None:
    said = "see https://ana:hunter2@idp.example/x?state=1&access_token=abc.def&page=2"
    made, _ = service([httpx.Response(404, text=said)])
    note = made.get("/x").note
    assert "hunter2" not in note
    assert "abc.def" not in note
    assert "idp.example/x?state=1" in note
    assert "page=2" in note


def test_all_requests_together_keep_to_what_is_left() -> None:
    waits = Waits()
    made = Service(
        Endpoint(URL),
        transport=httpx.MockTransport(lambda _: httpx.Response(503, headers={"retry-after": "9"})),
        sleep=waits.sleep,
        clock=waits.now,
        left=lambda: 20 - waits.time,
    )
    assert made.get("/a").outcome == "failed"
    made.get("/b")
    assert waits.time <= 20
