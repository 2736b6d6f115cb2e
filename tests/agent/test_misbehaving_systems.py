"""A draft comes out whatever the systems do, and names each that gave nothing."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.cli.main import main
from agent.errors import ExitCode
from agent.schema.incident import Incident, SourceSpec
from agent.store import Home
from tests.agent.specs import files_spec
from tests.tools.misbehaving import FAULTS, TOKEN, serving

START = datetime(2026, 3, 17, 10, tzinfo=UTC)
FAMILIES: dict[str, dict[str, object]] = {
    "prometheus": {},
    "alertmanager": {},
    "kubernetes": {"via": "api"},
    "loki": {},
    "elasticsearch": {},
    "cloudwatch": {"region": "eu-central-1", "log_groups": ["/ecs/checkout"]},
    "pagerduty": {},
    "github": {"repositories": ["acme/checkout"]},
    "slack": {"channels": ["C0INCIDENT"]},
    "grafana": {},
    "argocd": {},
}
LASTING = tuple(fault for fault in FAULTS if "then good" not in fault.name)
"""What no second try mends."""


@pytest.mark.parametrize("turn", [0, 4])
def test_the_draft_names_every_system_that_misbehaves(
    turn: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PM_AGENT_SOURCE_TIMEOUT", "2")
    for name in ("TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, TOKEN)
    (tmp_path / "checkout.log").write_text(
        "".join(f"{(START + timedelta(seconds=n)).isoformat()} ERROR pool exhausted\n" for n in range(9))
    )
    with ExitStack() as stack:
        specs: list[SourceSpec] = [files_spec(str(tmp_path / "checkout.log"))]
        for number, (kind, told) in enumerate(FAMILIES.items()):
            fault = LASTING[(number + turn) % len(LASTING)]
            url = stack.enter_context(serving(fault)).url
            login = {} if kind == "cloudwatch" else {"token_env": "TOKEN"}
            table = {"kind": kind, "url": url, **login, **told}
            specs.append(SourceSpec.model_validate(table))
        record = Incident(
            id="checkout",
            title="Checkout down",
            start=START,
            end=START + timedelta(minutes=20),
            sources=tuple(specs),
        )
        folder = Home(tmp_path / "postmortems").create(record)
        assert main(["draft", "--incident", "checkout", "--drafter", "offline", "--json"]) == ExitCode.OK
    shown = capsys.readouterr()
    gaps = json.loads(shown.out)["gaps"]
    assert {kind for kind in FAMILIES if any(gap.startswith(kind) for gap in gaps)} == set(FAMILIES), gaps
    report = (folder.path / "draft.md").read_text()
    assert "pool exhausted" in report
    assert all(kind in report for kind in FAMILIES)
    assert TOKEN not in report + shown.out + shown.err
