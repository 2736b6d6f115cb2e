"""Values of an action item's fields that are known by their form: dates, ranks, tickets, handles."""

from __future__ import annotations

import re

from agent.checks.calendar_date import DAY, MONTH, is_empty
from agent.checks.owner import unusable_owner
from agent.checks.pattern import Pattern

RANK_SIGN = r"[\U0001f534\U0001f7e0\U0001f7e1\U0001f7e2\U0001f53a\u23eb\U0001f53c\U0001f53d\u23ec]\ufe0f?"
"""A coloured dot or an arrow that stands for a rank."""
_LEVEL = (
    r"critical|crit|highest|high|medium|med|moderate|mid|normal|low|lowest|urgent|blocker|major|minor"
    r"|trivial|top"
    r"|important|essential|kritisch|hoch|mittel|niedrig"
)
PRIORITY = Pattern(
    r"(?:(?:prio(?:rity)?|severity|sev|level|tier|class)[ -]?)?"
    rf"(?:p[0-5]|[0-5]|sev[- ]?[0-5]|s[0-5]|(?:very (?=high|low))?(?:{_LEVEL})|[hmlabc]|must|should|could"
    rf"|won'?t|nice to have|!{{1,3}}"
    r"|red|amber|orange|yellow|green"
    rf"|{RANK_SIGN})"
    r"(?:[- ](?:have|priority|prio|severity|urgency))?",
    re.IGNORECASE,
)
_NUMBERED = Pattern(r"\D*\d")
_RANKED = Pattern(
    r"[!#]?(?:p\d+\??|sev[- ]?\d+|(?-i:S)[1-4]|(?:very )?(?:critical|highest|high|medium|low|lowest|urgent)"
    r"(?:[- ](?:prio(?:rity)?|severity|urgency))?"
    r"|normal|must|should|could|(?:must|should|could|nice to)[- ]have|blocker|major|minor|prio(?:rity)? ?\d"
    rf"|{RANK_SIGN})",
    re.IGNORECASE,
)
"""What is a priority even where no label says so."""
LEADING_RANK = Pattern(
    r"(?:[Pp][0-4]|(?:Sev|SEV)[ -]?[0-5])"
    r"(?:\s?/\s?(?:[Pp]revent|[Dd]etect|[Mm]itigat|[Rr]epair|[Ii]nvestigat|[Pp]rocess)\w*(?=:))?(?=\s*:|\s)|(?:High|Medium|Low|Critical|Urgent|Must|Should)(?=\s*:)"
)
"""What is a priority where it opens an item."""
_TYPES = Pattern(
    r"(?:prevent|detect|mitigat|repair|investigat|process|fix|improve(?:ment)?$|monitor(?:ing)?$|correct"
    r"|respond|response$"
    r"|recover|communicat|document|resilien)"
    r"(?:e|ion|ive|ative|ing|s|es|y|ce)?",
    re.IGNORECASE,
)
_TICKET = Pattern(
    r"#?[A-Z][A-Z0-9]{0,9}(?:-[A-Z]+)*-\d+|[\w./-]*#\d+|(?:AI|A)[ -]?\d+|action \d+|\d+[.)]|<?https?://\S+",
    re.ASCII,
)
_FACTORS = Pattern(
    r"(?:(?:addresses|address|for|factor|factors|fixes|re|cause)\s+)?(?P<value>F\d+(?:\s*(?:,|and|&|\+"
    r"|/)\s*F\d+)*)",
    re.IGNORECASE,
)
_STATUS = Pattern(r"open|to-?do|not started|in progress|planned|started|done|closed", re.IGNORECASE)
_HANDLE = Pattern(
    r"(?:(?:by|for|->|\u2192)\s*)?"
    r"(?P<value><?(?:@[\w./-]*\w|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)>?(?:\s*(?:,|and|&|\+)\s*<?@[\w./-]*\w>?)*)"
)
_BY = (
    r"(?:(?:to be )?(?:done |finished |completed? |delivered |ready |shipped |closed |fixed )?"
    r"(?:due|by|until|before|no later than))"
)
_DUE = Pattern(
    rf"(?:{_BY}(?: on)?:? +)?(?:the )?\^?(?P<value>{DAY})(?: at the latest"
    rf"| latest)?",
    re.IGNORECASE,
)
BARE_DUE = Pattern(rf"(?:^|[\s(,;])(?P<label>{_BY}(?: on)?) +(?P<value>{DAY})(?=\W|$)", re.IGNORECASE)
_SPAN = r"day|week|month|quarter|half|year|sprint|release|iteration|summer|autumn|fall|winter|spring"
r"|holidays?|h[12]|q[1-4]"
_SOMETIME = Pattern(
    rf"(?:{_BY} )?(?P<value>(?:the )?(?:end|middle|mid|beginning|start|early|late)[ -](?:of )?(?:the "
    rf"|this |next )?"
    rf"(?:{_SPAN}|{MONTH})(?:[ /]\d{{4}})?"
    r"|(?:q[1-4]|h[12])(?:[ /-]?\d{2,4})?|(?:week|kw|cw|wk|sprint|iteration|pi|milestone) ?#?\d[\d./]*"
    r"|\d{4}-w\d\d|w\d\d"
    rf"|(?:in |during |over |before |after )?(?:the |this |next |coming |early |late ){{1,2}}(?:{_SPAN})"
    rf"|(?:in |during |early |late |mid )?{MONTH}(?: \d{{4}})?"
    r"|(?:with)?in (?:a|an|the|one|two|three|four|six|\d+) (?:\w+ )?(?:days?|weeks?|months?|sprints?"
    r"|quarters?)"
    r"|asap!?|soon|a\.?s\.?a\.?p\.?|e[ow][dwmqy]|cob|(?:year|month|quarter|week)[ -]end"
    r"|(?:next |this |on )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tomorrow|now|immediately"
    r"|right away|straight away"
    r"|promptly|shortly|tb[acd]|some(?:day|time)|later|ongoing|continuous(?:ly)?|eventually"
    r"|in due (?:course|time)"
    r"|at (?:some point|a later \w+)|(?:short|medium|mid|long)[- ]term|open[- ]ended|no (?:date|deadline"
    r"|hurry|rush).*"
    r"|(?:when|once|after|before) (?:the |a |an )?(?:[\w-]+ ){1,3}[\w-]+|(?:as )?(?:when(?:ever)?"
    r"|once) (?:possible|time permits|(?:we|there|somebody|someone|capacity|time|resources)\b.*)"
    r"|as (?:soon as|time) .*)",
    re.IGNORECASE,
)
"""A date's place filled with words; the rule on dates has to say so."""
_SPOKEN = Pattern(
    r"(?:(?P<owner>owner|owned by|assigned to|assignee|dri)|(?P<due>due(?: date)?|deadline|eta)"
    r"|(?P<priority>priority|prio|severity)|(?P<done>done when))(?: is| on| by|)? +(?P<value>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_SPOKEN_FORMS = (
    (
        "due",
        (
            r"(?:due|deadline|eta|target(?: date)?|(?:to be )?(?:completed?|completion|finish(?:ed)?|done"
            r"|ready|delivery)"
            r"|by when|when|until|date|planned)(?: date)?(?: is| on| by| for)?"
        ),
    ),
    ("priority", r"(?:priority|prio|pri|severity|sev|urgency|importance|rank|level|p-level)(?: is)?"),
    ("type", r"type|kind|category|cat\.?"),
    ("ticket", r"ticket|issue|jira|ref\.?|tracked (?:in|as|by)|tracking|see"),
    ("owner", r"(?:resp(?:onsible|\.)|accountable|lead|team|contact|assigned)(?: is)?"),
)
"""Labels without a colon that count before a value of the right form only."""
_LABELLED = Pattern(
    "(?:" + "|".join(rf"(?P<{name}>{words})" for name, words in _SPOKEN_FORMS) + r") +(?P<value>\S.*)$",
    re.IGNORECASE,
)
_SPOKEN_OWNER = Pattern(r"(?:@\w|[A-Z])[\w.'&/-]*(?: [\w.'&/()-]+){0,5}")

