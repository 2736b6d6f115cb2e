"""Chat as Slack exports it: arrays of messages, one file a channel and day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import orjson

from tools.formats.documents import Document, listing, mapping, string
from tools.formats.joining import note_time
from tools.formats.logs_json import Json
from tools.formats.opening import spoil
from tools.formats.records import ChatMessage, Tally
from tools.formats.stamps import Stamps

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|([^>]+))?>")
_LINK = re.compile(r"<(https?://[^|>]+)(?:\|[^>]*)?>")
_DAY = re.compile(r"^\d{4}-\d\d-\d\d$")
_ENTRY_ID = re.compile(r"^[UWCGD][A-Z0-9]+$")
_STEPS = frozenset({"acknowledged", "mitigated", "resolved", "none"})
_SLACK_TS = re.compile(r"^\d{10}\.\d{6}$")


def is_message(value: Json) -> bool:
    """Say whether an object is a message of a Slack export."""
    item = mapping(value)
    return _SLACK_TS.match(string(item.get("ts"))) is not None and (
        "text" in item or item.get("type") == "message"
    )


def is_directory_entry(value: Json) -> bool:
    """Say whether an object is an entry of a Slack export's users.json or channels.json."""
    item = mapping(value)
    named = _ENTRY_ID.match(string(item.get("id"))) is not None and "name" in item
    return named and ("profile" in item or "members" in item)


def read_chat(
    document: Document, location: tuple[str, ...], path: Path, tally: Tally, stamps: Stamps
) -> Iterator[ChatMessage]:
    """Yield the messages of one export file; ids become handles where users.json lies beside or above it."""
    handles = _handles(path)
    channel = path.parent.name if _DAY.match(path.name.split(".")[0]) else None
    for element in document.elements(tally, *location):
        item = mapping(element.value)
        if not is_message(item):
            spoil(tally, element.line, "not a message")
            continue
        ts = string(item.get("ts"))
        time = stamps.epoch(float(ts))
        user = string(item.get("user"))
        profile = mapping(item.get("user_profile"))
        author = handles.get(user) or string(profile.get("name")) or string(item.get("username")) or user
        thread = string(item.get("thread_ts"))
        tally.rows += 1
        note_time(tally, time)
        yield ChatMessage(
            line=element.line,
            end_line=element.end_line,
            time=time,
            author=author
            or string(mapping(item.get("bot_profile")).get("name"))
            or string(item.get("bot_id")),
            text=_text(item, handles),
            channel=channel,
            thread=thread if thread and thread != ts else None,
            bot="bot_id" in item or item.get("subtype") == "bot_message",
            step=told if (told := string(item.get("step"))) in _STEPS else "",
            deed=item.get("deed") is True,
        )


def _text(item: dict[str, Json], handles: dict[str, str]) -> str:
    text = string(item.get("text"))
    if not text:
        attachments = map(mapping, listing(item.get("attachments")))
        text = "\n".join(string(part.get("fallback")) or string(part.get("text")) for part in attachments)
    text = _MENTION.sub(lambda match: f"@{handles.get(match[1]) or match[2] or match[1]}", text)
    text = _LINK.sub(r"\1", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _handles(path: Path) -> dict[str, str]:
    for folder in list(path.parents)[:3]:
        file = folder / "users.json"
        if not file.is_file():
            continue
        try:
            users: Json = orjson.loads(file.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return {}
        people = map(mapping, listing(users))
        return {string(user.get("id")): _handle(user) for user in people if user.get("id")}
    return {}


def _handle(user: dict[str, Json]) -> str:
    profile = mapping(user.get("profile"))
    return string(profile.get("display_name")) or string(user.get("name")) or string(user.get("id"))
