"""Two hundred secrets of all families in an incident's evidence: none leaves the sealed artifacts."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.cli.main import main
from agent.drafting.claude.drafter import ClaudeDrafter
from agent.drafting.model.meter import Meter
from agent.drafting.model.paid import PaidCalls
from agent.schema.incident import Incident
from agent.settings import Settings
from agent.store import Home, IncidentFolder
from agent.workflow.run import run_draft
from tests.agent.drafting.claude.obedient import scripted
from tests.agent.planted import FAMILIES, Planted, planted
from tests.agent.specs import files_spec
from tools.redact import Redactor

START = datetime(2026, 3, 17, 10, tzinfo=UTC)
SECRETS = planted(200)
_WORDS = (
    *("refund", "basket", "coupon", "invoice", "parcel", "voucher", "ledger", "quota", "session", "stock"),
    *("tariff", "rebate", "pledge", "escrow", "margin", "credit", "permit", "docket", "tender", "waiver"),
)
_MASK = re.compile(r"[<\u2039][a-z-]+-[a-z]{4}>")


def at(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def plant(folder: Path, secrets: list[Planted]) -> None:
    """Put every secret into a log of its own kind of message, and again into one other kind of evidence."""
    logs: dict[str, list[str]] = {}
    alerts: list[Any] = []
    series: list[Any] = []
    chat: list[Any] = []
    changes: list[Any] = []
    events: list[Any] = []
    values = [[(START + timedelta(minutes=m)).timestamp(), "0" if m < 0 else "900"] for m in range(-60, 30)]
    for number, secret in enumerate(secrets):
        service = f"{_WORDS[number // 10 % 20]}-api"
        verb = _WORDS[number % 10]
        lines = logs.setdefault(service, [f"{at(-3000)} INFO ready"])
        for again in range(4):
            lines.append(f"{at(60 + number % 10 + again * 30)} ERROR {verb} refused: {secret.text}")
        match number % 5:
            case 0:
                labels = {"alertname": f"Alert{number}", "severity": "critical", "service": service}
                alerts.append({
                    "labels": {**labels, "detail": secret.text},
                    "annotations": {"summary": f"down: {secret.text}", "runbook_url": f"https://x/?q={secret.text}"},
                    "startsAt": at(120), "endsAt": "0001-01-01T00:00:00Z", "fingerprint": f"{number:016x}",
                    "status": {"state": "active", "silencedBy": [], "inhibitedBy": []},
                })  # fmt: skip
            case 1:
                metric = {"__name__": f"errors_{number}_total", "service": service, "target": secret.text}
                series.append({"metric": metric, "values": values})
            case 2:
                text = f"mitigated {service}: {secret.text}"
                ts = f"{(START + timedelta(minutes=number % 25)).timestamp():.6f}"
                chat.append({"type": "message", "user": "U1", "ts": ts, "text": text})
            case 3:
                changes.append({
                    "time": at(-60 * (number % 50)), "kind": "deploy", "service": service,
                    "title": f"use {secret.text}", "ref": "v1", "author": "ana",
                })  # fmt: skip
            case _:
                events.append({
                    "apiVersion": "v1", "kind": "Event", "type": "Warning", "reason": "BackOff", "count": 9,
                    "metadata": {"name": f"e{number}", "namespace": "shop"},
                    "involvedObject": {"kind": "Pod", "name": f"{service}-7c9d8b5f6d-x2x4z"},
                    "firstTimestamp": at(90), "lastTimestamp": at(900),
                    "message": f"failed with {secret.text}",
                })  # fmt: skip
    for service, lines in logs.items():
        (folder / f"{service}.log").write_text("\n".join(sorted(lines)) + "\n")
    matrix = {"status": "success", "data": {"resultType": "matrix", "result": series}}
    listing = {"apiVersion": "v1", "kind": "List", "items": events}
    for name, value in (
        ("alerts", alerts), ("metrics", matrix), ("chat", chat), ("changes", changes), ("events", listing),
    ):  # fmt: skip
        (folder / f"{name}.json").write_text(json.dumps(value))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> IncidentFolder:
    monkeypatch.delenv("PM_AGENT_CONFIG", raising=False)
    evidence = tmp_path / "dump"
    evidence.mkdir()
    plant(evidence, SECRETS)
    record = Incident(
        id="inc-1",
        title="Checkout down",
        start=START,
        end=START + timedelta(minutes=25),
        sources=(files_spec(str(evidence)),),
    )
    return Home(tmp_path / "home").create(record)


def leaks(text: str) -> list[str]:
    """Name the families of which a secret, or the beginning of one, stands in a text."""
    return sorted({secret.family for secret in SECRETS if secret.core[:10] in text})


def written(folder: IncidentFolder) -> dict[str, str]:
    """Read everything below the incident's folder but the sealed artifacts; databases cell by cell."""
    found: dict[str, str] = {}
    for path in folder.path.rglob("*"):
        place = path.relative_to(folder.path).as_posix()
        if path.is_file() and not (place.startswith("evidence/") and path.name != "manifest.json"):
            found[place] = path.read_bytes().decode("utf-8", "replace")
            if path.suffix == ".sqlite":
                found[place] += cells(path)
    return found


def cells(path: Path) -> str:
    with sqlite3.connect(path) as database:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [row for table in tables for row in database.execute(f"SELECT * FROM {table}")]
    parts = [cell for row in rows for cell in row]
    return "\n".join(c.decode("utf-8", "replace") if isinstance(c, bytes) else str(c) for c in parts)


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_is_known(family: str) -> None:
    for secret in planted(400, seed=11):
        if secret.family == family:
            assert secret.core[:10] not in Redactor().text(secret.text)


def test_offline_no_secret_is_printed_logged_or_written(
    folder: IncidentFolder, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    home = ["--home", str(folder.path.parent)]
    assert main(["draft", "--incident", "inc-1", *home, "--offline", "--json"]) == 0
    main(["review", "inc-1", *home, "--json"])
    main(["verify", "inc-1", *home])
    shown = capsys.readouterr()
    assert leaks(shown.out + shown.err + caplog.text) == []
    files = written(folder)
    assert {
        "digest.json",
        "draft.json",
        "draft.md",
        "findings.json",
        "evidence/manifest.json",
    } <= files.keys()
    assert {place: found for place, text in files.items() if (found := leaks(text))} == {}
    assert len(set(_MASK.findall(files["digest.json"]))) >= 100
    assert len(leaks("".join(p.read_text() for p in (folder.path / "evidence").rglob("*.log")))) == len(
        FAMILIES
    )


def test_no_secret_is_in_a_prompt_or_a_kept_reply(folder: IncidentFolder) -> None:
    endpoint = scripted()
    meter = Meter(endpoint, PaidCalls(folder.model_calls))
    run_draft(
        folder,
        drafter=ClaudeDrafter(meter, model="claude-sonnet-5-5"),
        settings=Settings(),
        now=lambda: START + timedelta(hours=4),
    )
    prompts = "\n".join(request.model_dump_json() for request in endpoint.requests)
    assert leaks(prompts) == []
    assert len(set(_MASK.findall(prompts))) >= 30
    files = written(folder)
    assert ".pm-agent/model-calls.jsonl" in files
    assert {place: found for place, text in files.items() if (found := leaks(text))} == {}
