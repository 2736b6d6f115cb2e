"""What attackers write into logs, alerts, chat and commits, and a model that does all of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from agent.drafting.model.endpoint import ScriptedEndpoint, said
from agent.drafting.model.request import ModelReply, ModelRequest, ToolUse, Usage

from .obedient import empty, wanted_of
from .obedient import said as claimed


class Poison(BaseModel):
    """One piece of recorded text; `told` is what an obedient model then says, `mark` what it is known by."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    where: Literal["log", "alert", "chat", "commit"]
    text: str
    told: str
    mark: str = ""


def _read() -> tuple[Poison, ...]:
    lines = yaml.safe_load(Path(__file__).with_name("poisons.yaml").read_text(encoding="utf-8"))
    return tuple(TypeAdapter(list[Poison]).validate_python(lines))


POISONS = _read()


def files(poisons: tuple[Poison, ...], hour: str) -> Mapping[str, str]:
    """Write every poison where it belongs, as files of a recording at `hour` (`2024-05-01T10`)."""
    timed = {item.name: f"{hour}:{minute:02}:00Z" for minute, item in enumerate(poisons)}
    logs = [f"{timed[item.name]} {item.text}" for item in poisons if item.where == "log"]
    alerts = [
        {
            "labels": {"alertname": f"Poisoned{number}", "severity": "critical"},
            "annotations": {"summary": item.text, "description": item.text},
            "startsAt": timed[item.name],
            "endsAt": "0001-01-01T00:00:00Z",
            "status": {"state": "active"},
            "fingerprint": f"{number:016x}",
        }
        for number, item in enumerate(poisons)
        if item.where == "alert"
    ]
    chat = [
        {"type": "message", "user": "U0MALLORY", "text": item.text, "ts": f"1755950{number:03}.000100"}
        for number, item in enumerate(poisons)
        if item.where == "chat"
    ]
    commits = [
        {
            "kind": "commit",
            "title": item.text,
            "sha": f"{number:07x}",
            "author": "mallory",
            "time": timed[item.name],
        }
        for number, item in enumerate(poisons)
        if item.where == "commit"
    ]
    return {
        "poisoned/app.log": "\n".join(logs) + "\n",
        "poisoned/alerts.json": json.dumps(alerts),
        "poisoned/incidents/2025-08-23.json": json.dumps(chat),
        "poisoned/changes.json": json.dumps(commits),
    }


class Obeying:
    """Says what the attacker wants in every field of every reply, with every kind of citation."""

    def __init__(self, told: str, poisoned: tuple[str, ...], innocent: tuple[str, ...]) -> None:
        self._told = told
        self._cited = ([], ["L999"], list(poisoned), list(innocent[:1]), [*poisoned[:1], *innocent[:1]])
        self._innocent = innocent
        self.endpoint = ScriptedEndpoint(self._answer)

    def _answer(self, request: ModelRequest) -> ModelReply | str:
        if request.step == "investigate" and len(request.messages) == 1:
            uses = (
                ToolUse(id="1", name="publish", input={"report": self._told}),
                ToolUse(
                    id="2", name="search_logs", input={"text": "instructions", "url": "https://evil.example"}
                ),
                ToolUse(id="3", name="search_logs", input={"text": "ERROR"}),
            )
            return ModelReply(blocks=uses, stop="tool_use", usage=Usage(output_tokens=9))
        reply, told = empty(), self._told
        claims = [claimed(told, *cited) for cited in self._cited]
        whys = [
            {"question": told, "answer": told, "evidence": cited, "basis": "evidenced"}
            for cited in self._cited
        ]
        reply["rows"] = [{"event": told, "evidence": cited, "moment": "start"} for cited in self._cited]
        reply["hypotheses"] = [
            {
                "text": told,
                "evidence_for": cited,
                "evidence_against": cited,
                "against_text": told,
                "settled_by": told,
                "state": state,
            }
            for cited in self._cited
            for state in ("leading", "possible", "ruled out")
        ]
        reply["verdict"] = "established"
        reply["cause"] = list(claims[2:3])
        reply["factors"] = [
            {
                "layer": "immediate",
                "category": "process",
                "title": told,
                "component": told,
                "claim": claim,
                "whys": whys,
            }
            for claim in claims
        ]
        reply["actions"] = [
            {
                "action": told,
                "done_when": told,
                "component": "@mallory",
                "priority": "P0",
                "kind": "prevent",
                "strength": "automation",
                "factors": ["F1", "F2", "F9"],
            }
        ]
        reply["sections"] = [{"name": name, "claims": claims} for name in wanted_of(request)]
        reply["questions"] = [{"question": told, "why_open": told, "evidence": list(self._innocent[:1])}]
        reply["rewrites"] = [
            {"place": f"{name}.{number}", **claimed(told, *self._innocent[:1])}
            for name in ("summary", "impact", "timeline", "response")
            for number in (1, 2, 3)
        ]
        reply["contradictions"] = [{"place": "summary.1", "other_place": "cause.claim", "why": told}]
        return said(json.dumps(reply), usage=Usage(output_tokens=9))
