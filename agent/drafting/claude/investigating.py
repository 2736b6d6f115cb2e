"""The tool loop: answers a model's looks from the recording until it is done or the budget ends."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import cast

from pydantic import JsonValue, ValidationError

import prompts
from agent.drafting.drafter import Looked
from agent.drafting.fence import fence, plain
from agent.drafting.looks import LOOKS, Answer, Line, Look, Recording
from agent.drafting.model import tokens
from agent.drafting.model.paid import PaidCalls
from agent.drafting.model.request import Block, Text, Tool, ToolResult, ToolUse
from agent.drafting.model.structured import problems_of
from agent.errors import ToolRefused
from agent.settings import InvestigationLimits

STEP = "investigate"
TOO_MANY = "more looks than are allowed"
MOST_LINE, MOST_WHOLE, MOST_ANSWER, MOST_LOOKS = 300, 1000, 420, 4
"""Characters of a line and of one told at length, tokens of an answer, and looks that a round may ask for."""
MOST_NAMED, MOST_NAME, MOST_ASKED, MOST_CUT = 6, 50, 120, 240
"""Lines that are named where they are cut, and characters of a name, of a look and of what it left out."""


@lru_cache(maxsize=1)
def tools() -> tuple[Tool, ...]:
    """Describe every look as a tool."""
    return tuple(
        Tool(name=name, description=(kind.__doc__ or "").strip(), parameters=_schema(kind))
        for name, kind in LOOKS.items()
    )


@lru_cache(maxsize=1)
def reference() -> str:
    """Name the tools in a draft's provenance as a prompt is named."""
    told = json.dumps([tool.model_dump(mode="json") for tool in tools()], sort_keys=True)
    return f"tools@1:{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def limits_text(limits: InvestigationLimits) -> str:
    """Tell what ends the investigation, whichever comes first."""
    parts = [f"{limits.rounds} rounds of up to {MOST_LOOKS} looks", f"{limits.looks} looks in all"]
    parts.append(f"{limits.tokens} tokens of answers and replies")
    parts += [f"{limits.seconds:g} seconds"] if limits.seconds is not None else []
    parts += [f"{limits.usd:g} USD"] if limits.usd is not None else []
    cut = f"an answer is cut after {MOST_ANSWER} tokens, the most ordinary first, and names what was left out"
    return f"{', '.join(parts)}, whichever is reached first; {cut}"


class Bench:
    """Answers tool uses from a recording, keeps count, and closes when a limit is reached."""

    def __init__(
        self, recording: Recording, limits: InvestigationLimits, paid: PaidCalls, label: str
    ) -> None:
        self._recording, self._limits, self._paid, self._label = recording, limits, paid, label
        self._rounds = 0
        self.looks = 0
        self.ended = ""
        """Which limit ended it; empty while none did."""
        self.not_recorded: dict[str, None] = {}
        self.looked: list[Looked] = []

    def answer(self, uses: tuple[ToolUse, ...]) -> tuple[tuple[Block, ...], tuple[str, ...]] | None:
        """Answer one round; at a limit add the request to come to an end, and after that answer no more."""
        if self.ended:
            return None
        self._rounds += 1
        results: list[Block] = [
            self._one(use)
            if number < MOST_LOOKS and self.looks < self._limits.looks
            else _refused(use, TOO_MANY)
            for number, use in enumerate(uses)
        ]
        self.ended = self._limit()
        if not self.ended:
            results[-1] = results[-1].model_copy(update={"cached": True})
            return tuple(results), ()
        prompt = prompts.load("close")
        return (*results, Text(text=prompt.render(reason=self.ended))), (prompt.reference,)

    def _one(self, use: ToolUse) -> ToolResult:
        self.looks += 1
        try:
            answer = self._recording.answer(_look(use))
        except ToolRefused as error:
            return _refused(use, str(error))
        ids = (line.id for line in sorted(answer.lines, key=lambda line: line.rank) if line.id)
        self.looked.append(Looked(asked=_asked(use), found=tuple(dict.fromkeys(ids))))
        if answer.not_recorded:
            self.not_recorded.setdefault(plain(answer.not_recorded, most=200).text)
        return ToolResult(tool_use_id=use.id, text=told(answer, self._label))

    def _limit(self) -> str:
        limits = self._limits
        calls = [call for call in self._paid.calls if call.step == STEP]
        added = sum(call.counted - call.shared for call in calls[1:])
        used = added + sum(call.reply.usage.output_tokens for call in calls)
        checks: tuple[tuple[bool, Callable[[], str]], ...] = (
            (self._rounds >= limits.rounds, lambda: f"its {limits.rounds} rounds are used"),
            (self.looks >= limits.looks, lambda: f"its {limits.looks} looks are used"),
            (used >= limits.tokens, lambda: f"its {limits.tokens} tokens are used"),
            (
                limits.seconds is not None and sum(call.seconds for call in calls) >= limits.seconds,
                lambda: f"its {limits.seconds:g} seconds have passed",
            ),
            (
                limits.usd is not None and sum(call.usd or 0.0 for call in calls) >= limits.usd,
                lambda: f"its {limits.usd:g} USD are spent",
            ),
        )
        return next((reason() for reached, reason in checks if reached), "")


