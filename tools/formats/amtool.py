"""Alerts as `amtool alert query` prints them, simple or extended."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tools.formats.joining import note_time
from tools.formats.opening import spoil
from tools.formats.records import AlertRecord, Tally
from tools.formats.stamps import Stamps
from tools.formats.tables import Table, read_table

_HEADER = re.compile(r"^(?:Alertname|Labels)\s{2,}.*\bStarts At\b.*\bState\s*$")
_PAIR = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_STATES = {"active": "firing", "suppressed": "suppressed", "unprocessed": "firing"}


def is_amtool(text: str) -> bool:
    """Say whether text is a table of `amtool alert query`."""
    return _HEADER.match(text.lstrip().partition("\n")[0]) is not None


def read_table_of_alerts(
    source: Iterable[tuple[int, str]], tally: Tally, stamps: Stamps
) -> Iterator[AlertRecord]:
    """Yield one alert a row; the end of an active alert is a prediction and is dropped."""
    rows = [row for row in source if row[1].strip()]
    if not rows:
        return
    (line, header), *rest = rows
    table: Table = read_table(header, line, rest)
    for number, cells in table.rows:
        labels = dict(_PAIR.findall(cells.get("Labels", "")))
        name = labels.pop("alertname", "") or cells.get("Alertname", "")
        if not name:
            spoil(tally, number, "an alert without a name")
            continue
        annotations: dict[str, str] = dict(_PAIR.findall(cells.get("Annotations", "")))
        if summary := cells.get("Summary"):
            annotations["summary"] = summary
        starts_at = stamps.parse(cells.get("Starts At", ""))
        tally.rows += 1
        tally.undated += starts_at is None
        note_time(tally, starts_at)
        state = _STATES.get(cells.get("State", "").lower(), "firing")
        yield AlertRecord(number, number, name, state, starts_at, None, labels, annotations)
