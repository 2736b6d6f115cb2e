"""Recording is collecting: what was fetched live replays offline, and nothing else is asked."""

from __future__ import annotations

import json
import shutil
import socket
from datetime import timedelta
from pathlib import Path

import pytest

from agent.cli.main import main
from agent.schema.incident import Incident, Window
from agent.store import Home, IncidentFolder
from tests.agent.specs import files_spec
from tests.tools.kube_server import cluster
from tests.tools.scopes import WINDOW
from tests.tools.test_sources_kubernetes import TOKEN, shop


class NetworkTouchedError(AssertionError):
    """Something tried to reach the network."""


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise NetworkTouchedError

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)


def home(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> IncidentFolder:
    monkeypatch.setenv("KUBE_TOKEN", TOKEN)
    (tmp_path / "pm-agent.toml").write_text(
        f'[[sources]]\nkind = "kubernetes"\nvia = "api"\nurl = "{url}"\ntoken_env = "KUBE_TOKEN"\n'
    )
    monkeypatch.setenv("PM_AGENT_CONFIG", str(tmp_path / "pm-agent.toml"))
    (tmp_path / "web.log").write_text("2026-03-01T12:20:00Z ERROR pool exhausted\n")
    record = Incident(
        id="inc-1",
        title="Checkout slow",
        services=("checkout",),
        namespaces=("shop",),
        window=Window(start=WINDOW.start, end=WINDOW.end),
        sources=(files_spec("../../web.log"),),
    )
    return Home(tmp_path / "home").create(record)


def draft(folder: IncidentFolder, *options: str) -> int:
    return main(["draft", "--incident", folder.id, "--home", str(folder.path.parent), *options])


def test_a_live_fetch_replays_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    with cluster(shop()) as url:
        folder = home(tmp_path, url, monkeypatch)
        assert draft(folder, "--drafter", "offline") == 0
    live = (folder.path / "digest.json").read_bytes()
    for name in ("draft.md", "draft.html"):
        report = (folder.path / name).read_text()
        assert "Queries" in report
        assert "GET /api/v1/namespaces/shop/pods" in report
    copy = IncidentFolder(shutil.copytree(folder.path, tmp_path / "elsewhere" / "inc-1"))
    request.getfixturevalue("no_network")
    for place in (folder, copy):
        assert draft(place, "--offline", "--redraft") == 0
        assert (place.path / "digest.json").read_bytes() == live
        assert [path.name for path in place.snapshots()] == ["evidence"]


@pytest.mark.usefixtures("no_network")
def test_a_live_source_without_a_recording_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = home(tmp_path, "http://kube.example", monkeypatch)
    assert draft(folder, "--offline") == 0
    bundle = folder.bundle()
    assert bundle
    rows = {row.source: row for row in bundle.manifest.requests}
    assert rows["files"].outcome == "ok"
    assert (rows["kubernetes"].outcome, rows["kubernetes"].note) == (
        "not recorded",
        "offline: the source was not asked",
    )
    found = json.loads((folder.path / "draft.json").read_text())
    assert any("kubernetes" in gap for gap in found["gaps"])


def test_another_window_offline_keeps_to_the_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with cluster(shop()) as url:
        folder = home(tmp_path, url, monkeypatch)
        assert draft(folder, "--drafter", "offline") == 0
    since = (WINDOW.start - timedelta(hours=1)).isoformat()
    assert draft(folder, "--offline", "--since", since) == 0
    assert "what it does not hold is not recorded" in capsys.readouterr().err
    assert [path.name for path in folder.snapshots()] == ["evidence"]
    assert draft(folder, "--offline", "--recollect") == 2
    assert "would lose what kubernetes gave" in capsys.readouterr().err
