"""Tables of action items: which column holds what, by its header and by what stands in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from agent.checks.calendar_date import DAY
from agent.checks.document import Block, Table
from agent.checks.field_values import PRIORITY, is_plain_word
from agent.checks.labels import FIELDS, field_by_name
from agent.checks.pattern import Pattern

_STAND_INS = {"actor": "owner", "time": "due"}
"""A column "Team" names the owner, a column "Date" the due date, where no other column does."""
_HEADERS = (
    (
        "done",
        Pattern(r"\b(?:outcome|result|acceptance|success|evidence|criteri\w+|done (?:when|if)|verif\w+)\b"),
    ),
    (
        "due",
        Pattern(
            r"\b(?:due|deadline|eta|target|finish|complet\w+|planned(?! (?:measure|action|task|step|work"
            r"|improvement|change))"
            r"|until|when|expected(?! (?:result|outcome))|deliver\w*|timing|timeline|time ?frame"
            r"|scheduled?|latest|end date|(?:no|not) later than|goal|ready|day)\b|^by$"
        ),
    ),
    (
        "owner",
        Pattern(
            r"\b(?:owners?|ownership|owning|owned|assignees?|assigned|responsib\w+|accountab\w+|dri|squad"
            r"|tribe|guild"
            r"|crew|chapter|whom?|lead|led|charge|contact|poc|carried out|handled|implementer|holder"
            r"|champion|driver|answerable|hands|(?:accepted|taken|picked up|actioned|owned) by|doer|executor"
            r"|custodian|sponsor|person|department|dept|function|unit|party|division|officer)\b"
        ),
    ),
    (
        "priority",
        Pattern(
            r"\b(?:prio\w*|pri|severity|sev|urgen\w+|importan\w+|rank|p-level|level|moscow|criticality"
            r"|weight|grade"
            r"|rating)\b"
        ),
    ),
    (
        "action",
        Pattern(
            r"\b(?:actions?|tasks?|what|work|remediations?|(?:counter)?measures?|mitigations?"
            r"|improvements?|steps?"
            r"|fix(?:es)?|deliverables?|changes?|summary|title|items?|to-?do|resolution|recommendations?"
            r"|ideas?)\b"
        ),
    ),
)
_NO_OWNER = Pattern(
    r"\b(?:component|service|system|area|site|region|environment|status|state|notes?|comments?|effort"
    r"|estimate|cause"
    r"|category|type|class|kind|layer|factor|tickets?|ref|jira|issue|pr|link|reviewers?|approvers?"
    r"|reporter|raised|gap|risk"
    r"|prevents?|addresses|for|keys?|ids?|no|nr|number|sprint|iteration|labels?|tags?|resolution"
    r"|version|release|epic|project"
    r"|created|updated|phase|stage|control|strength|location|place|product|customer|client|country"
    r"|line|asset|machine)\b"
)
"""Headers of columns that hold short words and no owner."""
_NAMED = Pattern(
    r"\W*(?:<?@[\w./-]+>?|<?[\w.+-]+@[\w-]+(?:\.[\w-]+)+>?"
    r"|[A-Z][\w.'\u2019&/+-]*(?: [\w.'\u2019&/+-]+){0,4}(?: ?\([^)]*\))?)\W*"
)
"""What may be the name of a person or a team, or a way to reach them."""
_SHORT = Pattern(r"(?!\d|[A-Z]+-?\d+$)[\w.'\u2019&/@+-]+(?: [\w.'\u2019&/@+-]+){0,3}")
"""What is too short for an action, and may be a name that looks like none."""
_DAY = Pattern(rf"\W*{DAY}\b.{{0,30}}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where the action stands, None in a table of details, and where each field does."""

    action: tuple[int, int] | None
    fields: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])


