"""TLS, proxies and the keyring as settings name them, against real sockets on this machine."""

from __future__ import annotations

import base64
import ssl
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from agent.doctor import examine_all, recent
from agent.schema.incident import SourceSpec
from agent.settings import Settings
from agent.sourcing import Declared
from tools.http import Answer, Service
from tools.sources.alertmanager import AlertmanagerSettings
from tools.sources.settings import HttpSettings

SECRET = "proxy-pass-4711"


@dataclass
class Seen:
    """Where a server is, and the request lines and headers that it saw."""

    port: int = 0
    lines: list[str] = field(default_factory=list[str])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])


@contextmanager
def serving(context: ssl.SSLContext | None = None, *, needs: str = "") -> Generator[Seen]:
    """Answer everything with `[]`, over TLS with a context; `needs` is a Proxy-Authorization to insist on."""
    seen = Seen()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            seen.lines.append(self.requestline)
            seen.headers.append({name.lower(): value for name, value in self.headers.items()})
            denied = needs and self.headers.get("Proxy-Authorization") != needs
            body = b"log in first" if denied else b"[]"
            self.send_response(407 if denied else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_CONNECT(self) -> None:
            seen.lines.append(self.requestline)
            seen.headers.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(502)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def finish_request(self, request: object, client_address: object) -> None:
            # Here and not while accepting, so that a handshake that fails blocks nobody.
            if context is None:
                super().finish_request(request, client_address)  # type: ignore[arg-type]  # pyright: ignore
                return
            with context.wrap_socket(request, server_side=True) as secured:  # type: ignore[arg-type]  # pyright: ignore
                super().finish_request(secured, client_address)  # type: ignore[arg-type]  # pyright: ignore

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that does not trust us is what these tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    seen.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@dataclass
class Certificates:
    """An authority of our own, in files, and the server's context."""

    folder: Path
    ca: trustme.CA = field(default_factory=trustme.CA)

    def __post_init__(self) -> None:
        self.ca.cert_pem.write_to_path(str(self.folder / "ca.pem"))
        client = self.ca.issue_cert("pm-agent@example.org")
        client.private_key_pem.write_to_path(str(self.folder / "client.key"))
        client.cert_chain_pems[0].write_to_path(str(self.folder / "client.pem"))
        client.private_key_and_cert_chain_pem.write_to_path(str(self.folder / "both.pem"))

    def server(self, *, asks_clients: bool = False) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert("127.0.0.1", "localhost").configure_cert(context)
        if asks_clients:
            self.ca.configure_trust(context)
            context.verify_mode = ssl.CERT_REQUIRED
        return context


@pytest.fixture
def made(tmp_path: Path) -> Certificates:
    return Certificates(tmp_path)


def told(url: str, folder: Path | None = None, **more: object) -> HttpSettings:
    table = {"kind": "alertmanager", "name": "a", "url": url, "tries": 2, **more}
    return AlertmanagerSettings.model_validate(table, context={"folder": folder} if folder else None)


def asked(settings: HttpSettings, environ: dict[str, str] | None = None) -> Answer:
    with Service(settings.endpoint(environ or {}, seconds=10), sleep=lambda _: None) as service:
        return service.get("api/v2/alerts")


def test_an_own_authority_is_trusted_where_it_is_named(made: Certificates) -> None:
    with serving(made.server()) as seen:
        url = f"https://127.0.0.1:{seen.port}"
        unknown = asked(told(url))
        known = asked(told(url, made.folder, ca_file="ca.pem"))
        (made.folder / "other").mkdir()
        other = Certificates(made.folder / "other")
        foreign = asked(told(url, ca_file=str(other.folder / "ca.pem")))
    assert (unknown.outcome, unknown.tries) == ("failed", 1)
    assert "CERTIFICATE_VERIFY_FAILED" in unknown.note
    assert known.outcome == "ok"
    assert (foreign.outcome, len(seen.lines)) == ("failed", 1)


def test_a_certificate_of_another_name_is_not_trusted(made: Certificates) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.ca.issue_cert("metrics.example.org").configure_cert(context)
    with serving(context) as seen:
        answer = asked(told(f"https://127.0.0.1:{seen.port}", made.folder, ca_file="ca.pem"))
    assert (answer.outcome, seen.lines) == ("failed", [])
    assert "CERTIFICATE_VERIFY_FAILED" in answer.note


def test_verify_none_accepts_anything_and_doctor_warns(made: Certificates) -> None:
    with serving(made.server()) as seen:
        url = f"https://127.0.0.1:{seen.port}"
        assert asked(told(url, verify="none")).outcome == "ok"
        spec = SourceSpec.model_validate({"kind": "alertmanager", "url": url, "verify": "none", "tries": 1})
        source = Declared(spec, Path("pm-agent.toml"))
        *_, row = examine_all((source,), None, recent(), Settings(), home=made.folder, environ={})
    assert "certificates are not checked" in row.detail
    assert row.state != "ok"


@pytest.mark.parametrize(
    "files", [{"cert_file": "client.pem", "key_file": "client.key"}, {"cert_file": "both.pem"}]
)
def test_a_client_certificate_is_shown_where_one_is_asked_for(
    made: Certificates, files: dict[str, str]
) -> None:
    with serving(made.server(asks_clients=True)) as seen:
        url = f"https://127.0.0.1:{seen.port}"
        without = asked(told(url, made.folder, ca_file="ca.pem"))
        with_it = asked(told(url, made.folder, ca_file="ca.pem", **files))
    assert (without.outcome, with_it.outcome, len(seen.lines)) == ("failed", "ok", 1)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"ca_file": "absent.pem"}, "absent.pem: No such file"),
        ({"ca_file": "empty.pem"}, "empty.pem: .*(certificate|PEM)"),
        ({"cert_file": "client.pem", "key_file": "absent.key"}, "absent.key: No such file"),
        ({"cert_file": "client.pem", "key_file": "other.key"}, "KEY_VALUES_MISMATCH|values mismatch"),
    ],
)
def test_a_file_that_is_no_use_is_named_before_anything_is_asked(
    made: Certificates, files: dict[str, str], says: str
) -> None:
    (made.folder / "empty.pem").write_text("")
    other = trustme.CA().issue_cert("other@example.org")
    other.private_key_pem.write_to_path(str(made.folder / "other.key"))
    with pytest.raises(ValueError, match=f"(?i){says}"):
        told("https://127.0.0.1:1", made.folder, **files).endpoint({})


