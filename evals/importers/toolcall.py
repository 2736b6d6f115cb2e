"""One recorded answer of a tool, as HolmesGPT's recorder writes it: a head of JSON lines, then the answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from pydantic import BaseModel, TypeAdapter, ValidationError

from evals.importers.upstream import Upstream

_TRAILER = re.compile(r"\n?=+\nLOG QUERY METADATA\n=+\n.*", re.DOTALL)
_EXECUTED = re.compile(r"Query executed at: (\S+Z)")
_START = re.compile(r"^Start Time:\s+(.+)$", re.MULTILINE)
_FIRST_AGE = re.compile(r"^\s*Normal\s+(?:Scheduled|SuccessfulCreate)\s+((?:\d+[dhms])+)\s", re.MULTILINE)
_AGE = re.compile(r"(\d+)([dhms])")
_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


class Head(BaseModel):
    """One line of the head; a recording has one or two."""

    tool_name: str | None = None
    match_params: Mapping[str, object] | None = None
    status: str | None = None
    invocation: str | None = None
    params: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What was asked and what came back."""

    tool: str
    invocation: str
    params: Mapping[str, str]
    body: str
    executed_at: datetime | None

    @property
    def query(self) -> str:
        """What was asked, in one line."""
        if self.invocation:
            return " ".join(self.invocation.split())[:300]
        told = self.params.get("query") or ", ".join(f"{key}={value}" for key, value in self.params.items())
        return f"{self.tool} {told}".strip()[:300]

    @property
    def source(self) -> str:
        """Which system answered."""
        tool = self.tool.lower()
        if "log" in tool:
            return "logs"
        for word, source in (
            ("prom", "prometheus"),
            ("metric", "prometheus"),
            ("tempo", "tempo"),
            ("trace", "tempo"),
        ):
            if word in tool:
                return source
        return "kubectl" if tool.startswith("kubectl") else "tools"

    @property
    def labels(self) -> Mapping[str, str]:
        """What the question says of the whole answer."""
        pod = self.params.get("pod_name")
        found = {"namespace": self.params.get("namespace"), "pod": pod if self.source == "logs" else None}
        if "previous" in self.tool:
            found["previous"] = "true"
        return {key: value for key, value in found.items() if value}

    @property
    def title(self) -> str:
        """A name for its file, from the tool and what it was asked about."""
        kind = self.params.get("kind") or self.params.get("resource_type") or ""
        name = (
            self.params.get("name") or self.params.get("resource_name") or self.params.get("pod_name") or ""
        )
        tool = self.tool.removeprefix("fetch_").removeprefix("execute_").removeprefix("list_")
        if self.source == "logs" and name:
            return f"{name}.previous" if "previous" in self.tool else name
        return "-".join(part for part in (tool.removeprefix("kubectl_"), kind, name) if part)

    @property
    def suffix(self) -> str:
        """File suffix that fits the answer."""
        if self.source == "logs":
            return ".log"
        return ".json" if self.body.lstrip().startswith(("{", "[")) else ".txt"


def read_all(upstream: Upstream) -> Iterator[ToolCall]:
    """Read every recorded answer of an incident folder, by file name."""
    for path in sorted(upstream.path.glob("*.txt")):
        yield read(upstream.text(path.name), name=path.stem)


def read(text: str, *, name: str) -> ToolCall:
    """Take the head off; a file without one counts as the answer of a tool named like the file."""
    lines = text.splitlines(keepends=True)
    heads: list[Head] = []
    while len(heads) < min(2, len(lines)) and (head := _head(lines[len(heads)])) is not None:
        heads.append(head)
    whole = "".join(lines[len(heads) :])
    params = {key: str(value) for head in heads for key, value in _pairs(head) if value is not None}
    executed = _EXECUTED.search(whole)
    return ToolCall(
        tool=next((head.tool_name for head in heads if head.tool_name), name),
        invocation=next((head.invocation for head in heads if head.invocation), ""),
        params=params,
        body=_body(whole),
        executed_at=datetime.fromisoformat(executed.group(1)) if executed else None,
    )


def _body(whole: str) -> str:
    kept = _TRAILER.sub("", whole).rstrip("\n")
    return kept + "\n" if kept.strip() else ""


def recorded_at(calls: Iterable[ToolCall]) -> datetime | None:
    """Tell when the recording was made, or None where nothing in it says so.

    A log query states its time. Else `kubectl describe` gives it to the minute: start time plus the age of
    the event that the start left.
    """
    kept = tuple(calls)
    stated = [call.executed_at for call in kept if call.executed_at]
    return max(stated) if stated else max(_described(kept), default=None)


def _described(calls: tuple[ToolCall, ...]) -> Iterator[datetime]:
    for call in calls:
        start, age = _START.search(call.body), _FIRST_AGE.search(call.body)
        if start and age:
            seconds = sum(int(number) * _SECONDS[unit] for number, unit in _AGE.findall(age.group(1)))
            try:
                started = parsedate_to_datetime(start.group(1).strip()).astimezone(UTC)
            except ValueError:
                continue
            yield started + timedelta(seconds=seconds)


def _head(line: str) -> Head | None:
    if not line.startswith("{"):
        return None
    try:
        head = TypeAdapter(Head).validate_json(line)
    except ValidationError:
        return None
    return head if head.tool_name or head.status or head.invocation else None


def _pairs(head: Head) -> Iterator[tuple[str, object]]:
    yield from (head.match_params or {}).items()
    yield from (head.params or {}).items()
