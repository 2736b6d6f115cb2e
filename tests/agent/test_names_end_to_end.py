"""With `people = "roles"` nobody of the roster is named in digest, draft or prompt; words stay words."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.cli.main import main
from agent.drafting.claude.drafter import ClaudeDrafter
from agent.drafting.model.meter import Meter
from agent.drafting.model.paid import PaidCalls
from agent.schema.incident import Incident
from agent.schema.roster import Member
from agent.settings import Settings
from agent.store import Home, IncidentFolder
from agent.workflow.run import run_draft
from tests.agent.drafting.claude.obedient import scripted
from tests.agent.specs import files_spec

START = datetime(2026, 3, 17, 10, tzinfo=UTC)
ROSTER = (
    Member(
        handle="dreyes", name="Dana Reyes", slack="U0DANA77", github="dana-r", email="dana@example.org",
        role="on-call, payments",
    ),
    Member(handle="will", name="Will Rose", email="will.rose@example.org", role="database lead"),
    Member(handle="nobody-knows", name="Ines Falk"),
)  # fmt: skip


def at(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def plant(folder: Path) -> None:
    """Write a log, chat and changes in which people are called in every way."""
    lines = [f"{at(-3000 + n)} INFO orders will serve requests, high water mark rose" for n in range(3)]
    lines += [
        f"{at(60 + n)} ERROR orders pool exhausted: session of dana@example.org on host-1" for n in range(9)
    ]
    lines += [
        f"{at(300 + n)} ERROR orders sudo: dreyes : COMMAND=/bin/systemctl restart orders" for n in range(3)
    ]
    (folder / "orders.log").write_text("\n".join(lines) + "\n")
    said = [
        ("U0DANA77", 120, "on it, looking into the pool with @will"),
        ("U2", 200, "Dana Reyes and Will Rose rolled back the release, thanks Dana. Will it hold?"),
        ("U3", 900, "all clear, resolved by Will; errors rose no further"),
    ]
    chat = [
        {"type": "message", "user": user, "ts": f"{(START.timestamp() + s):.6f}", "text": text}
        for user, s, text in said
    ]
    (folder / "chat.json").write_text(json.dumps(chat))
    change = {
        "time": at(-120), "kind": "deploy", "service": "orders", "ref": "v1", "author": "dana-r",
        "title": "Merge branch dana-r/pool, Signed-off-by: Will Rose <will.rose@example.org>",
    }  # fmt: skip
    (folder / "changes.json").write_text(json.dumps([change]))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> IncidentFolder:
    monkeypatch.delenv("PM_AGENT_CONFIG", raising=False)
    (tmp_path / "dump").mkdir()
    plant(tmp_path / "dump")
    record = Incident(
        id="inc-1",
        title="Orders down, called by Dana Reyes",
        start=START,
        end=START + timedelta(minutes=25),
        services=("orders",),
        sources=(files_spec(str(tmp_path / "dump")),),
    )
    return Home(tmp_path / "home").create(record)


def written(folder: IncidentFolder) -> dict[str, str]:
    names = ("digest.json", "draft.json", "draft.md", "findings.json")
    return {name: (folder.path / name).read_text() for name in names}


def mentions(text: str) -> list[str]:
    """List what names somebody; "will" and "rose" as words do not."""
    low = text.casefold()
    return [
        name
        for name in ("dana", "reyes", "will rose", "will.rose", "@will", "by will", "will wrote")
        if name in low
    ]


def test_nobody_is_named_in_digest_or_draft_and_words_stay(
    folder: IncidentFolder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = folder.path.parent.parent / "pm-agent.toml"
    members = "".join(
        "[[roster]]\n"
        + "".join(f"{key} = {json.dumps(value)}\n" for key, value in member.model_dump().items() if value)
        for member in ROSTER
    )
    config.write_text(f'people = "roles"\n{members}')
    monkeypatch.setenv("PM_AGENT_CONFIG", str(config))
    told = ["--home", str(folder.path.parent)]
    assert main(["draft", "--incident", "inc-1", *told, "--drafter", "offline", "--offline", "--json"]) == 0
    shown = capsys.readouterr()
    texts = written(folder) | {"stdout": shown.out, "stderr": shown.err}
    assert {name: found for name, text in texts.items() if (found := mentions(text))} == {}
    for role in ("on-call, payments", "database lead"):
        assert role in texts["digest.json"]
        assert role in texts["draft.md"]
    assert "Will it hold?" in texts["digest.json"]
    assert "errors rose no further" in texts["digest.json"]


def test_nobody_is_named_in_a_prompt(folder: IncidentFolder) -> None:
    endpoint = scripted()
    meter = Meter(endpoint, PaidCalls(folder.model_calls))
    run_draft(
        folder,
        drafter=ClaudeDrafter(meter, model="claude-sonnet-5-5"),
        settings=Settings(people="roles", roster=ROSTER),
        now=lambda: START + timedelta(hours=4),
    )
    prompts = "\n".join(request.model_dump_json() for request in endpoint.requests)
    assert "database lead" in prompts
    assert mentions(prompts) == []


def test_handles_keep_names(folder: IncidentFolder) -> None:
    endpoint = scripted()
    run_draft(
        folder,
        drafter=ClaudeDrafter(Meter(endpoint, PaidCalls(folder.model_calls)), model="claude-sonnet-5-5"),
        settings=Settings(roster=ROSTER),
        now=lambda: START + timedelta(hours=4),
    )
    assert "Dana Reyes" in written(folder)["digest.json"]
