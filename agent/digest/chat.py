"""What people wrote: messages, and which of them mark a step of the response."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, cast

from agent.digest.observation import Observation, one_line, quoted
from agent.schema.evidence import Pointer
from tools.formats.records import ChatMessage

Step = Literal["acknowledged", "mitigated", "resolved", "none"]

_MOST = 40
_STEPS: tuple[tuple[Step, re.Pattern[str]], ...] = (
    (
        "resolved",
        re.compile(
            r"\b(all clear|incident (is )?(over|closed|resolved)|resolved|back to normal|closing)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "mitigated",
        re.compile(
            r"\b(mitigated|rolled back|rollback (is )?(done|complete)|reverted|failed over|scaled (up|out)|"
            r"recover(ed|ing)|errors? (are )?(gone|dropping)|traffic (is )?back)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "acknowledged",
        re.compile(
            r"\b(ack|acked|acknowledged?|on it|looking( into)?|investigating|taking (this|a look))\b",
            re.IGNORECASE,
        ),
    ),
)
_NOT_YET = re.compile(
    r"\b(not|isn'?t|hasn'?t|still|n'?t|un)\b|\?\s*$|\bif\b|\bonce\b|\bwhen\b", re.IGNORECASE
)


def step(message: ChatMessage) -> Step:
    """Say which step a message states: as its system tells, else by its words; a question states none."""
    if message.step:
        return cast("Step", message.step)
    for name, words in _STEPS:
        found = words.search(message.text)
        if found and not _NOT_YET.search(message.text[max(0, found.start() - 25) :][:80]):
            return name
    return "none"


@dataclass(slots=True)
class ChatBook:
    """Collects messages."""

    messages: list[tuple[str, ChatMessage]] = field(default_factory=list[tuple[str, ChatMessage]])

    def read(self, artifact: str, records: Iterable[ChatMessage]) -> None:
        """Add every message of one artifact."""
        self.messages.extend((artifact, record) for record in records)

    def ordered(self) -> list[tuple[str, ChatMessage]]:
        """Messages by time; those without one come last."""
        return sorted(
            self.messages,
            key=lambda m: (m[1].time is None, m[1].time.timestamp() if m[1].time else 0.0, m[0], m[1].line),
        )

    def first(self, wanted: Step, after: datetime | None) -> tuple[str, ChatMessage] | None:
        """First message of a person that states a step."""
        for artifact, message in self.ordered():
            late = after is None or (message.time is not None and message.time >= after)
            if message.time and late and not message.bot and step(message) == wanted:
                return artifact, message
        return None


def observations(book: ChatBook, onset: datetime | None) -> list[Observation]:
    """Say each message in one line; steps of the response first, then those near the onset."""
    scored: list[tuple[float, int, Observation]] = []
    for index, (artifact, message) in enumerate(book.ordered()):
        near = 0.5
        if onset and message.time:
            near = 1.0 if abs(message.time - onset) < timedelta(hours=2) else 0.2
        stated = step(message)
        worth = near * (0.6 if stated != "none" else 0.2) * (0.3 if message.bot else 1.0)
        attributes = {
            "author": message.author,
            "channel": message.channel or "",
            "text": quoted(message.text),
            "step": "" if stated == "none" else stated,
        }
        item = Observation(
            kind="H",
            statement=_told(message),
            pointers=(Pointer(artifact=artifact, lines=(message.line, message.end_line)),),
            start=message.time,
            end=message.time,
            quote=quoted(message.text),
            attributes={key: value for key, value in attributes.items() if value},
            surprise=worth,
            role="context",
            component_kind="other",
        )
        scored.append((-worth, index, item))
    return [item for _, _, item in sorted(scored, key=lambda entry: entry[:2])[:_MOST]]


def _told(message: ChatMessage) -> str:
    """Say who wrote what where, or who did what in a system that keeps deeds and not words."""
    text = one_line(message.text, 140)
    if message.deed:
        colon = ":" if text.startswith("the ") else ""
        return f"{message.author}{colon} {text}"
    where = f" in #{message.channel}" if message.channel else ""
    return f'{message.author} wrote{where}: "{text}"'
