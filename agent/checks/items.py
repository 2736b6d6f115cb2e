"""Action items as people write them: table rows, list items, headings and paragraphs with their details."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from agent.checks.document import Block, Document, Item, Table
from agent.checks.entry import Entry, is_finished, is_nothing, is_ticked
from agent.checks.item_fields import Piece, read_piece, read_shared
from agent.checks.item_groups import inherit, shared_fields
from agent.checks.item_owner import is_owner_name
from agent.checks.item_parts import Found
from agent.checks.item_tables import Row, read_table
from agent.checks.pattern import Pattern
from agent.checks.sections import is_item_title, section_of

_LABEL_LINE = Pattern(r"^[*_]{0,2}[A-Z][\w /-]{1,30}(?:[*_]{0,2}:|:[*_]{2})[*_]{0,2}(?:\s|$)")
_LABEL_ALONE = Pattern(r"^(?:\*\*|__)[^*_]{2,40}(?:\*\*|__):?$")


@lru_cache(maxsize=1)  # several checks ask for those of the document at hand
def read_entries(document: Document) -> tuple[Entry, ...]:
    """Collect the action items of a document, in its order."""
    entries = [*_from_tables(document), *_Walk(document).entries()]
    entries.sort(key=lambda entry: entry.start)
    inherit(document, entries)
    return tuple(entries)


def _from_tables(document: Document) -> Iterator[Entry]:
    for table in document.tables:
        for row in read_table(document.source, table):
            if row.action is not None and not _is_divider(document, row, row.action):
                yield _row_entry(document, row, row.action)


def _is_divider(document: Document, row: Row, action: tuple[int, int]) -> bool:
    """Tell whether a row holds no action: nothing, or words in bold that title the rows below."""
    text = document.source[slice(*action)].strip()
    filled = any(document.source[slice(*place)].strip() for place in row.fields.values())
    return is_nothing(text) or (not filled and text.startswith("**") and text.endswith("**"))


def _row_entry(document: Document, row: Row, action: tuple[int, int]) -> Entry:
    text = document.source[slice(*action)]
    entry = Entry(text, *action)
    for name, (start, end) in row.fields.items():
        entry.fields[name] = document.source[start:end].strip("`* ")
        entry.spans[name] = (start, end)
    entry.finished = is_finished(entry.fields.pop("status", "")) or is_ticked(
        f"({entry.fields.get('ticket', '').rpartition(' ')[2].strip('*_')})"
    )
    for name in ("owner", "due"):  # a column "Owner / due" holds both
        if not {"owner", "due"} <= entry.fields.keys():
            entry.fields |= read_shared(entry.fields.get(name, ""))
    return entry


class _Walk:
    """Goes through the action sections once, and gives each detail to the item that it stands under."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.children: dict[int, list[int]] = {}
        for number, item in enumerate(document.items):
            self.children.setdefault(item.parent, []).append(number)
        self.continued = self._continued_lists()
        self.found: list[Entry] = []
        self.title: Entry | None = None
        """The heading or paragraph that becomes an item when details follow."""
        self.open: Entry | None = None
        """The item that details go to."""
        self.waiting: tuple[Piece, int] | None = None
        """Details that stand before their item."""
        self.levels: list[tuple[int, bool]] = []
        """Levels of the headings around, and whether each opens the action items."""

    def entries(self) -> list[Entry]:
        """Walk, and return the items."""
        headings = {heading.start: heading.level for heading in self.document.headings}
        numbers = {
            id(block): number for number, item in enumerate(self.document.items) for block in item.blocks[:1]
        }
        details = {
            id(table.rows[0][0]): table for table in self.document.tables if table.rows and table.rows[0]
        }
        for block in self.document.blocks:
            if block.kind == "heading":
                self._heading(block, headings[block.start])
            elif block.section != "action":
                continue
            elif block.kind == "paragraph":
                self._paragraph(block)
            elif block.kind == "item" and id(block) in numbers:
                self._item(numbers[id(block)])
            elif id(block) in details:
                self._table(details[id(block)])
        return self.found

    def _text(self, block: Block) -> str:
        return self.document.source[block.start : block.end]

    def _heading(self, block: Block, level: int) -> None:
        while self.levels and self.levels[-1][0] >= level:
            self.levels.pop()
        below = any(opens for _, opens in self.levels)
        self.levels.append((level, block.section == "action"))
        self.title = self.open = self.waiting = None
        if block.section != "action":
            return
        piece = read_piece(self._text(block), guess=False)
        if (below or piece.fields) and re.search(r"\w", piece.action):
            self.title = self._entry(block, piece)

    def _entry(self, block: Block, piece: Piece) -> Entry:
        text = self._text(block)
        entry = Entry(piece.action, block.start, block.end, finished=is_ticked(text))
        entry.add(piece, block.start)
        return entry

    def _paragraph(self, block: Block) -> None:
        text = self._text(block)
        piece = read_piece(text)
        labelled = {found.name for found in piece.fields if found.labelled} & {"owner", "due", "priority"}
        if piece.is_detail and any(found.name != "action" for found in piece.fields):
            self._detail(piece, block.start)
        elif labelled or {"due", "priority"} <= {found.name for found in piece.fields}:
            self._worded(block, piece)
        elif self.title is None or len(re.findall(r"\w+", self.title.text)) < 3:
            opens = _LABEL_ALONE.match(text) and section_of(text) != "other" and not is_item_title(text)
            self.title = None if opens else self._entry(block, piece)
            self.open = None
            if self.title is not None and self.waiting is not None:
                self._detail(*self.waiting)

    def _worded(self, block: Block, piece: Piece) -> None:
        """Read a paragraph that holds the action and its details, below a heading or on its own."""
        target = self.title
        names = {found.name for found in piece.fields if found.labelled}
        if target is None or (self.open is target and names & target.fields.keys()):
            self.open = self._entry(block, piece)
            self.found.append(self.open)
            return
        target.text = f"{target.text}. {piece.action}"
        self._detail(piece, block.start)

    def _detail(self, piece: Piece, base: int) -> bool:
        """Give fields to the item above; tell whether there is one."""
        if self.open is None and self.title is not None:
            self.open = self.title
            self.found.append(self.open)
        self.waiting = None
        if self.open is None:
            self.waiting = (piece, base)
            return False
        self.open.add(piece, base)
        return True

    def _table(self, table: Table) -> None:
        """Read a table that holds nothing but the details of the item above."""
        rows = read_table(self.document.source, table)
        if len(rows) != 1 or rows[0].action is not None or (self.open is None and self.title is None):
            return
        fields = [
            Found(name, self.document.source[start:end].strip("`* "), start, end, (start, end), labelled=True)
            for name, (start, end) in rows[0].fields.items()
        ]
        self._detail(Piece(fields), 0)

    def _item(self, number: int) -> None:
        item = self.document.items[number]
        if item.section != "action" or not self._is_entry(number) or item.series in self.continued:
            return
        if self._is_group(number):
            self.title = self.open = None
            return
        text = self._text(item.blocks[0])
        if is_nothing(text):
            return
        piece = read_piece(text)
        bare = piece.is_detail and not any(found.name == "action" for found in piece.fields)
        if (bare or (self.title is not None and self._is_detail_list(item.series))) and self._detail(
            piece, item.blocks[0].start
        ):
            if piece.action and self.open is not None:
                self.open.text = f"{self.open.text}. {piece.action}"
            return
        entry = self._entry(item.blocks[0], piece)
        for other in [*item.blocks[1:], *self._blocks_below(number)]:
            entry.add(read_piece(self._text(other), guess=False), other.start)
        self._name_below(entry, number)
        if item.parent >= 0:
            for name, value in shared_fields(self._text(self.document.items[item.parent].blocks[0])).items():
                entry.fields.setdefault(name, value)
        self.found.append(entry)
        self.title, self.open = None, entry

    def _name_below(self, entry: Entry, number: int) -> None:
        """Take a name of its own below an item that has a date or a rank below it, too, for the owner."""
        if "owner" in entry.fields or not {"due", "priority"} & entry.fields.keys():
            return
        for block in self._blocks_below(number):
            if is_owner_name(self._text(block)):
                entry.fields["owner"] = self._text(block).strip("*_` ")
                entry.spans["owner"] = (block.start, block.end)
                return

    def _blocks_below(self, number: int) -> Iterator[Block]:
        for child in self.children.get(number, []):
            yield from self.document.items[child].blocks

    def _is_detail_list(self, series: int) -> bool:
        """Tell whether a list is of the form "Owner: ...", "Due: ..." throughout, one item a field."""
        texts = [
            self._text(item.blocks[0])
            for item in self.document.items
            if item.series == series and item.blocks
        ]
        named = [
            found.name
            for text in texts
            for found in read_piece(text, guess=False).fields[:1]
            if found.labelled
        ]
        return bool({"owner", "due", "priority"} & set(named)) and all(
            _LABEL_LINE.match(text) for text in texts
        )

    def _is_entry(self, number: int) -> bool:
        item = self.document.items[number]
        if item.parent < 0:
            return not self._is_label(item, has_children=bool(self.children.get(number)))
        parent = self.document.items[item.parent]
        return parent.parent < 0 and (
            self._is_label(parent, has_children=True) or self._is_group(item.parent)
        )

    def _is_group(self, number: int) -> bool:
        """Tell whether an item says nothing to do, and something about those in the list below it."""
        text = self._text(self.document.items[number].blocks[0]) if self.document.items[number].blocks else ""
        if number not in self.children or not shared_fields(text):
            return False
        said = read_piece(text, guess=False).action
        return (not re.search(r"\w", said) or is_owner_name(text)) and any(
            self._says_what(child) for child in self.children[number]
        )

    def _says_what(self, number: int) -> bool:
        blocks = self.document.items[number].blocks
        piece = read_piece(self._text(blocks[0])) if blocks else Piece()
        opens = any(found.labelled and found.cut[0] == 0 for found in piece.fields)
        return len(piece.action.split()) > 2 and not opens

    def _is_label(self, item: Item, *, has_children: bool) -> bool:
        return bool(item.blocks) and has_children and self._ends_with_colon(item.blocks[0])

    def _ends_with_colon(self, block: Block) -> bool:
        return self._text(block).rstrip("*_ \n").endswith(":")

    def _continued_lists(self) -> frozenset[int]:
        """Find lists that go on with an item of the list before, whose last words end with a colon."""
        found: set[int] = set()
        seen: set[int] = set()
        before: Block | None = None
        for block in self.document.blocks:
            item = self.document.items[block.item] if block.item >= 0 else None
            if item is not None and item.series not in seen:
                seen.add(item.series)
                if (
                    before is not None
                    and before.item >= 0
                    and item.parent < 0
                    and self._ends_with_colon(before)
                ):
                    found.add(item.series)
            before = block
        return frozenset(found)
