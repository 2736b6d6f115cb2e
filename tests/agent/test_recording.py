"""The incident's record from a pager or tracker: what is written, what is said where it cannot be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.cli.main import main
from agent.errors import ExitCode, NotFound, UserError
from agent.recording import record
from agent.schema.incident import Window
from agent.settings import Settings, read_settings
from agent.store import Home, read_incident
from tests.tools.conversation import Refusal, answering
from tests.tools.misbehaving import TOKEN
from tests.tools.scopes import WINDOW
from tests.tools.servers import prometheus
from tests.tools.test_sources_pagerduty import pagerduty
from tests.tools.test_sources_prometheus import RULES, past

ENVIRON = {"PD": TOKEN}
ROSTER = """
[[roster]]
handle = "dreyes"
email = "Dana@example.org"
role = "on-call, payments"
"""


def configured(folder: Path, url: str, more: str = "") -> Settings:
    text = 'home = "postmortems"\n[incidents]\nprovider = "pagerduty"\n'
    text += f'[[sources]]\nkind = "pagerduty"\nurl = "{url}"\ntoken_env = "PD"\n'
    (folder / "pm-agent.toml").write_text(text + more)
    return read_settings(cwd=folder, environ={})


def test_the_record_is_written_with_people_of_the_roster(tmp_path: Path) -> None:
    with answering(pagerduty) as talk:
        settings = configured(tmp_path, talk.url, ROSTER)
        folder = record("PABC123", Home(settings.home), settings, ENVIRON)
    incident = read_incident(folder.incident_file)
    assert (incident.id, incident.title, incident.severity) == (
        "PABC123",
        "Checkout answers with errors",
        "P1",
    )
    assert incident.start == datetime(2026, 3, 1, 12, 4, tzinfo=UTC)
    assert incident.end == datetime(2026, 3, 1, 12, 50, tzinfo=UTC)
    assert incident.services == ("checkout",)
    assert [(one.handle, one.role) for one in incident.people] == [("dreyes", "on-call, payments")]
    assert TOKEN not in folder.incident_file.read_text()


def test_an_unknown_one_makes_no_folder(tmp_path: Path) -> None:
    with answering(pagerduty) as talk:
        settings = configured(tmp_path, talk.url)
        with pytest.raises(NotFound, match="PagerDuty knows no incident PNONE99"):
            record("PNONE99", Home(settings.home), settings, ENVIRON)
    assert not settings.home.exists()


def test_a_refusal_and_a_missing_token_say_what_to_do(tmp_path: Path) -> None:
    with answering(lambda _: Refusal(401, {"error": TOKEN})) as talk:
        settings = configured(tmp_path, talk.url)
        with pytest.raises(UserError, match="HTTP 401") as caught:
            record("PABC123", Home(settings.home), settings, ENVIRON)
        assert TOKEN not in str(caught.value)
        with pytest.raises(UserError, match="the environment variable PD is not set"):
            record("PABC123", Home(settings.home), settings, {})
        assert len(talk.asked) == 1


def test_a_provider_without_records(tmp_path: Path) -> None:
    (tmp_path / "pm-agent.toml").write_text('[incidents]\nprovider = "files"\npaths = ["x"]\n')
    settings = read_settings(cwd=tmp_path, environ={})
    with pytest.raises(UserError, match="keeps no incident records"):
        record("PABC123", Home(tmp_path), settings, {})


def test_a_draft_from_an_id_alone_names_what_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The pager answers, the log store refuses: the draft is there, with the gap and the pager's times."""
    for variable in ("PM_AGENT_HOME", "PM_AGENT_CONFIG", "PM_AGENT_DRAFTER"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PD", TOKEN)
    monkeypatch.chdir(tmp_path)
    with answering(pagerduty) as talk, answering(lambda _: Refusal(403, "not yours")) as closed:
        configured(tmp_path, talk.url, f'[[sources]]\nkind = "loki"\nurl = "{closed.url}"\n{ROSTER}')
        code = main(("draft", "--incident", "PABC123", "--drafter", "offline", "--service", "checkout"))
        assert code == ExitCode.OK, capsys.readouterr().err
        asked = len(talk.asked)
        assert main(("draft", "--incident", "PNONE99", "--offline")) == ExitCode.NOT_FOUND
        assert len(talk.asked) == asked
    draft = (tmp_path / "postmortems" / "PABC123" / "draft.md").read_text()
    assert "HTTP 403" in draft
    assert "loki" in draft
    assert "2026-03-01 12:06" in draft or "12:06:00" in draft
    assert "acknowledged the incident" in draft
    assert TOKEN not in draft


def test_past_alerts_are_a_record_and_a_draft_from_a_real_prometheus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for variable in ("PM_AGENT_HOME", "PM_AGENT_CONFIG", "PM_AGENT_DRAFTER"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    since, until = WINDOW.start.isoformat(), WINDOW.end.isoformat()
    with prometheus(tmp_path / "server", past(), RULES) as url:
        config = f'[incidents]\nprovider = "prometheus"\n[[sources]]\nkind = "prometheus"\nurl = "{url}"\n'
        (tmp_path / "pm-agent.toml").write_text(config)
        told = ("--since", since, "--until", until, "--drafter", "offline")
        assert main(("draft", "--incident", "Nonesuch", *told)) == ExitCode.NOT_FOUND
        assert "of that name fired from 2026-03-01T12:00Z" in capsys.readouterr().err
        assert main(("draft", "--incident", "CheckoutErrors", *told)) == ExitCode.OK, capsys.readouterr().err
    folder = tmp_path / "postmortems" / "CheckoutErrors"
    incident = read_incident(folder / "incident.yaml")
    assert (incident.title, incident.severity) == ("Checkout answers with errors", "critical")
    assert incident.services == ("checkout",)
    assert incident.start == WINDOW.start + timedelta(seconds=15 * 140)
    assert incident.end == WINDOW.start + timedelta(seconds=15 * 199)
    assert incident.window == Window(start=WINDOW.start, end=WINDOW.end)
    assert "CheckoutErrors fired" in (folder / "draft.md").read_text()
