"""Action items as people write them: tables in any column order, task lists, bullets with their details."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from agent.checks.document import Block, Document, Item, Table

FIELDS = ("owner", "due", "priority", "type", "ticket", "factor", "done")
_LABELS = {
    "owner": r"(?:action )?owners?|owned by|assignees?|assigned to|assigned|dri"
    r"|responsible(?: team| person)?|lead|who|team",
    "due": r"due(?: date| by| on)?|deadline|by when|eta|target(?: date)?|completion(?: date)?|when",
    "priority": r"priority|prio",
    "type": r"type|kind",
    "ticket": r"ticket|tracking(?: issue)?|issue|jira|bug",
    "factor": r"address(?:es)?|factors?",
    "done": r"done when|acceptance(?: criteria)?|definition of done|verified by|verification",
}
_NEXT = r"\s(?:owner|due|deadline|prio|priority|type|ticket|factor|addresses|done when)\b\s*:"
_VALUE = (
    rf"\s*(?P<value>[^;|()]*?)\s*(?=$|[;|)]|,(?=\s(?!\d{{4}}\b))|\.(?:\s(?![A-Z][a-z]+ \d{{4}})|$)|{_NEXT})"
)
_LABELLED = {
    name: re.compile(rf"(?:^|[\s(,;|\[.\u2014-])(?P<label>(?:{words})\s*[:=]){_VALUE}", re.IGNORECASE)
    for name, words in _LABELS.items()
}
_BARE = {
    "due": re.compile(
        r"(?:^|[(,;\u2014-]\s*|\s)(?:due|by|until|before)(?: on)? "
        r"(?P<value>\d{4}-\d\d-\d\d|\d\d?\.\d\d?\.\d{4}|\d\d?/\d\d?/\d{4}"
        r"|\d\d? [A-Z][a-z]{2,8} \d{4}|[A-Z][a-z]{2,8} \d\d?, \d{4})",
        re.IGNORECASE,
    ),
    "factor": re.compile(r"\b(?:addresses|address|for|factor)\s+(?P<value>F\d+(?:\s*,\s*F\d+)*)\b"),
    "ticket": re.compile(r"(?:^|[\s(\[])(?P<value>[A-Z][A-Z0-9]{1,9}-\d+|#\d+)\b"),
    "priority": re.compile(
        r"(?:^|[(\[,;/|\u2014-]\s*|\s)\[?(?P<value>[Pp]\d+|SEV-?\d)\b\]?(?=\s*(?:$|[,;)/|\]:.\u2014-])|\s+/)"
    ),
}
_PREFIX = re.compile(r"^\s*(?:\[[ xX]\]\s*)?\*\*(?P<inside>[^*]{1,40})\*\*\s*[:\u2014-]?\s*")
_BRACKETED = re.compile(r"\((?P<inside>[^()]*)\)\s*\.?\s*$")
_TAIL = re.compile(
    r"(?:\s[\u2014\u2013-]{1,2}\s+|\s*[\[(])(?P<who><?@[\w.-]+>?)(?:\s*,"
    r"\s*(?P<due>\d{4}-\d\d-\d\d))?\s*[\])]?\.?\s*$"
)
_TYPES = re.compile(
    r"^(?:prevent|detect|mitigate|repair|investigate|process|fix|improve|monitor)\w*$", re.IGNORECASE
)
_TICKED = re.compile(
    r"^\s*(?:\u2705|\u2714|~~.+~~\s*$|[*_(\[]{0,3}(?:done|completed|fixed|closed|resolved)\b[*_)\]:]{1,4}"
    r"|.*[\[(](?:done|completed|fixed|closed|resolved|merged|in place)(?: [^)\]]{0,20})?[)\]]\W*$)",
    re.IGNORECASE | re.DOTALL,
)
_CHECKED = re.compile(r"^\s*\[[xX]\]")
_BOX = re.compile(r"^\s*\[[ xX]\]\s*")
_NOTHING = re.compile(
    r"^\W*(?:none|n/?a|nothing|no action items?|no actions?|tbd|to be (?:added|done|decided))\b.{0,30}$",
    re.IGNORECASE,
)
_STATE = re.compile(
    r"^\s*\[[ xX]\]\s+(?:(?!(?:while|when|if|that|which|what|until|so|after|before|who|where) )[\w-]+ ){1,6}"
    r"(?:is|are|has been|have been|have|has) [^:;()]*$",
    re.IGNORECASE,
)
"""A ticked or open box with a statement, such as "[ ] Sections are filled out": a checklist, not an item."""
_LINK_ONLY = re.compile(r"^\W*(?:\[[^\]]*\]\([^)]*\)|<?https?://\S+>?|#\d+)\W*$")


@dataclass(slots=True)
class Entry:
    """One action item with what stands beside it; a field that the text does not have is missing."""

    text: str
    """What to do, as Markdown, without owner, dates and the like."""
    start: int
    end: int
    fields: dict[str, str] = field(default_factory=dict[str, str])
    spans: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    finished: bool = False

    def span(self, name: str) -> tuple[int, int]:
        """Return where the field stands, or the whole item where it does not."""
        start, end = self.spans.get(name, (self.start, self.end))
        return (start, end) if end > start else (self.start, self.end)


def read_entries(document: Document) -> tuple[Entry, ...]:
    """Collect the action items of a document, in its order."""
    entries = [*_from_tables(document), *_from_lists(document)]
    return tuple(sorted(entries, key=lambda entry: entry.start))


def _from_tables(document: Document) -> Iterator[Entry]:
    for table in document.tables:
        column = _action_column(table)
        if column is None:
            continue
        for row in table.rows:
            if column < len(row) and not _is_nothing(document.source[row[column].start : row[column].end]):
                yield _row_entry(document, row, column)


def _action_column(table: Table) -> int | None:
    roles = table.roles
    planned = "owner" in roles or "due" in roles
    if table.section != "action" and not (planned and "action" in roles):
        return None
    if "time" in roles and "owner" not in roles and "due" not in roles:
        return None
    for wanted in ("action", "event", ""):
        if wanted in roles:
            return roles.index(wanted)
    return None


_STAND_INS = {"actor": "owner", "time": "due"}
"""A column "Team" names the owner, a column "Date" the due date, where no other column does."""
_FINISHED = re.compile(
    r"^\W*(?:\[x\]|done|closed|completed?|yes|x|fixed|resolved|merged|shipped|deployed|live|erledigt|\u2705|\u2714)"
    r"(?![a-z])",
    re.IGNORECASE,
)


def _row_entry(document: Document, row: tuple[Block, ...], column: int) -> Entry:
    cell = row[column]
    entry = Entry(document.source[cell.start : cell.end], cell.start, cell.end)
    roles = {other.role for other in row}
    for other in row:
        name = _STAND_INS.get(other.role, "")
        name = name if name and name not in roles else other.role
        if other is not cell and name in FIELDS:
            entry.fields[name] = document.source[other.start : other.end].strip("`* ")
            entry.spans[name] = (other.start, other.end)
        elif other.role == "status":
            entry.finished = bool(_FINISHED.match(document.source[other.start : other.end]))
    return entry


def _from_lists(document: Document) -> Iterator[Entry]:
    children: dict[int, list[int]] = {}
    for number, item in enumerate(document.items):
        children.setdefault(item.parent, []).append(number)
    details = _lists_of_details(document)
    for number, item in enumerate(document.items):
        if item.section != "action" or not item.blocks or not _is_entry(document, number, children):
            continue
        if item.series in details:
            continue
        text = document.source[item.blocks[0].start : item.blocks[0].end]
        if not _is_nothing(text):
            yield _list_entry(document, item, [document.items[child] for child in children.get(number, [])])


def _lists_of_details(document: Document) -> frozenset[int]:
    """Find lists that go on with an item of the list before, whose last words end with a colon."""
    found: set[int] = set()
    seen: set[int] = set()
    before: Block | None = None
    for block in document.blocks:
        item = document.items[block.item] if block.item >= 0 else None
        if item is not None and item.series not in seen:
            seen.add(item.series)
            if (
                before is not None
                and before.item >= 0
                and item.parent < 0
                and _ends_with_colon(document, before)
            ):
                found.add(item.series)
        before = block
    return frozenset(found)


def _ends_with_colon(document: Document, block: Block) -> bool:
    return document.source[block.start : block.end].rstrip("*_ \n").endswith(":")


def _is_entry(document: Document, number: int, children: dict[int, list[int]]) -> bool:
    item = document.items[number]
    if item.parent < 0:
        return not _is_label(document, item, bool(children.get(number)))
    parent = document.items[item.parent]
    return parent.parent < 0 and _is_label(document, parent, has_children=True)


def _is_label(document: Document, item: Item, has_children: bool) -> bool:  # noqa: FBT001 - private, one caller
    if not item.blocks or not has_children:
        return False
    return _ends_with_colon(document, item.blocks[0])


def _is_nothing(text: str) -> bool:
    return not text.strip() or bool(
        _NOTHING.match(text) or _STATE.match(text) or _LINK_ONLY.match(_BOX.sub("", text))
    )


def _list_entry(document: Document, item: Item, children: list[Item]) -> Entry:
    block = item.blocks[0]
    raw = document.source[block.start : block.end]
    entry = Entry(
        raw,
        block.start,
        block.end,
        finished=bool(_CHECKED.match(raw) or _TICKED.match(raw)),
    )
    cut = _read_fields(entry, raw, block.start)
    for other in [*item.blocks[1:], *(found for child in children for found in child.blocks)]:
        _read_fields(entry, document.source[other.start : other.end], other.start)
    entry.text = _BOX.sub("", _without(raw, cut)).strip(" .;,\u2014-")
    return entry


def _read_fields(entry: Entry, raw: str, base: int) -> list[tuple[int, int]]:
    """Read the labelled and bare fields of one piece of text; return the ranges that are not the action."""
    cut: list[tuple[int, int]] = []
    masked = re.sub(r"\*\*|__", "  ", raw)
    prefix = _PREFIX.match(raw)
    if prefix and _read_prefix(entry, prefix, base):
        cut.append(prefix.span())
    for name, pattern in (*_LABELLED.items(), *_BARE.items()):
        for found in pattern.finditer(masked):
            if name not in entry.fields:
                entry.fields[name] = found.group("value").strip(" `*_")
                entry.spans[name] = (base + found.start("value"), base + found.end("value"))
            cut.append(
                (found.start("label") if "label" in found.groupdict() else found.start("value"), found.end())
            )
    tail = _TAIL.search(masked)
    if tail and "owner" not in entry.fields:
        entry.fields["owner"] = tail.group("who")
        entry.spans["owner"] = (base + tail.start("who"), base + tail.end("who"))
        if tail.group("due") and "due" not in entry.fields:
            entry.fields["due"] = tail.group("due")
            entry.spans["due"] = (base + tail.start("due"), base + tail.end("due"))
        cut.append(tail.span())
    bracket = _BRACKETED.search(masked)
    if bracket and any(start >= bracket.start() for start, _ in cut):
        _read_bracket(entry, bracket, base)
        cut.append(bracket.span())
    return cut


def _read_prefix(entry: Entry, prefix: re.Match[str], base: int) -> bool:
    """Read a bold "P1 / prevent" in front of an item; tell whether it was one."""
    parts = [part.strip() for part in prefix.group("inside").split("/")]
    types = [part for part in parts if _TYPES.match(part)]
    if not types and not any(
        re.fullmatch(r"[Pp]\d+|SEV-?\d|high\S*|medium|low\S*|critical|urgent", part) for part in parts
    ):
        return False
    span = (base + prefix.start("inside"), base + prefix.end("inside"))
    for part in parts:
        name = "type" if part in types else "priority"
        entry.fields.setdefault(name, part)
        entry.spans.setdefault(name, span)
    return True


def _read_bracket(entry: Entry, bracket: re.Match[str], base: int) -> None:
    offset = bracket.start("inside")
    for part in bracket.group("inside").split(","):
        text = part.strip()
        place = (base + offset, base + offset + len(part))
        if text.startswith("@") and "owner" not in entry.fields:
            entry.fields["owner"], entry.spans["owner"] = text, place
        elif re.fullmatch(
            r"(?:very )?(?:high|medium|low|critical|urgent|highest|lowest|normal)\S*", text, re.IGNORECASE
        ):
            entry.fields.setdefault("priority", text)
            entry.spans.setdefault("priority", place)
        elif re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            entry.fields.setdefault("due", text)
            entry.spans.setdefault("due", place)
        offset += len(part) + 1


def _without(text: str, cut: list[tuple[int, int]]) -> str:
    kept = list(text)
    for start, end in cut:
        kept[start:end] = " " * (end - start)
    return re.sub(r"\s{2,}", " ", re.sub(r"\(\s*[,;\s]*\)", "", "".join(kept))).strip()