_DOUBT = r"\?|\bor\b|\btb[acd]\b|maybe|perhaps|probably|unsure"
_COMMENT = Pattern(
    rf"(?:(?:[.;,]\s+|\s+[\u2013\u2014-]\s+)(?!.*(?:{_DOUBT}|\b[ps]\d))[^.;,(]{{4,}}"
    rf"|\s*\((?!.*(?:{_DOUBT}))).*$",
    re.IGNORECASE | re.DOTALL,
)
"""What is said behind a rank: "P2, agreed in review"; a doubt or a second rank is no comment."""

Known = tuple[str, int, int]
"""A field's name, and where its value begins and ends in the text that was asked about."""


def is_priority(text: str) -> bool:
    """Tell whether a text is one rank of a usual scale: "P1", "Sev 2", "high", "P1 - high", "must"."""
    shown = _COMMENT.sub("", re.sub(r"^[!#](?=\w)", "", text.strip(" \t\n*_`[]()")))
    if PRIORITY.fullmatch(shown):
        return True
    shown = shown.strip(
        "\U0001f534\U0001f7e0\U0001f7e1\U0001f7e2\U0001f525\u2757\u26a0\ufe0f\U0001f53a\U0001f53c\U0001f53d "
    )
    if PRIORITY.fullmatch(shown) or re.fullmatch(r"(?:low-medium|medium-high)", shown, re.IGNORECASE):
        return True
    parts = [part for part in re.split(r"\s*[-\u2013\u2014/(),:=]\s*|\s+", shown) if part]
    numbered = sum(bool(_NUMBERED.match(part)) for part in parts)
    return len(parts) == 2 and numbered == 1 and all(PRIORITY.fullmatch(part) for part in parts)


