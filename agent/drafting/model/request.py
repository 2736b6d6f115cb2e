"""One exchange with a model, as plain data: the same for every endpoint, hashable, recordable."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, JsonValue

from agent.schema.base import Model

Effort = Literal["low", "medium", "high"]


class Text(Model):
    """A run of text."""

    type: Literal["text"] = "text"
    text: str
    cached: bool = False
    """Everything up to here is the same in other requests and worth keeping at the endpoint."""


class ToolUse(Model):
    """A model asks for a tool."""

    type: Literal["tool_use"] = "tool_use"
    id: str
    name: str
    input: Mapping[str, JsonValue]


class ToolResult(Model):
    """What the tool answered."""

    type: Literal["tool_result"] = "tool_result"
    tool_use_id: str
    text: str
    refused: bool = False
    cached: bool = False
    """As for Text."""


class Thinking(Model):
    """A block that only the endpoint reads; it goes back as it came."""

    type: Literal["thinking"] = "thinking"
    raw: Mapping[str, JsonValue]


Block = Annotated[Text | ToolUse | ToolResult | Thinking, Field(discriminator="type")]


class Message(Model):
    """One turn."""

    role: Literal["user", "assistant"]
    blocks: tuple[Block, ...]


class Tool(Model):
    """A read-only tool that is offered."""

    name: str
    description: str
    parameters: Mapping[str, JsonValue]


class Piece(NamedTuple):
    """A stretch of a request in the order of sending."""

    text: str
    marked: bool
    """Whether the endpoint is asked to keep everything up to its end."""


class ModelRequest(Model):
    """All that decides a reply."""

    step: str
    """Which part of the draft it is for."""
    model: str
    system: str
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    reply_schema: Mapping[str, JsonValue] | None = None
    """JSON schema that the reply has to fit; None for free text."""
    max_tokens: int = 16_000
    effort: Effort = "medium"
    prompts: tuple[str, ...] = ()
    """The prompts it is made of, as `id@version:hash`."""

    @property
    def key(self) -> str:
        """Hash of everything in it."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def pieces(self) -> tuple[Piece, ...]:
        """Split what is sent into stretches, the first being tools and rules."""
        tools = [tool.model_dump_json() for tool in self.tools]
        found = [Piece("\n".join([*tools, self.system]), marked=True)]
        for message in self.messages:
            for block in message.blocks:
                marked = isinstance(block, Text | ToolResult) and block.cached
                found.append(Piece(_text_of(block), marked))
        return tuple(found)

    def continued(self, reply: tuple[Block, ...], answer: tuple[Block, ...], *prompts: str) -> ModelRequest:
        """Give the request for the next turn; of tool results only the newest is marked to be kept."""
        older = tuple(
            Message(role=turn.role, blocks=tuple(_unmarked(block) for block in turn.blocks))
            for turn in self.messages
        )
        turns = (Message(role="assistant", blocks=reply), Message(role="user", blocks=answer))
        return self.model_copy(
            update={
                "messages": (*older, *turns),
                "prompts": tuple(dict.fromkeys((*self.prompts, *prompts))),
            }
        )


class Usage(Model):
    """Tokens as the endpoint counted them."""

    input_tokens: int = 0
    """Input that was neither read from nor written to the cache."""
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cache_read_tokens=self.cache_read_tokens + other.cache_read_tokens,
            cache_write_tokens=self.cache_write_tokens + other.cache_write_tokens,
        )


class ModelReply(Model):
    """What came back."""

    blocks: tuple[Block, ...]
    stop: str
    """Why it ended: end_turn, tool_use, max_tokens, refusal, ..."""
    usage: Usage
    note: str = ""
    """For a refusal: what the endpoint said."""

    @property
    def text(self) -> str:
        """All text, in order."""
        return "".join(block.text for block in self.blocks if isinstance(block, Text))

    @property
    def tool_uses(self) -> tuple[ToolUse, ...]:
        """Every tool that was asked for."""
        return tuple(block for block in self.blocks if isinstance(block, ToolUse))


def _text_of(block: Block) -> str:
    match block:
        case Text() | ToolResult():
            return block.text
        case ToolUse():
            return block.model_dump_json()
        case Thinking():
            return ""


def _unmarked(block: Block) -> Block:
    return block.model_copy(update={"cached": False}) if isinstance(block, ToolResult) else block
