"""`systemctl status` text: the unit's state, and the journal lines below it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.formats.joining import join, note_time
from tools.formats.logs_text import LineReader
from tools.formats.opening import lines
from tools.formats.records import Clock, LogRecord, ObjectState, Tally
from tools.formats.stamps import Stamps

_KINDS = "service|socket|timer|mount|target|slice|scope|path"
_UNIT = re.compile(rf"^(?:Status: )?[●○\u00d7*↻↺] (?P<unit>[\w@.:\\-]+\.(?:{_KINDS}))(?: - (?P<what>.*))?")
_HEAD = re.compile(r"^(?P<key>Service|Node|Host):\s*(?P<value>\S+)\s*$")
_ENTRY = re.compile(
    r"^\s*(?P<key>Loaded|Active|Main PID|Process|Tasks|Memory|CPU|Status|Result|Docs|Drop-In|Condition)"
    r":\s*(?P<value>.*)$"
)
_ACTIVE = re.compile(
    r"^(?P<state>\S+) \((?P<sub>[^)]*)\)(?: \(Result: (?P<result>[^)]*)\))?(?: since (?P<since>[^;]+))?"
)
_JOURNAL = re.compile(r"^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) (?P<host>\S+) \S+:")
_SKIPPED = frozenset({"Docs", "Drop-In"})


def is_status(text: str) -> bool:
    """Say whether text is the output of `systemctl status`."""
    found = [line for line in text.split("\n", 8) if _UNIT.match(line)]
    return bool(found) and "Active:" in text


def read_status(
    path: Path, clock: Clock, tally: Tally, labels: Mapping[str, str]
) -> Iterator[ObjectState | LogRecord]:
    """Yield the unit of each status block, then the journal lines of the file."""
    numbered = list(lines(path, tally))
    stamps = Stamps(clock, tally)
    starts = [index for index, (_, text) in enumerate(numbered) if _UNIT.match(text)]
    hint: dict[str, str] = {}
    for _, text in numbered[: starts[0]] if starts else ():
        if match := _HEAD.match(text):
            hint[match["key"]] = match["value"]
    for start, end in zip(starts, [*starts[1:], len(numbered)], strict=True):
        block = numbered[start:end]
        unit = _unit(block, stamps, dict(labels) | ({"node": hint["Node"]} if "Node" in hint else {}))
        tally.rows += 1
        yield unit
        since = stamps.parse(unit.fields.get("since", ""))
        if stamps.recorded_at is None and since is not None:
            stamps.anchor = since
        note_time(tally, since)
        journal = [(number, text) for number, text in block if text and not text.startswith(" ")][1:]
        reader = LineReader(stamps)
        parsed = ((number, reader.read(text)) for number, text in journal)
        told = dict(labels) | {"service": unit.name.rsplit(".", 1)[0]}
        yield from join(parsed, tally, told, lambda since=since: since)


def _unit(block: list[tuple[int, str]], stamps: Stamps, labels: Mapping[str, str]) -> ObjectState:
    head = _UNIT.match(block[0][1])
    fields: dict[str, str] = {}
    node, end = labels.get("node"), block[0][0]
    for number, text in block:
        if match := _ENTRY.match(text):
            if match["key"] not in _SKIPPED:
                fields.setdefault(match["key"].lower().replace(" ", "_"), match["value"])
            end = number
        elif match := _JOURNAL.match(text):
            node = node or match["host"]
    if active := _ACTIVE.match(fields.pop("active", "")):
        fields |= {"phase": active["state"], "sub_state": active["sub"]}
        fields |= {key: active[key].strip() for key in ("result", "since") if active[key]}
    if head and head["what"]:
        fields["description"] = head["what"]
    if node:
        fields["node"] = node
    return ObjectState(
        line=block[0][0],
        end_line=end,
        kind="Unit",
        name=head["unit"] if head else "",
        namespace=None,
        recorded_at=stamps.recorded_at,
        fields=fields,
    )
