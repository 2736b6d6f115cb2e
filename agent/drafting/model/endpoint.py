"""The one thing that an endpoint does, and a scripted one for tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from agent.drafting.model.request import ModelReply, ModelRequest, Text, Usage


class Endpoint(Protocol):
    """Anything that answers requests."""

    def send(self, request: ModelRequest) -> ModelReply:
        """Answer one request; safe to call from several threads. Raise UserError where nothing comes back."""
        ...


class ScriptedEndpoint:
    """Answers by a function of the request and remembers what it was asked."""

    def __init__(self, answer: Callable[[ModelRequest], ModelReply | str]) -> None:
        self._answer = answer
        self.requests: list[ModelRequest] = []

    def send(self, request: ModelRequest) -> ModelReply:
        """Answer by the script."""
        self.requests.append(request)
        given = self._answer(request)
        return said(given) if isinstance(given, str) else given


def said(text: str, *, stop: str = "end_turn", usage: Usage | None = None) -> ModelReply:
    """Make a reply of plain text."""
    return ModelReply(
        blocks=(Text(text=text),), stop=stop, usage=usage or Usage(output_tokens=len(text) // 4)
    )
