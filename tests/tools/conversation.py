"""A loopback server that answers by what it is asked, and keeps every request whole."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

Reply = object
"""What is sent as JSON with status 200, or a `Refusal`."""


@dataclass(frozen=True)
class Refusal:
    """An answer with another status."""

    status: int
    body: object = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    """Parameters; of a repeated one the last value."""
    body: object
    headers: Mapping[str, str]
    """Lower-case names."""


@dataclass
class Conversation:
    """Where the server is, and what it was asked."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list[Asked])

    def paths(self) -> list[str]:
        """The paths in the order they were asked for."""
        return [item.path for item in self.asked]

    def to(self, path: str) -> list[Asked]:
        """The requests to one path."""
        return [item for item in self.asked if item.path == path]


@contextmanager
def answering(answer: Callable[[Asked], Reply]) -> Generator[Conversation]:
    """Serve until the block ends; a path that `answer` does not know is a KeyError, sent as 404."""
    talk = Conversation()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            split = urlsplit(self.path)
            length = int(self.headers.get("content-length") or 0)
            raw = self.rfile.read(length)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body: object = json.loads(raw) if raw else None
            query = dict(parse_qsl(split.query, keep_blank_values=True))
            asked = Asked(self.command, split.path, query, body, headers)
            talk.asked.append(asked)
            try:
                reply = answer(asked)
            except KeyError:
                reply = Refusal(404, {"message": "Not Found"})
            refusal = reply if isinstance(reply, Refusal) else Refusal(200, reply)
            content = json.dumps(refusal.body).encode()
            self.send_response(refusal.status)
            for name, value in {"Content-Type": "application/json", **refusal.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 - the base class names it so

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    talk.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield talk
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