def test_a_proxy_is_used_with_its_password_which_nobody_is_shown() -> None:
    login = "Basic " + base64.b64encode(f"ana:{SECRET}".encode()).decode()
    with serving(needs=login) as proxy:
        address = f"127.0.0.1:{proxy.port}"
        settings = told("http://alerts.example.org:9093", proxy_env="PROXY")
        through = asked(settings, {"PROXY": f"http://ana:{SECRET}@{address}"})
        refused = asked(settings, {"PROXY": f"http://ana:wrong-{SECRET}@{address}"})
    assert through.outcome == "ok"
    assert proxy.lines[0] == "GET http://alerts.example.org:9093/api/v2/alerts HTTP/1.1"
    assert (refused.outcome, refused.status) == ("denied", 407)
    endpoint = settings.endpoint({"PROXY": f"http://ana:{SECRET}@{address}"})
    assert SECRET not in repr((through, refused, endpoint))
    with pytest.raises(ValueError, match="variable PROXY is not set"):
        settings.endpoint({})


def test_a_proxy_that_is_gone_is_said_without_its_password() -> None:
    with serving() as proxy:
        port = proxy.port
    settings = told("http://alerts.example.org", proxy_env="PROXY")
    answer = asked(settings, {"PROXY": f"http://ana:{SECRET}@127.0.0.1:{port}"})
    assert (answer.outcome, answer.status) == ("failed", None)
    assert SECRET not in answer.note


def test_a_proxy_is_asked_to_connect_for_tls_and_is_shown_no_token() -> None:
    with serving() as proxy:
        settings = told("https://alerts.example.org", proxy_env="PROXY", token_env="TOKEN")
        answer = asked(settings, {"PROXY": f"http://127.0.0.1:{proxy.port}", "TOKEN": "token-4711"})
    assert answer.outcome == "failed"
    assert "502" in answer.note
    assert proxy.lines[0] == "CONNECT alerts.example.org:443 HTTP/1.1"
    assert "token-4711" not in repr(proxy.headers)


def test_a_loopback_address_is_not_asked_through_a_proxy_of_the_system(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serving() as proxy, serving() as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        assert asked(told(f"http://127.0.0.1:{server.port}")).outcome == "ok"
        assert asked(told("http://alerts.example.org")).outcome == "ok"
    assert (len(server.lines), len(proxy.lines)) == (1, 1)
    assert proxy.lines[0].startswith("GET http://alerts.example.org/")


class FakeKeyring:
    """A backend with one entry."""

    @staticmethod
    def get_password(service: str, user: str) -> str | None:
        return "token-4711" if (service, user) == ("alertmanager", "pm-agent") else None


def test_a_token_of_the_keyring_is_sent_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", FakeKeyring)  # type: ignore[arg-type]  # pyright: ignore
    with serving() as seen:
        url = f"http://127.0.0.1:{seen.port}"
        settings = told(url, token_keyring="alertmanager/pm-agent")
        assert asked(settings).outcome == "ok"
        with pytest.raises(ValueError, match="the keyring has no entry 'alertmanager/other'"):
            told(url, token_keyring="alertmanager/other").endpoint({})
    assert seen.headers[0]["authorization"] == "Bearer token-4711"
    shown = repr((settings, settings.endpoint({}))) + settings.model_dump_json()
    assert "token-4711" not in shown


def test_without_the_keyring_package_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)  # type: ignore[arg-type]  # pyright: ignore
    with pytest.raises(ValueError, match="needs the package keyring"):
        told("http://127.0.0.1:1", token_keyring="a/b").endpoint({})
