"""Doctor: what it finds out about sources, model and home, and how the command ends."""

from __future__ import annotations

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import import_module
from pathlib import Path

import pytest

from agent.cli.main import main
from agent.doctor import Examination, examine_all, recent
from agent.schema.incident import SourceSpec
from agent.settings import CollectSpec, Settings
from agent.sourcing import Declared
from tests.tools.misbehaving import FAULTS, serving
from tests.tools.servers import alertmanager, prometheus


def declared(url: str, kind: str = "prometheus", **more: object) -> Declared:
    return Declared(
        SourceSpec.model_validate({"kind": kind, "url": url, "tries": 1, **more}), Path("pm-agent.toml")
    )


def examined(
    *sources: Declared, home: Path, settings: Settings | None = None, **environ: str
) -> list[Examination]:
    return list(examine_all(sources, None, recent(), settings or Settings(), home=home, environ=environ))


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize("kind", ["prometheus", "alertmanager"])
def test_refused_and_unreachable_are_told_apart(tmp_path: Path, kind: str) -> None:
    denied = next(fault for fault in FAULTS if fault.name == "403")
    gone = f"http://127.0.0.1:{closed_port()}"
    with serving(denied) as server:
        *_, refused, unreachable = examined(
            declared(server.url, kind, name="a"), declared(gone, kind, name="b"), home=tmp_path
        )
    assert (refused.state, unreachable.state) == ("failed", "failed")
    assert refused.detail.startswith("not logged in; HTTP 403")
    assert "token_env" in refused.suggestion
    assert unreachable.detail.startswith("not reachable")


def test_a_secret_that_is_not_set(tmp_path: Path) -> None:
    *_, row = examined(declared("http://127.0.0.1:1", token_env="PROM_TOKEN"), home=tmp_path)
    assert (row.state, row.detail) == ("failed", "the environment variable PROM_TOKEN is not set")


def test_raw_artifacts_say_what_becomes_of_them_and_whether_that_can_be_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(spec: CollectSpec, **environ: str) -> Examination:
        found = examined(home=tmp_path, settings=Settings(collect=spec), **environ)
        return next(row for row in found if row.subject == "raw artifacts")

    pair = import_module("pyrage").x25519.Identity.generate()
    age = CollectSpec(keep_raw="encrypt", raw_recipients=(str(pair.to_public()),))
    ssh = CollectSpec(
        keep_raw="encrypt",
        raw_recipients=("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea",),
    )
    assert [told(CollectSpec(keep_raw=how)).detail for how in ("keep", "drop")] == [
        "keep_raw is keep",
        "keep_raw is drop",
    ]
    assert (told(age).state, "PM_AGENT_RAW_KEY is not set" in told(age).detail) == ("ok", True)
    assert "a key to read them is here" in told(age, PM_AGENT_RAW_KEY=str(pair)).detail
    assert str(pair) not in repr(told(age, PM_AGENT_RAW_KEY=str(pair)))
    assert (told(ssh).state, "age1" in told(ssh).suggestion) == ("warning", True)
    wrong = told(CollectSpec(keep_raw="encrypt", raw_recipients=("age1nonsense",)))
    assert (wrong.state, "no public age key" in wrong.detail) == ("failed", True)
    monkeypatch.setitem(__import__("sys").modules, "pyrage", None)
    missing = told(age)
    assert (missing.state, missing.suggestion) == ("failed", "pip install 'pm-agent[encrypt]'")


def test_where_no_source_is_declared_it_says_how_to(tmp_path: Path) -> None:
    *_, row = examined(home=tmp_path)
    assert (row.subject, row.state, "[[sources]]" in row.suggestion) == ("sources", "warning", True)


def test_the_model_is_only_asked_with_a_key(tmp_path: Path) -> None:
    *_, without, _ = examined(home=tmp_path)
    assert (without.state, without.detail) == ("ok", "no key is set; not asked")
    *_, wanted, _ = examined(home=tmp_path, settings=Settings(drafter="claude"))
    assert (wanted.state, bool(wanted.suggestion)) == ("failed", True)
    seen: list[str] = []

    class Models(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(f"{self.path} {self.headers['x-api-key']}")
            self.send_response(401)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = HTTPServer(("127.0.0.1", 0), Models)
    threading.Thread(target=server.handle_request, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    *_, refused, _ = examined(home=tmp_path, ANTHROPIC_API_KEY="key-4711", ANTHROPIC_BASE_URL=url)
    server.server_close()
    assert seen == ["/v1/models?limit=1 key-4711"]
    assert (refused.state, refused.suggestion) == ("failed", "Correct the key.")
    assert "4711" not in refused.detail


def test_a_home_that_may_not_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.doctor.os.access", lambda _path, _mode: False)  # pyright: ignore[reportUnknownLambdaType]
    _, home, *_ = examined(home=tmp_path / "x" / "y")
    assert (home.state, home.detail) == ("failed", f"{tmp_path} may not be written to")


def test_command_over_real_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    monkeypatch.delenv("ANTHROPIC_AUTH_TOKEN", raising=False)
    with prometheus(tmp_path / "p") as one, alertmanager(tmp_path / "a") as other:
        config = (
            f'[[sources]]\nkind = "prometheus"\nurl = "{one}"\n'
            f'[[sources]]\nkind = "alertmanager"\nurl = "{other}"\n'
        )
        (tmp_path / "pm-agent.toml").write_text(config)
        status = main(["doctor", "--json"])
        rows = {row["subject"]: row for row in json.loads(capsys.readouterr().out)}
        assert rows["alertmanager"]["state"] == "ok"
        assert rows["prometheus"]["detail"].startswith("version 2.")
        assert status == (1 if rows["prometheus"]["state"] == "failed" else 0)
        (tmp_path / "pm-agent.toml").write_text(config.replace(other, f"http://127.0.0.1:{closed_port()}"))
        assert main(["doctor"]) == 1
        assert "alertmanager" in capsys.readouterr().out
