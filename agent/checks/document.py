"""A Markdown post-mortem as blocks, list items and tables, each with its section and its exact place."""

from __future__ import annotations

import gc
import itertools
import re
from bisect import bisect_right
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from agent.checks.pattern import Pattern
from agent.checks.prose import Prose, read_prose
from agent.checks.sections import Section, column_role, groups_items, is_item_title, is_set_aside, section_of

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_FRONT_MATTER = Pattern(r"\A(?:\ufeff)?---[ \t]*\r?\n.*?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_LOG_LINE = Pattern(
    r"^\W{0,2}(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d|\d\d:\d\d:\d\d[.,]\d+|"
    r"\[?\w{3} \d\d? \d\d:\d\d:\d\d|[IWEF]\d{4} \d\d:)"
    r"|^\W{0,2}\d\d:\d\d(?::\d\d)?\S*\s+\W?(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL|CRIT)\b"
    r"|^\W?(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL)\W{1,2}\s?\S"
    r"|^\s*(?:[\w.]+=\S+\s+){2,}|^Traceback \(most recent|^\s+at [\w.$]+\(|^\$ \S"
)
_LABEL_LINE = Pattern(r"^(?:\*\*|__)([^*_]{2,40}?):?(?:\*\*|__):?$")


class Block(NamedTuple):
    """One paragraph, heading, list item's text or table cell."""

    kind: Literal["paragraph", "heading", "item", "cell"]
    section: Section
    prose: Prose
    start: int
    """Source offset of its first character."""
    end: int
    item: int = -1
    """Index of the list item it belongs to, or -1."""
    role: str = ""
    """For a cell: what its column holds, such as owner, due, event."""


@dataclass(slots=True)
class Item:
    """One list item; `parent` is the index of the item around it, or -1."""

    parent: int
    section: Section
    series: int = 0
    """Number of the list it belongs to, counted over the document."""
    blocks: list[Block] = field(default_factory=list[Block])


class Table(NamedTuple):
    """One table with the role of each column."""

    section: Section
    roles: tuple[str, ...]
    rows: tuple[tuple[Block, ...], ...]
    header: tuple[tuple[int, int], ...] = ()
    """Source range of each column's header."""


class Heading(NamedTuple):
    """One heading and what kind of section it opens."""

    text: str
    level: int
    section: Section
    start: int


@dataclass(slots=True, eq=False)
class Document:
    """All that the checks look at; not changed once read, so that what is read from it can be remembered."""

    source: str
    lines: tuple[int, ...]
    """Source offset at which each line starts."""
    blocks: list[Block] = field(default_factory=list[Block])
    items: list[Item] = field(default_factory=list[Item])
    tables: list[Table] = field(default_factory=list[Table])
    headings: list[Heading] = field(default_factory=list[Heading])

    def place(self, offset: int) -> tuple[int, int]:
        """Return the 1-based line and column (in characters) of a source offset."""
        line = bisect_right(self.lines, offset)
        return line, offset - self.lines[line - 1] + 1


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - 40 ms that --help need not pay

    return MarkdownIt("commonmark", {"html": True}).enable("table").disable(["inline", "text_join"])


def read_document(source: str) -> Document:
    """Parse Markdown; every input is a document, at worst one of paragraphs only."""
    lines = [0]
    lines.extend(found.end() for found in re.finditer(r"\r\n|\n|\r", source))
    document = Document(source=source, lines=tuple(lines))
    with _without_collection():
        _Reader(document).read(_parser().parse(_without_front_matter(source)))
    return document


