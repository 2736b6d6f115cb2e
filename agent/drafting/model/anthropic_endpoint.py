"""The Messages API through the anthropic SDK, which is imported with the first request.

Retries are left to the SDK; a request is not repeated here. Telemetry of the SDK is off.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, cast

from pydantic import JsonValue

from agent.drafting.model.request import (
    Block,
    ModelReply,
    ModelRequest,
    Text,
    Thinking,
    ToolResult,
    ToolUse,
    Usage,
)
from agent.errors import UserError

if TYPE_CHECKING:
    import anthropic
    from anthropic.types import Message, MessageParam, OutputConfigParam, TextBlockParam, ToolParam

Json = dict[str, JsonValue]
_UNSTREAMED = 21_333
"""Most reply tokens that the SDK lets wait for in one piece."""
_KEPT = "What was drafted so far is kept; the same command goes on from there."


class AnthropicEndpoint:
    """Sends requests with the credentials that the environment has."""

    def __init__(self, *, timeout: float = 300.0, max_retries: int = 2) -> None:
        self._timeout, self._max_retries = timeout, max_retries
        self._client: anthropic.Anthropic | None = None
        self._lock = threading.Lock()

    def send(self, request: ModelRequest) -> ModelReply:
        """Send one request; raise UserError where the endpoint refuses or cannot be reached."""
        import anthropic  # noqa: PLC0415 - takes seconds to import

        try:
            return _reply(self._exchange(request))
        except anthropic.AuthenticationError as error:
            raise UserError(
                f"The model endpoint does not accept the key: {error.message}",
                hint="Correct ANTHROPIC_API_KEY, or draft with --offline.",
            ) from error
        except anthropic.APIStatusError as error:
            raise UserError(
                f"The model endpoint answered {error.status_code}: {error.message}", hint=_KEPT
            ) from error
        except anthropic.APIConnectionError as error:
            cause = f" ({error.__cause__})" if error.__cause__ else ""
            raise UserError(
                f"The model endpoint cannot be reached: {error.message}{cause}", hint=_KEPT
            ) from error

    def _exchange(self, request: ModelRequest) -> Message:
        import anthropic  # noqa: PLC0415

        messages = cast(
            "list[MessageParam]", [_message(message.role, message.blocks) for message in request.messages]
        )
        system: list[TextBlockParam] = [
            {"type": "text", "text": request.system, "cache_control": {"type": "ephemeral"}}
        ]
        tools = cast(
            "list[ToolParam]",
            [
                {"name": tool.name, "description": tool.description, "input_schema": dict(tool.parameters)}
                for tool in request.tools
            ],
        )
        output: OutputConfigParam = {"effort": request.effort}
        if request.reply_schema is not None:
            schema = anthropic.transform_schema(dict(request.reply_schema))
            output["format"] = {"type": "json_schema", "schema": schema}
        messages_api = self._opened().messages
        if request.max_tokens <= _UNSTREAMED:
            return messages_api.create(
                model=request.model,
                max_tokens=request.max_tokens,
                system=system,
                messages=messages,
                output_config=output,
                tools=tools or anthropic.omit,
            )
        with messages_api.stream(
            model=request.model,
            max_tokens=request.max_tokens,
            system=system,
            messages=messages,
            output_config=output,
            tools=tools or anthropic.omit,
        ) as stream:
            return stream.get_final_message()

    def _opened(self) -> anthropic.Anthropic:
        import anthropic  # noqa: PLC0415

        with self._lock:
            if self._client is None:
                self._client = anthropic.Anthropic(
                    timeout=self._timeout, max_retries=self._max_retries, open_telemetry={}
                )
            return self._client


def _message(role: str, blocks: tuple[Block, ...]) -> Json:
    return {"role": role, "content": [_block(block) for block in blocks]}


def _block(block: Block) -> Json:
    match block:
        case Text():
            text: Json = {"type": "text", "text": block.text}
            return {**text, "cache_control": {"type": "ephemeral"}} if block.cached else text
        case ToolUse():
            return {"type": "tool_use", "id": block.id, "name": block.name, "input": dict(block.input)}
        case ToolResult():
            result: Json = {
                "type": "tool_result",
                "tool_use_id": block.tool_use_id,
                "content": block.text,
                "is_error": block.refused,
            }
            return {**result, "cache_control": {"type": "ephemeral"}} if block.cached else result
        case Thinking():
            return dict(block.raw)


def _reply(message: Message) -> ModelReply:
    blocks: list[Block] = []
    for block in message.content:
        if block.type == "text":
            blocks.append(Text(text=block.text))
        elif block.type == "tool_use":
            blocks.append(ToolUse(id=block.id, name=block.name, input=cast("Json", block.input)))
        elif block.type in {"thinking", "redacted_thinking"}:
            blocks.append(Thinking(raw=cast("Json", block.model_dump(mode="json", exclude_none=True))))
    used = message.usage
    return ModelReply(
        blocks=tuple(blocks),
        stop=message.stop_reason or "",
        usage=Usage(
            input_tokens=used.input_tokens,
            output_tokens=used.output_tokens,
            cache_read_tokens=used.cache_read_input_tokens or 0,
            cache_write_tokens=used.cache_creation_input_tokens or 0,
        ),
        note=(message.stop_details.explanation or "") if message.stop_details else "",
    )