def known_value(text: str, *, strict: bool = False, opening: bool = False) -> Known | None:
    """Tell what a piece between separators is by its form; `strict` leaves out what may be a common word.

    With `opening` the piece may be a sentence, such as "Priority lanes stay open".
    """
    for form in (_SPOKEN, _LABELLED):
        found = form.match(text)
        sure = form is _SPOKEN and not opening
        if found and (sure or _fits(_name_of(found), found["value"], opening=opening, sure=form is _SPOKEN)):
            return (_name_of(found), *found.span("value"))
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
    return _known_pair(text)


def _known_pair(text: str) -> Known | None:
    """Read a rank and a type in one piece: "P1/prevent"."""
    first, slash, second = text.partition("/")
    halves = [(first, 0), (second, len(first) + 1)] if slash else []
    ranks = [(half.strip(), start) for half, start in halves if _RANKED.fullmatch(half.strip())]
    types = [half for half, _ in halves if _TYPES.fullmatch(half.strip())]
    if len(ranks) != 1 or len(types) != 1:
        return None
    (rank, start) = ranks[0]
    begin = text.index(rank, start)
    return "priority", begin, begin + len(rank)


def is_plain_word(text: str) -> bool:
    """Tell whether a text is a rank, a type or a state, which in a name's place is no name."""
    return any(form.fullmatch(text) for form in (PRIORITY, _TYPES, _STATUS))


def _name_of(found: re.Match[str]) -> str:
    return next(name for name, value in found.groupdict().items() if value and name != "value")


def _fits(name: str, value: str, *, opening: bool, sure: bool) -> bool:
    """Tell whether a value has the form that its field asks for."""
    if name == "due":
        return bool(_DUE.match(value) or _SOMETIME.fullmatch(value)) or is_empty(value)
    if name == "priority":
        return is_priority(value) or bool(_RANKED.fullmatch(value)) or is_empty(value)
    if name == "owner":
        return bool(_HANDLE.fullmatch(value) or _SPOKEN_OWNER.fullmatch(value)) or (
            sure and unusable_owner(value)
        )
    if name == "type":
        return bool(_TYPES.fullmatch(value)) or (not opening and len(value.split()) < 3)
    return name != "ticket" or bool(_TICKET.fullmatch(value))
