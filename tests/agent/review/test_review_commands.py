from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent.cli import reviewer
from agent.cli.main import main
from agent.errors import ExitCode
from agent.review import Check, finalise
from agent.schema.review import Decision
from agent.store import IncidentFolder

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    folder: IncidentFolder,
    check: Check,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run a command on the fixture's home, with one rule and a workflow that only finalises."""
    monkeypatch.setattr("agent.checks.check_draft", check)
    monkeypatch.setattr("agent.workflow.run.resume", resume)
    monkeypatch.setenv("PM_AGENT_HOME", str(folder.path.parent))
    monkeypatch.setenv("COLUMNS", "160")

    def run(*args: str) -> tuple[int, str, str]:
        code = main(args)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def resume(folder: IncidentFolder, decision: Decision, *, now: Callable[[], datetime]) -> None:
    if decision.verdict == "approve":
        finalise(folder, decision, now=now())


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Make $EDITOR a program, in a folder with a space, that replaces one text by another."""

    def make(old: str, new: str) -> None:
        script = tmp_path / "my tools" / "edit.py"
        script.parent.mkdir(exist_ok=True)
        script.write_text(
            f"#!{sys.executable}\nimport pathlib, sys\nfile = pathlib.Path(sys.argv[-1])\n"
            f"assert sys.argv[1] == '--wait'\ntext = file.read_text()\n"
            f"file.write_text(text.replace({old!r}, {new!r}))\n"
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.setenv("EDITOR", f"'{script}' --wait")

    return make


def test_review_without_a_terminal_prints_the_draft_and_asks_nothing(run: Run) -> None:
    code, out, err = run("review", "db-queue-full")
    assert code == ExitCode.OK
    assert out.startswith("# Checker cannot reach prod-db\n")
    assert "Q1 is open: What limited the pool of prod-db?" in err


def test_review_as_json_lists_what_blocks(run: Run) -> None:
    code, out, _ = run("review", "db-queue-full", "--json")
    document = json.loads(out)
    assert code == ExitCode.OK
    assert (document["stage"], len(document["open_questions"]), len(document["blockers"])) == (
        "drafted",
        2,
        2,
    )


def test_review_edits_in_the_editor_and_records_who(
    run: Run, folder: IncidentFolder, editor: Callable[[str, str], None]
) -> None:
    editor("The incident lasted 45 min.", "The incident lasted 45 minutes.")
    code, out, _ = run("review", "db-queue-full", "--edit", "--by", "Dana (SRE)")
    assert code == ExitCode.OK
    assert "summary: changed" in out
    event = folder.reviews()[-1]
    assert (event.action, event.by) == ("edited", "Dana (SRE)")
    assert not (folder.path / "draft.edited.md").exists()


def test_a_broken_edit_is_kept_and_opened_again(
    run: Run, folder: IncidentFolder, editor: Callable[[str, str], None]
) -> None:
    editor("## Impact", "## Damage")
    code, _, err = run("review", "db-queue-full", "--edit", "--by", "Dana")
    assert code == ExitCode.UNUSABLE
    assert "no section has this name" in err
    assert "draft.edited.md" in err
    editor("## Damage\n\nChecks against", "## Impact\n\nMany checks against")
    code, _, err = run("review", "db-queue-full", "--edit", "--by", "Dana")
    assert code == ExitCode.OK
    draft = folder.read_draft()
    assert draft is not None
    assert draft.impact[0].text.startswith("Many checks against")


def test_an_editor_that_fails_changes_nothing(
    run: Run, folder: IncidentFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", "false; touch /tmp/never")
    version = folder.draft_version()
    code, _, err = run("review", "db-queue-full", "--edit", "--by", "Dana")
    assert code == ExitCode.UNUSABLE
    assert "false;" in err
    assert folder.draft_version() == version


def test_the_way_from_draft_to_publication(run: Run, folder: IncidentFolder, tmp_path: Path) -> None:
    code, _, err = run("approve", "db-queue-full", "--by", "Dana (SRE)")
    assert code == ExitCode.NOT_ALLOWED
    assert "pm-agent answer db-queue-full Q1" in err
    assert run("answer", "db-queue-full", "Q1", "20 connections.", "--by", "Dana (SRE)")[0] == ExitCode.OK
    code, out, _ = run(
        "waive", "db-queue-full", "Q2", "--reason", "Nobody counted.", "--by", "Dana (SRE)", "--json"
    )
    assert json.loads(out)["blockers"] == []
    code, out, _ = run("publish", "db-queue-full", "--to", f"markdown:{tmp_path / 'out'}", "--by", "Dana")
    assert code == ExitCode.NOT_ALLOWED
    code, out, _ = run("approve", "db-queue-full", "--by", "Dana (SRE)")
    assert (code, out) == (ExitCode.OK, f"{folder.path / 'postmortem.md'}\n")
    code, out, _ = run("publish", "db-queue-full", "--to", f"markdown:{tmp_path / 'out'}", "--by", "Dana")
    assert code == ExitCode.OK
    assert (tmp_path / "out" / "2014-03-18-db-queue-full.md").is_file()
    code, out, _ = run("status", "--json")
    (row,) = json.loads(out)
    assert (row["stage"], row["open_questions"], row["edited"]) == ("published", 0, False)
    published = datetime.fromisoformat(row["published_at"])
    assert row["follow_up_on"] == f"{published + timedelta(weeks=4):%Y-%m-%d}"
    planned = json.loads((folder.path / "follow-up.json").read_text())
    assert planned == {"distribute_by": row["distribute_by"], "review_on": row["follow_up_on"]}
    assert f"due {row['follow_up_on']}" in [step["detail"] for step in row["process"]]
    assert row["distribute_by"] == "2014-03-20T23:26:00Z"


@pytest.mark.parametrize("sink", ["markdown", "markdown:", "ftp:there", ""])
def test_an_unknown_sink_is_named(run: Run, sink: str) -> None:
    code, _, err = run("publish", "db-queue-full", "--to", sink)
    assert code == ExitCode.UNUSABLE
    assert "names no place" in err


def test_a_rejected_draft_and_a_request_are_recorded(run: Run, folder: IncidentFolder) -> None:
    code, _, _ = run(
        "request-changes", "db-queue-full", "--section", "impact", "--comment", "How many?", "--by", "Dana"
    )
    assert code == ExitCode.OK
    code, _, err = run("reject", "db-queue-full", "--reason", "Not ours.", "--by", "Dana")
    assert code == ExitCode.NOT_ALLOWED
    assert "changes requested already, by Dana" in err
    assert [event.action for event in folder.reviews()] == ["changes requested"]


def test_status_shows_the_rest_when_one_incident_cannot_be_read(run: Run, home: Path) -> None:
    (home / "broken").mkdir()
    (home / "broken" / "incident.yaml").write_text("id: [")
    code, out, err = run("status")
    assert code == ExitCode.UNUSABLE
    assert "db-queue-full" in out
    assert "broken" in err


def test_a_draft_that_does_not_exist_is_said_to_be_missing(run: Run, folder: IncidentFolder) -> None:
    folder.draft_file.unlink()
    code, _, err = run("review", "db-queue-full")
    assert code == ExitCode.NOT_ALLOWED
    assert "has no draft yet" in err


def test_building_the_parser_imports_nothing_heavy() -> None:
    code = (
        "import sys; from agent.cli.main import build_parser; build_parser();"
        "print([m for m in ('pydantic', 'rich', 'langgraph', 'anthropic', 'yaml') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("environment", "styled"),
    [
        ({"PAGER": "less"}, True),
        ({"PAGER": "/usr/bin/less -S"}, True),
        ({"PAGER": "less", "LESS": "-M"}, False),
        ({"PAGER": "less -R", "LESS": "-M"}, True),
        ({"PAGER": "more"}, False),
        ({"MANPAGER": "most", "PAGER": "less"}, False),
    ],
)
def test_a_pager_gets_escape_sequences_only_where_it_shows_them(
    environment: dict[str, str],
    styled: bool,  # noqa: FBT001
) -> None:
    assert reviewer.pager_shows_styles(environment) is styled
    assert environment.get("LESS", "") in {"", "-M", "FRX"}
