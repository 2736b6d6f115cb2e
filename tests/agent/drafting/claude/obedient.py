"""A scripted model that writes a plain draft from the ids that it finds in its prompt."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from agent.drafting.claude.replies import Reply
from agent.drafting.model.endpoint import ScriptedEndpoint
from agent.drafting.model.request import ModelRequest, Text

Fields = dict[str, list[object] | str]
_LINE = re.compile(r"^([LMACKHTN]\d+) \| (\S+).*? \| \w+ \| (\S+) \| (.*?)(?: \| .*)?$", re.MULTILINE)


def empty() -> Fields:
    lists = {name: [] for name in Reply.model_fields if name != "verdict"}
    return {"verdict": "not asked", **lists}


def said(
    text: str, *evidence: str, facts: tuple[str, ...] = (), standing: str = "supported"
) -> dict[str, object]:
    return {"text": text, "evidence": list(evidence), "facts": list(facts), "standing": standing}


def prompt_of(request: ModelRequest) -> str:
    return "\n".join(
        block.text for message in request.messages for block in message.blocks if isinstance(block, Text)
    )


def lines_of(request: ModelRequest) -> list[tuple[str, str, str, str]]:
    return _LINE.findall(prompt_of(request))


def wanted_of(request: ModelRequest) -> list[str]:
    found = re.search(r"with exactly these: (.*)\.$", prompt_of(request), re.MULTILINE)
    return found.group(1).split(", ") if found else []


def faithful(request: ModelRequest) -> Fields:
    """Say only what the digest's statements say."""
    reply, lines = empty(), lines_of(request)
    name, _, component, statement = lines[0]
    match request.step:
        case "timeline":
            reply["rows"] = [
                {"event": text, "evidence": [item], "moment": "start"}
                for item, start, _, text in lines[:6]
                if start != "no"
            ]
        case "factors":
            reply["verdict"] = "probable"
            reply["cause"] = [said(statement, name, standing="inferred")]
            reply["factors"] = [
                {
                    "layer": "immediate",
                    "category": "dependency",
                    "title": f"{component} did not serve",
                    "component": component,
                    "claim": said(statement, name),
                    "whys": [
                        {"question": "Why?", "answer": "Not recorded.", "evidence": [], "basis": "open"}
                    ],
                }
            ]
        case "actions":
            reply["actions"] = [
                {
                    "action": f"Add an alert rule that fires when {component} has no ready instance",
                    "done_when": "The rule fires in a drill that stops every instance",
                    "component": component,
                    "priority": "P1",
                    "kind": "detect",
                    "strength": "automation",
                    "factors": ["F1"],
                }
            ]
        case "sections":
            reply["sections"] = [
                {"name": section, "claims": [said(statement, name)]} for section in wanted_of(request)
            ]
        case _:
            pass
    return reply


def scripted(change: Callable[[ModelRequest, Fields], Fields] = lambda _, reply: reply) -> ScriptedEndpoint:
    return ScriptedEndpoint(lambda request: json.dumps(change(request, faithful(request))))
