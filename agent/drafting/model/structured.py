"""Structured replies: tools answered first, the stop reason, then validation, then one round of repair."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol, TypeVar

from pydantic import BaseModel, JsonValue, ValidationError

import prompts
from agent.drafting.model.endpoint import Endpoint
from agent.drafting.model.request import Block, ModelReply, ModelRequest, Text, ToolResult, ToolUse
from agent.errors import PmAgentError

R = TypeVar("R", bound=BaseModel)
_CUT = frozenset({"max_tokens", "model_context_window_exceeded"})


class UnusableReply(PmAgentError):  # noqa: N818 - reads as the outcome it is
    """A model's reply that cannot be used: refused, cut off, or not of the form asked for."""

    def __init__(self, step: str, outcome: str, detail: str, keys: tuple[str, ...] = ()) -> None:
        super().__init__(f"{step}: the model's reply was {outcome}{': ' if detail else ''}{detail}")
        self.step, self.outcome = step, outcome
        self.keys = keys
        """Keys of the requests that led there."""


class Toolbox(Protocol):
    """Answers what a model asks of its tools."""

    def answer(self, uses: tuple[ToolUse, ...]) -> tuple[tuple[Block, ...], tuple[str, ...]] | None:
        """Give the blocks of the next turn and the prompts that they hold; None where it was told to stop."""
        ...


class Closed:
    """The tools of a step in which nothing is looked up: one reminder, then the end."""

    def __init__(self) -> None:
        self._told = False

    def answer(self, uses: tuple[ToolUse, ...]) -> tuple[tuple[Block, ...], tuple[str, ...]] | None:
        """Say once that the recording is closed."""
        if self._told:
            return None
        self._told = True
        prompt = prompts.load("closed")
        refused = [ToolResult(tool_use_id=use.id, text="closed", refused=True) for use in uses]
        return (*refused, Text(text=prompt.render())), (prompt.reference,)


def ask(endpoint: Endpoint, request: ModelRequest, reply_type: type[R], tools: Toolbox | None = None) -> R:
    """Ask for a reply of a type; one that does not validate may be mended once.

    Raise UnusableReply for a refusal, a reply that was cut, one that the repair did not mend, and a model
    that goes on asking for tools.
    """
    request = request.model_copy(update={"reply_schema": _schema_of(reply_type)})
    tools, keys = tools or Closed(), list[str]()
    while True:
        reply = endpoint.send(request)
        keys.append(request.key)
        _ended(reply, request.step, *keys)
        if not reply.tool_uses:
            break
        if (answer := tools.answer(reply.tool_uses)) is None:
            raise UnusableReply(request.step, "not a reply", "it went on asking for tools", tuple(keys))
        blocks, used = answer
        request = request.continued(reply.blocks, blocks, *used)
    try:
        return reply_type.model_validate_json(reply.text)
    except ValidationError as error:
        problems = problems_of(error)
    return _repaired(endpoint, request, reply, reply_type, problems, keys)


@lru_cache(maxsize=8)
def _schema_of(reply_type: type[BaseModel]) -> dict[str, JsonValue]:
    return reply_type.model_json_schema()


def _repaired(  # noqa: PLR0917 - private
    endpoint: Endpoint,
    request: ModelRequest,
    reply: ModelReply,
    reply_type: type[R],
    problems: str,
    keys: list[str],
) -> R:
    prompt = prompts.load("repair")
    again = request.continued(
        (Text(text=reply.text or "(nothing)"),),
        (Text(text=prompt.render(problems=problems)),),
        prompt.reference,
    )
    mended = endpoint.send(again)
    keys.append(again.key)
    _ended(mended, request.step, *keys)
    try:
        return reply_type.model_validate_json(mended.text)
    except ValidationError as error:
        raise UnusableReply(
            request.step, "not of the form asked for", problems_of(error), tuple(keys)
        ) from error


def _ended(reply: ModelReply, step: str, *keys: str) -> None:
    if reply.stop == "refusal":
        raise UnusableReply(step, "refused", reply.note, keys)
    if reply.stop in _CUT:
        raise UnusableReply(step, "cut off", reply.stop, keys)


def problems_of(error: ValidationError) -> str:
    """List what is wrong in words, without the values that were sent."""
    return "\n".join(
        f"- {'.'.join(str(part) for part in item['loc']) or 'the whole'}: {item['msg']}"
        for item in error.errors(include_url=False, include_input=False)[:20]
    )
