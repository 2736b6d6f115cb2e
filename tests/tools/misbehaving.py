"""An HTTP server on a loopback port that misbehaves in one chosen way, and what a source must make of it.

Every HTTP source is put through `FAULTS`: it returns the outcome, says why, tells no secret, never hangs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.tools.scopes import scope
from tools.sources.source import Fetched, Source

TOKEN = "planted-token-4711"
SECONDS = 1.5
"""What a source may take under a fault."""


@dataclass(frozen=True)
class Fault:
    """One way to misbehave."""

    name: str
    answer: Callable[[Handler], None]
    outcomes: frozenset[str]
    says: str
    asked_once: bool = False
    """Whether asking any further would be of no use."""


class Handler(BaseHTTPRequestHandler):
    """Answers every request with the server's fault, or with its good body."""

    server: Server  # pyright: ignore[reportIncompatibleVariableOverride] - the only server it serves for
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.server.lock:
            self.server.requests.append(self.path)
        self.server.fault.answer(self)

    do_POST = do_GET  # noqa: N815 - the base class names it so

    def reply(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def good(self) -> None:
        self.reply(200, self.server.good)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Serves one fault."""

    daemon_threads = True

    def __init__(self, fault: Fault, good: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.fault, self.good = fault, good
        self.requests: list[str] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what these tests are about."""


@contextmanager
def serving(fault: Fault, good: bytes = b"{}") -> Generator[Server]:
    """Serve a fault until the block ends."""
    server = Server(fault, good)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _status(code: int, headers: Mapping[str, str] | None = None) -> Callable[[Handler], None]:
    return lambda handler: handler.reply(code, f"refused: {TOKEN}".encode(), headers)


def _first_then_good(code: int, headers: Mapping[str, str] | None = None) -> Callable[[Handler], None]:
    def answer(handler: Handler) -> None:
        if len(handler.server.requests) == 1:
            handler.reply(code, b"busy", headers)
        else:
            handler.good()

    return answer


def _drip(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)


def _silent(handler: Handler) -> None:
    time.sleep(SECONDS * 3)
    handler.close_connection = True


def _half(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(handler.server.good[:10])
    handler.close_connection = True


def _endless(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    handler.close_connection = True
    for _ in range(100_000):
        handler.wfile.write(b" " * 65536)


_FAILED = frozenset({"failed"})
_DENIED = frozenset({"denied"})
FAULTS: tuple[Fault, ...] = (
    Fault("401", _status(401), _DENIED, "HTTP 401", asked_once=True),
    Fault("403", _status(403), _DENIED, "HTTP 403", asked_once=True),
    Fault("404", _status(404), _FAILED, "HTTP 404"),
    Fault("429 for an hour", _status(429, {"Retry-After": "3600"}), _FAILED, "asked to wait 3600 s"),
    Fault("429 then good", _first_then_good(429, {"Retry-After": "0"}), frozenset({"ok", "empty"}), ""),
    Fault("500 then good", _first_then_good(500), frozenset({"ok", "empty"}), ""),
    Fault("slow loris", _drip, _FAILED, "took longer than"),
    Fault("silence", _silent, _FAILED, "no answer within"),
    Fault("truncated body", _half, _FAILED, "incomplete|without sending complete"),
    Fault("invalid JSON", lambda h: h.reply(200, b"<html>Sign in</html>"), _FAILED, "is no JSON"),
    Fault("endless", _endless, frozenset({"failed", "partial"}), "cut after|took longer|is no JSON"),
)
"""What every source must survive. An error inside a 200 has its own form in each API: see `inside_200`."""


def inside_200(body: bytes, says: str) -> Fault:
    """Answer 200 with a body that is an error in the API's own form."""
    return Fault("200 with an error inside", lambda h: h.reply(200, body), _FAILED, says)


@dataclass(frozen=True)
class Trial:
    """What came of a fault."""

    fetched: Fetched
    seconds: float
    requests: int
    files: tuple[Path, ...] = field(default=())


def put_through(fault: Fault, make: Callable[[str], Source], good: bytes, destination: Path) -> Trial:
    """Fetch from a server with the fault."""
    with serving(fault, good) as server:
        began = time.monotonic()
        patience = 20 if "ok" in fault.outcomes else SECONDS  # what recovers must not depend on the load
        fetched = make(server.url).fetch(scope("checkout", seconds=patience), destination)
        seconds = time.monotonic() - began
        files = tuple(path for path in destination.rglob("*") if path.is_file())
        return Trial(fetched, seconds, len(server.requests), files)