def read_table(source: str, table: Table) -> list[Row]:
    """Read the rows of a table of action items, or of the details of one item; none where it is neither."""
    pairs = _pairs(source, table)
    if pairs is not None:
        return [pairs]
    planned = bool({"owner", "due"} & set(table.roles))
    if table.section != "action" and not (planned and "action" in table.roles):
        return []
    roles = _roles(source, table)
    if "time" in table.roles and not planned and "priority" not in roles:
        return []
    column = roles.index("action") if "action" in roles else None
    if column is None and not ({"owner", "due", "priority"} <= set(roles) and len(table.rows) == 1):
        return []
    return [_row(row, roles, column) for row in table.rows if column is None or column < len(row)]


def _row(row: tuple[Block, ...], roles: list[str], column: int | None) -> Row:
    fields = {
        role: (cell.start, cell.end)
        for number, (cell, role) in reversed(list(enumerate(zip(row, roles, strict=False))))
        if number != column and role in {*FIELDS, "status"}
    }
    return Row(None if column is None else (row[column].start, row[column].end), fields)


def _pairs(source: str, table: Table) -> Row | None:
    """Read a table of two columns that names a field in each row."""
    cells = [table.header, *(tuple((cell.start, cell.end) for cell in row) for row in table.rows)]
    if table.section != "action" or any(len(row) != 2 for row in cells):
        return None
    fields = {
        name: value
        for label, value in reversed(cells)
        if (name := field_by_name(source[slice(*label)].strip("*_`: ")))
    }
    if len(fields.keys() & {"owner", "due", "priority"}) < 2:
        return None
    return Row(fields.pop("action", None), fields)


def _roles(source: str, table: Table) -> list[str]:
    """Name what each column holds, once each; the longest text is the action where no header says so."""
    roles = list(table.roles)
    texts = [
        [source[row[number].start : row[number].end] for row in table.rows if number < len(row)]
        for number in range(len(roles))
    ]
    headers = [source[start:end].lower() for start, end in table.header]
    for role, words in _HEADERS:
        _settle(roles, role, [number for number, text in enumerate(headers) if words.search(text)])
    stand_ins = {
        name: [
            number
            for number, found in enumerate(roles)
            if found == name and not (name == "actor" and _NO_OWNER.search(headers[number]))
        ]
        for name in _STAND_INS
    }
    for stand_in, role in _STAND_INS.items():
        _settle(roles, role, stand_ins[stand_in], {stand_in})
    _settle(roles, "due", [number for number, column in enumerate(texts) if _mostly(_DAY, column)])
    ranked = [number for number, column in enumerate(texts) if _mostly(PRIORITY, column)]
    _settle(roles, "priority", ranked, {"", "type"})
    if {"due", "priority"} & set(roles):
        unclear = [
            number
            for number in range(len(roles))
            if not _NO_OWNER.search(headers[number])
            and not all(is_plain_word(text) for text in texts[number])
        ]
        if "action" not in roles and unclear:
            unclear.remove(max(unclear, key=lambda number: sum(map(len, texts[number]))))
        _settle(roles, "owner", [number for number in unclear if _mostly(_NAMED, texts[number])])
        _settle(roles, "owner", [number for number in unclear if _mostly(_SHORT, texts[number])])
    for wanted in ("action", "event", "done", ""):
        free = [number for number, role in enumerate(roles) if role == wanted]
        if free:
            action = max(free, key=lambda number: sum(map(len, texts[number])))
            return [
                "action" if number == action else role.replace("action", "")
                for number, role in enumerate(roles)
            ]
    return roles


def _settle(roles: list[str], role: str, columns: list[int], replacing: set[str] | None = None) -> None:
    """Give a role that no column has to the first of the columns that has none of its own."""
    if role not in roles:
        free = [number for number in columns if roles[number] in (replacing or {""})]
        if free:
            roles[free[0]] = role


def _mostly(form: Pattern, column: list[str]) -> bool:
    """Tell whether more than half of what a column holds has a form."""
    filled = [text.strip(" *_`") for text in column if text.strip()]
    return sum(form.fullmatch(text) is not None for text in filled) * 2 > len(filled)
