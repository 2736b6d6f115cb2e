"""An edited draft as numbered lines below its headings, and the error that names one of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from agent.errors import UserError
from agent.report.inline import NONE
from agent.report.mermaid import DRAWN
from agent.report.sections import COMPUTED, TITLES, SectionKey
from agent.schema.base import M, parse

_HEADING = re.compile(r"^(#{1,6})(?:[ \t]+(.*))?$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_NO_BLOCK = "a code block cannot be kept in a draft; write a sentence, and quote with single backticks."
_KEYS: Mapping[str, SectionKey] = {title.casefold(): key for key, title in TITLES.items()}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file, with its 1-based number."""

    number: int
    text: str
    fenced: str | None = None
    """For the first line of a fenced block: the block's language, or empty."""

    @property
    def blank(self) -> bool:
        """Whether there is nothing to read."""
        return self.text.strip(" \t") in ("", NONE)


@dataclass(frozen=True, slots=True)
class Outline:
    """A draft taken apart at its headings; the fenced blocks that rendering draws are left out."""

    where: str
    top: tuple[Row, ...]
    """The title and what stands above the first section."""
    sections: Mapping[SectionKey, tuple[Row, ...]]

    def wrong(self, row: Row, message: str) -> UserError:
        """Make the error that names the line and what was expected there."""
        found = row.text.strip()
        shown = found if len(found) <= 80 else found[:79] + "…"
        return UserError(f"{self.where}:{row.number}: {message}\n    {shown}")

    def build(self, model: type[M], row: Row, fields: Mapping[str, object]) -> M:
        """Validate what a line says; the error names the line."""
        return parse(model, dict(fields), where=f"{self.where}:{row.number}")


def read_outline(markdown: str, *, where: str) -> Outline:
    """Take a draft apart; raise UserError for a heading that is unknown, repeated or missing.

    Also for a fenced block where text is read back, which could not be kept.
    """
    rows = _rows(markdown)
    outline = Outline(where, (), {})
    top: list[Row] = []
    sections: dict[SectionKey, list[Row]] = {}
    current = top
    section: SectionKey | None = None
    for row in rows:
        if row.fenced is not None:
            if section not in COMPUTED and row.fenced != DRAWN:
                raise outline.wrong(row, _NO_BLOCK)
            continue
        heading = _HEADING.match(row.text)
        if heading and len(heading[1]) == 2:
            section = _key(outline, row, heading[2] or "", sections)
            current = sections.setdefault(section, [])
        else:
            current.append(row)
    missing = [title for key, title in TITLES.items() if key not in sections and key not in COMPUTED]
    if missing:
        raise UserError(
            f"{where}: the section {missing[0]!r} is missing.",
            hint=f"Put the line `## {missing[0]}` back; a section may be empty, but not gone.",
        )
    return Outline(where, tuple(top), {key: tuple(lines) for key, lines in sections.items()})


def heading_of(row: Row, level: int) -> str | None:
    """Give the text of a heading of that level, or None."""
    match = _HEADING.match(row.text)
    return (match[2] or "") if match and len(match[1]) == level else None


def computed_text(markdown: str) -> dict[str, str]:
    """Give the text of each computed section that is present, by title, for comparing two renderings."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for row in _rows(markdown):
        if row.fenced is not None:
            continue
        title = heading_of(row, 2)
        if title is not None:
            key = _KEYS.get(title.strip().casefold())
            current = found.setdefault(TITLES[key], []) if key in COMPUTED else []
        else:
            current.append(row.text.rstrip(" "))
    return {title: "\n".join(lines).strip("\n") for title, lines in found.items()}


def _key(outline: Outline, row: Row, title: str, seen: Mapping[SectionKey, list[Row]]) -> SectionKey:
    key = _KEYS.get(title.strip().casefold())
    if key is None:
        raise outline.wrong(row, f"no section has this name; the sections are {', '.join(TITLES.values())}.")
    if key in seen:
        raise outline.wrong(row, "this section stands here for the second time; merge the two.")
    return key


def _rows(markdown: str) -> list[Row]:
    """Split into lines; of a fenced block only its first line is kept, marked."""
    rows: list[Row] = []
    closing = ""
    for number, raw in enumerate(markdown.removeprefix("\ufeff").split("\n"), 1):
        line = raw.removesuffix("\r")
        match = _FENCE.match(line)
        if closing:
            if match and match[1].startswith(closing) and line.strip() == match[1]:
                closing = ""
        elif match:
            closing = match[1]
            rows.append(Row(number, line, fenced=line.strip().lstrip("`~").strip()))
        else:
            rows.append(Row(number, line))
    return rows