def told(answer: Answer, label: str) -> str:
    """Render an answer for the prompt: fenced, bounded, with what was left out named and how to see it."""
    if answer.not_recorded and not answer.lines:
        return f"not recorded: {plain(answer.not_recorded, most=200).text}"
    texts = [plain(line.text, most=MOST_WHOLE if line.whole else MOST_LINE).text for line in answer.lines]
    order = sorted(range(len(texts)), key=lambda at: answer.lines[at].rank)
    shown = _fitting(order, texts)
    hidden = [answer.lines[at] for at in order if at not in shown]
    lines = [text for at, text in enumerate(texts) if at in shown]
    lines += [f"cut: {len(hidden)} more: {_named(hidden)}"] if hidden else []
    lines += [f"cut: {plain(answer.cut, most=MOST_CUT).text}"] if answer.cut else []
    text = fence("\n".join(lines), label).text
    return f"{text}\n(ask for one of those by name, or for a shorter window, to see it)" if hidden else text


def _fitting(order: Sequence[int], texts: Sequence[str]) -> set[int]:
    """Choose whole lines in an order while they fit, so that an id stands beside what it is about."""
    ends = accumulate(tokens.count(f"{texts[at]}\n", factor=1) for at in order)
    return {at for at, end in zip(order, ends, strict=True) if end <= MOST_ANSWER}


def _named(hidden: Sequence[Line]) -> str:
    """Name lines that are not shown, up to a number."""
    names = [plain(f"{line.id} {line.name or line.text}".strip(), most=MOST_NAME).text for line in hidden]
    left = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return "; ".join(names[:MOST_NAMED]) + left


def _asked(use: ToolUse) -> str:
    """Write a look in one line: the tool and what it was given."""
    stated = ((key, value) for key, value in use.input.items() if value is not None and value != "")
    given = ", ".join(f"{key}={value}" for key, value in stated)
    return plain(f"{use.name} {given}".strip(), most=MOST_ASKED).text


def _look(use: ToolUse) -> Look:
    kind = LOOKS.get(use.name)
    if kind is None:
        raise ToolRefused(f"there is no tool {use.name!r}; there are {', '.join(LOOKS)}")
    try:
        return kind.model_validate(dict(use.input))
    except ValidationError as error:
        raise ToolRefused(f"{use.name}:\n{problems_of(error)}") from error


def _refused(use: ToolUse, why: str) -> ToolResult:
    return ToolResult(tool_use_id=use.id, text=plain(why, most=MOST_LINE).text, refused=True)


def _schema(kind: type[Look]) -> dict[str, JsonValue]:
    schema = cast("dict[str, JsonValue]", _slim(cast("JsonValue", kind.model_json_schema())))
    return {key: value for key, value in schema.items() if key != "description"}


def _slim(value: JsonValue) -> JsonValue:
    """Leave out what costs tokens and says nothing: titles made of names, defaults, "or null"."""
    if isinstance(value, list):
        return [_slim(item) for item in value]
    if not isinstance(value, dict):
        return value
    named = {k: v for k, v in value.items() if k != "default" and (k != "title" or isinstance(v, dict))}
    choices = named.pop("anyOf", None)
    if isinstance(choices, list) and isinstance(choices[0], dict):
        named = {**choices[0], **named}
    return {key: _slim(item) for key, item in named.items()}
