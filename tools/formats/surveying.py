"""The tally of a large log, from the lines that can change it: the others are counted by their form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.formats import lineforms
from tools.formats.continuation import may_be_part
from tools.formats.joining import join
from tools.formats.log_files import Ahead, read_line
from tools.formats.logline import LogLine
from tools.formats.logs_text import LineReader
from tools.formats.opening import LINE_LIMIT, Damage, break_off, chunks, decode, spoil, whole_lines
from tools.formats.records import Clock, Tally
from tools.formats.stamps import Stamps
from tools.pace import Pace

_BLOCK = 1 << 20
_MOST = 50_000
"""Forms that are remembered."""


def survey(path: Path, clock: Clock, labels: Mapping[str, str]) -> Tally:
    """Count records, undated and damaged ones as reading each would.

    Lines of one form - alike in their first 80 and last 16 bytes but for digits and hexadecimal letters -
    are dated and whole alike. Those that begin a message, have a time and are whole count without being
    read, unless what follows could belong to them. First and last time are those of a block's ends.
    """
    tally = Tally()
    ahead = Ahead(path, clock)
    pace = Pace(f"reading {path.name}", path.stat().st_size)
    surveyor = _Surveyor(clock, tally, ahead, pace)
    records = join(surveyor.telling(path), tally, labels, ahead.first_time)
    for _ in records:
        pass
    tally.rows += surveyor.plain_sailing
    pace.end()
    return tally


class _Surveyor:
    def __init__(self, clock: Clock, tally: Tally, ahead: Ahead, pace: Pace) -> None:
        self.plain_sailing = 0
        """Lines that are a record each and were not yielded."""
        self._tally = tally
        self._follows = clock.recorded_at is None
        self._ahead, self._pace = ahead, pace
        self._stamps = Stamps(clock, tally)
        self._reader = LineReader(self._stamps)
        self._forms: dict[int, bool] = {}
        self._simple = lineforms.Forms()

    def telling(self, path: Path) -> Iterator[tuple[int, LogLine]]:
        """Yield the lines that need a look, and those they may belong to, with their numbers."""
        number = 0
        try:
            for block in whole_lines(chunks(path), _BLOCK):
                self._pace.advance(len(block))
                lines = lineforms.Lines(block)
                self._tally.truncated += int((lines.lengths > LINE_LIMIT).sum())
                for index in self._wanted(lines):
                    line = self._read(lines[index])
                    if not line.message and not line.own:
                        continue
                    if line.dialect == "broken-json":
                        spoil(self._tally, number + index + 1, "broken JSON, kept as text")
                    yield number + index + 1, line
                number += len(lines)
        except Damage as damage:
            break_off(self._tally, number + 1, damage)

    def _wanted(self, lines: lineforms.Lines) -> list[int]:
        """Choose the first and the last line, those that are not simple, and the one before each of these."""
        forms = self._simple.of(lines)
        wanted = {0, len(lines) - 1}
        for place in self._simple.missing(forms):
            if not self._is_simple(int(forms[place]), lines[place]):
                wanted.update((place, max(place - 1, 0)))
        self.plain_sailing += len(lines) - len(wanted)
        return sorted(wanted)

    def _is_simple(self, form: int, line: bytes) -> bool:
        simple = self._forms.get(form)
        if simple is None:
            simple = self._meet(form, line)
        if simple:
            self._simple.add(form)
        return simple

    def _meet(self, form: int, line: bytes) -> bool:
        read = self._read(line)
        opens = "panic" in read.message or "Traceback" in read.message
        dated = read.time is not None and (read.own or not may_be_part(read.body))
        simple = dated and not opens and not read.partial and read.dialect != "broken-json"
        if len(self._forms) < _MOST:
            self._forms[form] = simple
        return simple

    def _read(self, line: bytes) -> LogLine:
        text = decode((line[:-1] if line[-1:] == b"\r" else line)[:LINE_LIMIT])
        read = read_line(text, self._reader, self._stamps, self._ahead)
        if read.time is not None and self._follows:
            self._stamps.anchor = read.time
        return read
