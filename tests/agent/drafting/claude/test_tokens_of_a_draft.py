"""What a draft of a bundled incident sends: a longer prefix, answer or prompt goes red here.

The scripted model looks as often as it may, asks wide questions, and writes as much as the prompts allow.
"""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agent.drafting.claude.drafter import ClaudeDrafter
from agent.drafting.model.endpoint import ScriptedEndpoint
from agent.drafting.model.meter import Meter, summary
from agent.drafting.model.paid import PaidCalls
from agent.drafting.model.request import ModelReply, ModelRequest, ToolUse, Usage
from agent.settings import InvestigationLimits, Settings
from agent.store import IncidentFolder
from agent.workflow.nodes.investigate import MOST_UNCITED
from agent.workflow.run import run_draft

from .obedient import Fields, faithful, lines_of, said

INCIDENTS = Path(__file__).parents[4] / "evals" / "incidents"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MOST_UNCACHED, LEAST_SHARE, MOST_USD = 37_000, 0.7, 0.15
LOOKS: tuple[tuple[tuple[str, dict[str, Any]], ...], ...] = (
    tuple(("find_series", {"metric": name}) for name in ("latency", "cpu", "mem", "network")),
    tuple(("search_kubernetes", {"text": name}) for name in ("pod", "node", "service", "deployment")),
    (("search_logs", {"text": "e"}), ("search_logs", {"text": "error"}), ("list_alerts", {})),
)


def wide(request: ModelRequest) -> ModelReply | str:
    turn = len(request.messages) // 2
    if request.step != "investigate":
        return compact(longest(request))
    if turn < len(LOOKS):
        blocks = tuple(
            ToolUse(id=f"toolu_{turn}_{at}", name=name, input=given)
            for at, (name, given) in enumerate(LOOKS[turn])
        )
        return ModelReply(blocks=blocks, stop="tool_use", usage=Usage())
    shown = minted(request)
    thought = {"text": "One part failed.", "against_text": "", "settled_by": "a trace", "state": "possible"}
    parts = (shown[:8], shown[8:16], shown[16:24])
    told = [{**thought, "evidence_for": part[:5], "evidence_against": part[5:]} for part in parts]
    return compact({"hypotheses": told})


def minted(request: ModelRequest) -> list[str]:
    lines = [
        line
        for message in request.messages[1:]
        for block in message.blocks
        if block.type == "tool_result"
        for line in block.text.splitlines()
    ]
    return list(
        dict.fromkeys(line.split()[0] for line in lines if line[:1] in "LMACKT" and line[1:2].isdigit())
    )


def longest(request: ModelRequest) -> Fields:
    """Fill a faithful reply up to the limits that the prompts set."""
    reply, lines = faithful(request), lines_of(request)
    told = [said(text, name) for name, _, _, text in lines[:4]]
    match request.step:
        case "timeline":
            reply["rows"] = [
                {"event": text, "evidence": [name], "moment": "start"} for name, _, _, text in lines[:12]
            ]
        case "factors":
            [factor] = reply["factors"]
            assert isinstance(factor, dict)
            link = {"question": "Why?", "answer": told[0]["text"], "evidence": told[0]["evidence"]}
            whys = [{**link, "basis": "evidenced"}] * 3
            reply["factors"] = [{**factor, "claim": claim, "whys": whys} for claim in told]
        case "sections":
            for section in reply["sections"]:
                assert isinstance(section, dict)
                section["claims"] = (
                    told[:2] if section["name"] in {"went_well", "went_badly", "lucky"} else told[:3]
                )
        case _:
            pass
    return reply


def compact(reply: object) -> str:
    return json.dumps(reply, separators=(",", ":"), ensure_ascii=False)


@pytest.mark.parametrize(
    "case", ["boutique-4392eb", "trainticket-608b96", "cluster-faf5d1", "petshop-a4377b"]
)
def test_a_whole_draft_sends_few_tokens_anew(case: str, tmp_path: Path) -> None:
    shutil.copytree(INCIDENTS / case / "bundle", tmp_path / case)
    folder = IncidentFolder(tmp_path / case)
    paid = PaidCalls(folder.model_calls)
    limits = InvestigationLimits(seconds=None)
    drafter = ClaudeDrafter(Meter(ScriptedEndpoint(wide), paid), model="claude-sonnet-5-5", limits=limits)
    run_draft(folder, drafter=drafter, settings=Settings(), now=lambda: NOW)
    used, digest = summary(paid), folder.read_digest()
    assert digest
    assert sum(name[0] not in "NT" for name in digest.investigated) <= 24 + MOST_UNCITED
    assert used["counted_uncached_tokens"] <= MOST_UNCACHED
    assert used["counted_cached_share"] >= LEAST_SHARE
    assert used["counted_usd"] < MOST_USD
