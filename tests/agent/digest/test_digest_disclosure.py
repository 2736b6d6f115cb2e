"""Nothing planted in logs, labels, annotations, chat or changes leaves the sealed artifacts."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.cli.main import main
from agent.collecting import collect
from agent.digest import digest, excerpt
from agent.schema.incident import Incident
from agent.settings import Settings
from agent.store import Home
from tests.agent.specs import files_spec

START = datetime(2026, 3, 17, 10, tzinfo=UTC)
PLANTED = {
    "github": "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a",
    "aws": "AKIA" + "IOSFODNN7EXAMPLE",
    "aws-secret": "wJalrXUtnFEMI/" + "K7MDENG/bPxRfiCYEXAMPLEKEY",
    "anthropic": "sk-ant-" + "api03-AbCdEf0123456789_xyzXYZ-0123",
    "slack": "xoxb-" + "123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx",
    "stripe": "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
    "jwt": "eyJ" + "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    "dsn": "s3cr3tPassw0rd",
    "email": "jane.doe" + "@example.com",
    "iban": "DE89 3704 0044 " + "0532 0130 00",
    "card": "4111 1111 " + "1111 1111",
    "phone": "+49 30 " + "12345678",
}


def plant(folder: Path) -> None:
    secret = dict(PLANTED)
    lines = [
        f"push rejected for token {secret['github']}",
        f"credentials {secret['aws']} aws_secret_access_key={secret['aws-secret']} are not valid",
        f"model call with {secret['anthropic']} refused",
        f"cannot connect to postgres://app:{secret['dsn']}@db:5432/shop: timeout",
        f"charge failed for card {secret['card']} of {secret['email']}, call {secret['phone']}",
        f"transfer to {secret['iban']} failed, key {secret['stripe']}",
        "x" * 470 + f" and then {secret['github']}",
        f"session {secret['jwt']} rejected",
        f"cannot post with {secret['slack']}",
    ]
    text = [f"{(START - timedelta(minutes=50)).isoformat()} INFO ready"] + [
        f"{(START + timedelta(minutes=1, seconds=index)).isoformat()} ERROR {line}"
        for index, line in enumerate(lines * 3)
    ]
    (folder / "cart.log").write_text("\n".join(text) + "\n")
    alert = {
        "labels": {"alertname": "Down", "severity": "critical", "owner": secret["email"]},
        "annotations": {"summary": f"see https://x.example/?token={secret['github']}"},
        "startsAt": (START + timedelta(minutes=2)).isoformat(),
        "endsAt": "0001-01-01T00:00:00Z",
        "status": {"state": "active", "silencedBy": [], "inhibitedBy": []},
        "fingerprint": "abc",
    }
    (folder / "alerts.json").write_text(json.dumps([alert]))
    series = [
        {
            "metric": {"__name__": "errors_total", "job": "cart", "dsn": f"mysql://u:{secret['dsn']}@db/x"},
            "values": [
                [(START + timedelta(minutes=minute)).timestamp(), "0" if minute < 0 else "500"]
                for minute in range(-60, 30)
            ],
        }
    ]
    (folder / "m.json").write_text(
        json.dumps({"status": "success", "data": {"resultType": "matrix", "result": series}})
    )
    chat = [
        {"type": "message", "user": "U1", "ts": str((START + timedelta(minutes=5)).timestamp()),
         "text": f"mitigated: rotated {secret['slack']}, ask {secret['email']}"}
    ]  # fmt: skip
    (folder / "chat.json").write_text(json.dumps(chat))


@pytest.mark.parametrize("name", [*PLANTED, "digest"])
def test_nothing_planted_leaves_the_sealed_artifacts(name: str, tmp_path: Path) -> None:
    record = Incident(
        id="inc-1",
        title="Checkout down",
        start=START,
        end=START + timedelta(minutes=30),
        sources=(files_spec("*.log", "*.json"),),
    )
    folder = Home(tmp_path).create(record)
    plant(folder.path)
    bundle = collect(folder, record, settings=Settings(), now=lambda: START + timedelta(hours=2))
    found = digest(bundle, record)
    printed = found.model_dump_json()
    if name == "digest":
        kinds = {item.kind for item in found.evidence}
        assert {"L", "A", "M"} <= kinds
        assert found == digest(bundle, record)
        log = next(item for item in found.evidence if "push rejected" in item.statement + item.quote)
        assert "<github-token-" in log.quote
        shown = "".join(line for part in excerpt(bundle, log) for line in part.lines)
        assert PLANTED["github"] in shown
        return
    assert PLANTED[name] not in printed
    assert PLANTED[name][:14] not in printed


def test_nothing_planted_is_in_draft_report_or_checkpoint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PM_AGENT_CONFIG", raising=False)
    record = Incident(
        id="inc-1", title="Checkout down", start=START, sources=(files_spec("*.log", "*.json"),)
    )
    folder = Home(tmp_path).create(record)
    plant(folder.path)
    assert (
        main(["draft", "--incident", "inc-1", "--home", str(tmp_path), "--drafter", "offline", "--json"]) == 0
    )
    printed = capsys.readouterr()
    inputs = {"cart.log", "alerts.json", "m.json", "chat.json"}
    written = {
        path.relative_to(folder.path).as_posix(): path.read_bytes()
        for path in folder.path.rglob("*")
        if path.is_file() and path.name not in inputs
    }
    assert {"digest.json", "draft.json", "draft.md"} <= written.keys()
    for name, secret in PLANTED.items():
        assert secret not in printed.out + printed.err, name
        for place, data in written.items():
            assert secret.encode() not in data, f"{name} in {place}"
