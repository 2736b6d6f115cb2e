"""Labels of an action item's owner, date, priority and the like, and values known by form."""

from __future__ import annotations

import re

from agent.checks.calendar_date import DAY, MONTH
from agent.checks.pattern import Pattern

FIELDS = ("owner", "due", "priority", "type", "ticket", "factor", "done")
_LABELS = {
    "owner": r"(?:action )?owner(?:\(s\)|s)?|owned by|owning (?:team|squad)|assignees?|assigned(?: to)?|dri"
    r"|responsible(?: team| person| party)?|accountable|lead|who|team|squad|champion|point of contact|poc",
    "due": r"due(?: date| by| on)?|deadline|by when|eta|target(?: date)?|(?:expected |planned )?completion"
    r"(?: date)?|complete(?:d)? by|finish(?:ed)? by|planned for|when",
    "priority": r"priority(?: level)?|prio|pri|p-level|severity|sev|urgency|importance|rank",
    "type": r"type|kind|category",
    "ticket": r"tickets?|tracking(?: issue)?|tracked (?:in|by|as)|tracker|issue|jira|bug|link",
    "factor": r"address(?:es)?|factors?",
    "done": r"done when|acceptance(?: criteria)?|definition of done|verified by|verification|success criteria"
    r"|exit criteria",
    "action": r"action(?: item)?(?: (?:no\.? ?)?\d+)?|task(?: \d+)?|what|description|to-?do|deliverable"
    r"|remediation|follow[- ]?up|summary",
    "status": r"status|state|progress",
}
_PLAIN = r"owner|owned by|assignee|assigned to|dri|due|deadline|eta|priority|prio|severity"
"""Labels that mean the same without a colon."""
_CERTAIN = rf"{_PLAIN}|due date|target date|ticket|done when"
LABEL = Pattern(
    r"(?<![\w@/.-])(?:"
    + "|".join(rf"(?P<{name}>{words})" for name, words in _LABELS.items())
    + r")[ \t]*(?:::?|=)(?!//)[ \t]*",
    re.IGNORECASE,
)
CERTAIN_LABEL = Pattern(rf"(?:{_CERTAIN})[ \t]*(?:::?|=)[ \t]*", re.IGNORECASE)
_SPOKEN = Pattern(
    r"(?:(?P<owner>owner|owned by|assigned to|assignee|dri)|(?P<due>due|deadline|eta)"
    r"|(?P<priority>priority|prio|severity)|(?P<done>done when))(?: is| on| by|)? +(?P<value>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)

PRIORITY = Pattern(
    r"(?:(?:prio(?:rity)?|severity|sev|level|tier)[ -]?)?"
    r"(?:p[0-4]|[0-4]|sev[- ]?[0-5]|s[0-4]|critical|crit|highest|high|medium|med|moderate|normal|low|lowest"
    r"|urgent|blocker|major|minor|h|m|l|must|should|could)(?:[- ](?:have|priority|prio))?",
    re.IGNORECASE,
)
_NUMBERED = Pattern(r"\D*\d")
_RANKED = Pattern(
    r"p\d+|sev[- ]?\d+|(?:very )?(?:critical|highest|high|medium|low|lowest|urgent)(?:[- ](?:prio(?:rity)?))?"
    r"|normal|must|should|could|blocker|major|minor|prio(?:rity)? ?\d",
    re.IGNORECASE,
)
"""What is a priority even where no label says so."""
_TYPES = Pattern(
    r"(?:prevent|detect|mitigat|repair|investigat|process|fix|improve(?:ment)?$|monitor(?:ing)?$)"
    r"(?:e|ion|ive|ative|ing|s|es)?",
    re.IGNORECASE,
)
_TICKET = Pattern(
    r"[A-Z][A-Z0-9]{0,9}(?:-[A-Z]+)*-\d+|[\w.-]*#\d+|(?:AI|A)[ -]?\d+|action \d+|\d+[.)]", re.ASCII
)
_FACTORS = Pattern(
    r"(?:(?:addresses|address|for|factor|fixes)\s+)?(?P<value>F\d+(?:\s*(?:,|and|&|\+)\s*F\d+)*)",
    re.IGNORECASE,
)
_STATUS = Pattern(r"open|to-?do|not started|in progress|planned|started|done|closed", re.IGNORECASE)
_HANDLE = Pattern(
    r"(?:(?:by|for|->|\u2192)\s*)?(?P<value><?@[\w./-]*\w>?(?:\s*(?:,|and|&|\+)\s*<?@[\w./-]*\w>?)*)"
)
_BY = (
    r"(?:(?:to be )?(?:done |finished |completed? |delivered |ready )?(?:due|by|until|before|no later than))"
)
_DUE = Pattern(rf"(?:{_BY}(?: on)?:? +)?(?:the )?(?P<value>{DAY})", re.IGNORECASE)
BARE_DUE = Pattern(rf"(?:^|[\s(,;])(?P<label>{_BY}(?: on)?) +(?P<value>{DAY})(?=\W|$)", re.IGNORECASE)
_SOMETIME = Pattern(
    rf"(?:{_BY} )?(?P<value>(?:the )?(?:end|middle|mid|beginning|start|early|late)[ -](?:of )?(?:the "
    rf"|this |next )?"
    rf"(?:q[1-4]|day|week|month|quarter|half|year|sprint|release|summer|autumn|winter|spring"
    rf"|{MONTH})(?:[ /]\d{{4}})?"
    r"|q[1-4](?:[ /-]?\d{2,4})?|(?:this|next) (?:week|month|quarter|sprint|year|release)"
    r"|(?:with)?in (?:a|an|the"
    r"|one|two|three|four|six|\d+) (?:\w+ )?(?:days?|weeks?|months?|sprints?|quarters?)|asap|soon"
    r"|a\.?s\.?a\.?p\.?"
    r"|tbd|some(?:day|time)|later|ongoing|eventually|when(?:ever)? (?:possible|time permits))",
    re.IGNORECASE,
)
"""A date's place filled with words; the rule on dates has to say so."""

Known = tuple[str, int, int]
"""A field's name, and where its value begins and ends in the text that was asked about."""


def label_name(found: re.Match[str]) -> str:
    """Name the field that a matched label opens."""
    return str(found.lastgroup)


def is_priority(text: str) -> bool:
    """Tell whether a text is one rank of a usual scale: "P1", "Sev 2", "high", "P1 - high", "must"."""
    shown = text.strip(" \t\n*_`[]()").strip(
        "\U0001f534\U0001f7e0\U0001f7e1\U0001f7e2\U0001f525\u2757\u26a0\ufe0f "
    )
    if PRIORITY.fullmatch(shown):
        return True
    parts = [part for part in re.split(r"\s*[-\u2013\u2014/(),:=]\s*|\s+", shown) if part]
    numbered = sum(bool(_NUMBERED.match(part)) for part in parts)
    return len(parts) == 2 and numbered == 1 and all(PRIORITY.fullmatch(part) for part in parts)


def field_by_name(text: str) -> str:
    """Name the field that a text is the label of; "" where it is none."""
    found = LABEL.fullmatch(f"{text}:")
    return label_name(found) if found else ""


def known_value(text: str, *, strict: bool = False) -> Known | None:
    """Tell what a piece between separators is by its form; `strict` leaves out what may be a common word."""
    spoken = _SPOKEN.match(text)
    if spoken:
        name = next(name for name in ("owner", "due", "priority", "done") if spoken.group(name))
        return (name, *spoken.span("value"))
    for name, form in (("due", _DUE), ("owner", _HANDLE), ("factor", _FACTORS), ("due", _SOMETIME)):
        found = None if strict and form is _SOMETIME else form.fullmatch(text)
        if found:
            return (name, *found.span("value"))
    for name, form in (
        ("priority", _RANKED),
        ("ticket", _TICKET),
        ("type", _TYPES),
        ("status", _STATUS),
    ):
        if form.fullmatch(text) and not (strict and name in {"type", "status"}):
            return name, 0, len(text)
    return None