@contextmanager
def _without_collection() -> Generator[None]:
    """Keep the collector of cycles out: it would take half the time, and none of the objects is garbage."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _without_front_matter(source: str) -> str:
    found = _FRONT_MATTER.match(source)
    if not found:
        return source
    return re.sub(r"[^\r\n]", " ", found.group()) + source[found.end() :]


class _Reader:
    """Walks the block tokens once and fills a document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.trail: list[tuple[int, Section]] = []
        self.label: Section | None = None
        self.open_items: list[int] = []
        self.labelled_items: set[int] = set()
        """Open items that are a label, such as "**Review actions**:", for the action items below."""
        self.lists = 0
        self.open_lists: list[int] = []
        self.quotes = 0
        self.heading_level = 0
        self.table: list[tuple[Block, ...]] | None = None
        self.roles: tuple[str, ...] = ()
        self.header: tuple[tuple[int, int], ...] = ()

    def read(self, tokens: list[Token]) -> None:
        for token in tokens:
            self._step(token)

    @property
    def section(self) -> Section:
        if self.label is not None:
            return self.label
        if self.labelled_items:
            return "action"
        return self.trail[-1][1] if self.trail else "other"

    def _step(self, token: Token) -> None:  # noqa: PLR0912 - one case a token
        match token.type:
            case "blockquote_open":
                self.quotes += 1
            case "blockquote_close":
                self.quotes -= 1
            case "heading_open":
                self.heading_level = int(token.tag[1])
            case "heading_close":
                self.heading_level = 0
            case "bullet_list_open" | "ordered_list_open":
                self.lists += 1
                self.open_lists.append(self.lists)
            case "bullet_list_close" | "ordered_list_close":
                self.open_lists.pop()
            case "list_item_open":
                parent = self.open_items[-1] if self.open_items else -1
                item = Item(parent=parent, section=self.section, series=self.open_lists[-1])
                self.document.items.append(item)
                self.open_items.append(len(self.document.items) - 1)
            case "list_item_close":
                self.labelled_items.discard(self.open_items.pop())
            case "table_open":
                self.table, self.roles = [], ()
            case "table_close":
                self._close_table()
            case "tr_open" if token.map:
                self._row(token.map[0])
            case "inline" if token.map and self.table is None and not self.quotes:
                self._inline(token)
            case _:
                pass

    def _inline(self, token: Token) -> None:
        assert token.map is not None  # noqa: S101 - the caller looked
        pieces = self._pieces(token.map[0], token.content)
        if not pieces:
            return
        prose = read_prose(self.document.source, pieces)
        start, end = pieces[0][0], pieces[-1][1]
        if self.heading_level:
            self._heading(prose.text.strip(), start)
            self.document.blocks.append(Block("heading", self.section, prose, start, end))
            return
        label = _LABEL_LINE.match(token.content.strip())
        if label and not self.open_items:
            found = section_of(label.group(1))
            if is_set_aside(label.group(1)):
                self.label = "other"
            elif found != "other" and not (self.section == "action" and is_item_title(label.group(1))):
                self.label = found
        item = self.open_items[-1] if self.open_items else -1
        block = Block("item" if item >= 0 else "paragraph", self.section, prose, start, end, item=item)
        self.document.blocks.append(block)
        if item >= 0:
            self.document.items[item].blocks.append(block)
            if label and section_of(label.group(1)) == "action":
                self.labelled_items.add(item)

    def _pieces(self, first_line: int, content: str) -> tuple[tuple[int, int], ...]:
        pieces: list[tuple[int, int]] = []
        for number, line in enumerate(content.split("\n"), first_line):
            text = line.strip()
            if not text or _LOG_LINE.match(line):
                continue
            start = self._find(text, number)
            if start >= 0:
                pieces.append((start, start + len(text)))
        return tuple(pieces)

    def _find(self, text: str, number: int) -> int:
        begin = self.document.lines[number]
        finish = self._line_end(number)
        return self.document.source.find(text, begin, finish)

    def _line_end(self, number: int) -> int:
        lines = self.document.lines
        return lines[number + 1] if number + 1 < len(lines) else len(self.document.source)

    def _heading(self, text: str, start: int) -> None:
        while self.trail and self.trail[-1][0] >= self.heading_level:
            self.trail.pop()
        self.label = None
        own = "other" if is_set_aside(text) else section_of(text)
        inherited = self.trail[-1][1] if self.trail else "other"
        below = inherited == "action" and (is_item_title(text) or groups_items(text))
        section = inherited if (own == "other" or below) and not is_set_aside(text) else own
        self.trail.append((self.heading_level, section))
        self.document.headings.append(Heading(text, self.heading_level, section, start))

    def _row(self, number: int) -> None:
        if self.table is None:
            return
        cells = _split_row(self.document.source, self.document.lines[number], self._line_end(number))
        proses = [read_prose(self.document.source, ((start, end),)) for start, end in cells]
        if not self.roles:
            self.roles = tuple(column_role(prose.text) for prose in proses)
            self.header = tuple(cells)
            return
        row = tuple(
            Block("cell", self.section, prose, start, end, role=role)
            for prose, (start, end), role in zip(proses, cells, self.roles, strict=False)
        )
        self.table.append(row)

    def _close_table(self) -> None:
        table = Table(self.section, self.roles, tuple(self.table or ()), self.header)
        self.table = None
        if not self.quotes:
            self.document.tables.append(table)
            self.document.blocks.extend(cell for row in table.rows for cell in row)


def _split_row(source: str, begin: int, finish: int) -> list[tuple[int, int]]:
    """Split one table row at its unescaped pipes; return the trimmed range of each cell."""
    bars = [begin + found.start() for found in re.finditer(r"(?<!\\)\|", source[begin:finish])]
    edges = [begin - 1, *bars, finish]
    cells = [_trim(source, left + 1, right) for left, right in itertools.pairwise(edges)]
    if bars and cells[0][0] >= cells[0][1]:
        cells = cells[1:]
    if bars and cells and cells[-1][0] >= cells[-1][1]:
        cells = cells[:-1]
    return cells


def _trim(source: str, start: int, end: int) -> tuple[int, int]:
    while start < end and source[start].isspace():
        start += 1
    while end > start and source[end - 1].isspace():
        end -= 1
    return start, end
