"""Structured replies: the stop reason first, then validation, then one round of repair."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError

import prompts
from agent.drafting.model.endpoint import Endpoint
from agent.drafting.model.request import Message, ModelReply, ModelRequest, Text
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


def ask(endpoint: Endpoint, request: ModelRequest, reply_type: type[R]) -> R:
    """Ask for a reply of a type; one that does not validate may be mended once.

    Raise UnusableReply for a refusal, a reply that was cut, and one that the repair did not mend.
    """
    request = request.model_copy(update={"reply_schema": reply_type.model_json_schema()})
    reply = _ended(endpoint.send(request), request.step, request.key)
    try:
        return reply_type.model_validate_json(reply.text)
    except ValidationError as error:
        problems = problems_of(error)
    turns = (
        Message(role="assistant", blocks=(Text(text=reply.text or "(nothing)"),)),
        Message(role="user", blocks=(Text(text=prompts.load("repair").render(problems=problems)),)),
    )
    again = request.model_copy(update={"messages": (*request.messages, *turns)})
    reply = _ended(endpoint.send(again), request.step, request.key, again.key)
    try:
        return reply_type.model_validate_json(reply.text)
    except ValidationError as error:
        raise UnusableReply(
            request.step, "not of the form asked for", problems_of(error), (request.key, again.key)
        ) from error


def _ended(reply: ModelReply, step: str, *keys: str) -> ModelReply:
    if reply.stop == "refusal":
        raise UnusableReply(step, "refused", reply.note, keys)
    if reply.stop in _CUT:
        raise UnusableReply(step, "cut off", reply.stop, keys)
    return reply


def problems_of(error: ValidationError) -> str:
    """List what is wrong in words, without the values that were sent."""
    return "\n".join(
        f"- {'.'.join(str(part) for part in item['loc']) or 'the whole'}: {item['msg']}"
        for item in error.errors(include_url=False, include_input=False)[:20]
    )
