"""What a heading opens and what a table column holds, by the words people use for them."""

from __future__ import annotations

import re
from typing import Literal

from agent.checks.action_words import AMOUNT, DEGREE, LOOKING, VERBS
from agent.checks.pattern import Pattern

Section = Literal[
    "header",
    "summary",
    "impact",
    "detection",
    "timeline",
    "factor",
    "response",
    "lesson",
    "action",
    "thanks",
    "appendix",
    "other",
]

_DONE = Pattern(
    r"\bactions? (?:taken|performed|carried out|during|log)\b|\b(?:immediate|response|mitigation|emergency|"
    r"recovery"
    r"|manual) (?:actions?|steps)\b|\btaken so far\b|\bactions? we took\b|\bwhat (?:we|was) d(?:id|one)\b"
)
_HEADINGS: tuple[tuple[Section, Pattern], ...] = (
    ("thanks", Pattern(r"\bthanks\b|\backnowledg?e?ments?\b|\bcredits?\b|\bkudos\b|\bpraise\b")),
    (
        "appendix",
        Pattern(r"\bappendix\b|\breferences\b|\bglossary\b|\blinks\b|\bsupporting (?:information|data)\b"),
    ),
    (
        "action",
        Pattern(
            r"\baction (?:items?|plan|points?|list)\b|(?<!after[- ])\bactions?\b(?! of)"
            r"|\bfollow[- ]?ups?\b(?! "
            r"(?:meeting|incident))"
            r"|\bnext steps?\b|\bto[- ]?dos?\b|\bremediations?\b|\bremedial\b|\b(?:corrective|preventi(?:ve|"
            r"on)|preventative)"
            r" (?:measures?|actions?|steps?|work|items?)\b|\bwork items?\b|\btasks?\b$|\bimprovement "
            r"(?:items|"
            r"actions)\b"
            r"|\bwhat(?:'s| is| are| will| happens)? (?:we |we're |are we |will we |we will |going to "
            r"|doing |do )*(?:next|about it)\b"
            r"|\b(?:corrective|preventi(?:ve|on)|preventative)\b|\bprevent(?:ing)? (?:a )?(?:recurrence"
            r"|this from)\b|\bcapa\b"
            r"|\boutstanding (?:work|items)\b|\bplanned (?:work|changes|actions)\b"
            r"|\bmassnahmen\b|\bma\u00dfnahmen\b"
        ),
    ),
    (
        "timeline",
        Pattern(
            r"\btime ?line\b|\bchronology\b|\bsequence of events\b|\bevent log\b|\blog of events\b|"
            r"\bzeitleiste\b"
        ),
    ),
    ("impact", Pattern(r"\bimpact\b|\bdamage\b|\bconsequences\b|\baffected\b|\bauswirkung")),
    (
        "factor",
        Pattern(
            r"\bcauses?\b|\bcontributing\b|\bfactors?\b|\banalysis\b|\btrigger\b|\bwhat happened\b|\bwhat "
            r"went wrong\b"
            r"|\bwhy (?:did|it|this)\b|\bfive whys\b|\b5 ?whys?\b|\bexplanation\b|\bursache"
        ),
    ),
    ("detection", Pattern(r"\bdetection\b|\bdetected\b|\bdiscovery\b|\balerting\b")),
    (
        "response",
        Pattern(
            r"\bresponse\b|\brecovery\b|\bresolution\b|\bmitigation\b|\brestoration\b|\bhow (?:we|it was) "
            r"fixed\b"
        ),
    ),
    (
        "lesson",
        Pattern(
            r"\blessons?\b|\blearn(?:ed|t|ings?)\b|\bwent (?:well|badly|poorly)\b|\blucky\b|\bgood luck\b|"
            r"\btakeaways?\b"
            r"|\breflections?\b|\bretrospective\b|\bconclusions?\b|\bcould (?:be|have) (?:improved|gone|"
            r"been)\b|\bimprove"
        ),
    ),
    (
        "summary",
        Pattern(
            r"\bsummary\b|\boverview\b|\babstract\b|\btl;?dr\b|\bsynopsis\b|\bdescription\b"
            r"|\bzusammenfassung\b"
        ),
    ),
)

_COLUMNS: tuple[tuple[str, Pattern], ...] = (
    ("id", Pattern(r"#|no\.?|nr\.?|id|item no\.?|ref")),
    ("factor", Pattern(r"address(?:es|ed)?|factors?|causes?|mitigates|for factor|contributing factors?")),
    (
        "done",
        Pattern(
            r"done when|definition of done|acceptance(?: criteria)?|exit criteria|verification|success "
            r"criteria|measure"
        ),
    ),
    (
        "due",
        Pattern(
            r"due(?: date| by| on)?|deadline|by|by when|eta|when due|target(?: date| completion"
            r"| completion date)?|date due|until"
            r"|(?:planned |expected )?completion(?: date)?|delivery(?: date)?|f\u00e4llig(?: am)?|frist"
            r"|termin"
            r"|bis"
        ),
    ),
    (
        "owner",
        Pattern(
            r"(?:action )?owners?|assignees?|assigned(?: to)?|dri|who|responsible(?: person| team)?|lead"
            r"|point of contact|poc|owned by|owning team|responsible (?:owner|party)|accountable|champion"
            r"|driver|handler"
            r"|verantwortlich(?:e|er)?|zust\u00e4ndig"
        ),
    ),
    ("priority", Pattern(r"prio(?:rity|rit\u00e4t|\.)?|priority level|p|severity|sev|urgency|importance")),
    ("type", Pattern(r"type|kind|category|class")),
    ("ticket", Pattern(r"tickets?|issues?|jira|bugs?|links?|tracking(?: issue| bug)?|tracker|pr|url")),
    ("status", Pattern(r"status|state|done\??|progress|completed\??")),
    ("time", Pattern(r"times?(?: \(?\w+\)?)?|timestamp|when|date|start(?:ed)?|end(?:ed)?|utc|hour|duration")),
    (
        "actor",
        Pattern(
            r"actors?|reporters?|reported by|author|person|people|team|by whom|responder|source|system|"
            r"component|service"
        ),
    ),
    (
        "action",
        Pattern(
            r"(?:action|task|to-?do|follow[- ]?up)(?: items?| points?)?s?|actions|tasks|items?|what|"
            r"description|deliverable|remediation|improvement"
        ),
    ),
    ("event", Pattern(r"events?|what happened|details?|notes?|comments?")),
)
_ASIDE = Pattern(r"^\W+|\(.*?\)")
_WORD = Pattern(r"[^\W_][\w'-]*")
_MARKS = Pattern(r"[\s*_`:()]+")
_IDEAS = r"(?:things?|ideas?|items?|actions?|options?|proposals?|measures?|alternatives?|what)"
_SET_ASIDE = Pattern(
    rf"\W*(?:{_IDEAS} (?:[\w'\u2019]+ ){{0,3}}?)?(?:decided (?:not to|against)|not to do|not doing"
    r"|not pursued|not planned|out of scope|rejected|declined|non-?goals?|won['\u2019]?t (?:do|fix)"
    r"|will not do|ruled out|discarded|considered but (?:\w+ )?(?:rejected|dropped))"
    rf"(?: (?:do|for now|here|{_IDEAS}))*\W*",
    re.IGNORECASE,
)
_GROUP = Pattern(
    r"(?:[\w&/-]+ ){0,3}(?:improvements?|detection|alerting|mitigations?|prevention|recovery|response"
    r"|resolution|impact reduction|learning|changes)"
)
_NUMBERED = Pattern(r"(?:[A-Z]{1,4}-?\d+|\d+|P\d)\b")
_QUESTION = Pattern(r"\W*(?:what|where|how|why|who|when|which)\b")
IDENTITY = frozenset(
    {"owner", "actor", "id", "due", "priority", "ticket", "time", "status", "type", "factor"}
)
"""Columns that name things and hold no prose."""


def section_of(heading: str) -> Section:
    """Tell what a heading opens; "other" where its words say nothing."""
    text = heading.lower().strip()
    if _DONE.search(text):
        return "response"
    for section, words in _HEADINGS:
        if words.search(text):
            return section
    return "other"


def is_set_aside(heading: str) -> bool:
    """Tell whether a heading opens what nobody will do: "Out of scope", "Decided not to do"."""
    return _SET_ASIDE.fullmatch(heading) is not None


def is_item_title(heading: str) -> bool:
    """Tell whether a heading below "Action items" says what to do, and opens no other section."""
    title = _ASIDE.sub("", heading)
    if _QUESTION.match(title.lower()) or _DONE.search(title.lower()):
        return False
    words = len(_WORD.findall(title))
    return words >= 5 or bool(_NUMBERED.match(title)) or (words > 1 and _asks(title))


def groups_items(heading: str) -> bool:
    """Tell whether a heading below "Action items" names a kind of them: "Process improvements"."""
    return _GROUP.fullmatch(_ASIDE.sub("", heading).strip(" :*_").lower()) is not None


def _asks(title: str) -> bool:
    forms = (LOOKING, DEGREE, AMOUNT)
    return title.partition(" ")[0].lower() in VERBS or any(form.match(title) for form in forms)


def column_role(header: str) -> str:
    """Tell what a column holds by its header; "" where its words say nothing."""
    text = _MARKS.sub(" ", header.lower()).strip()
    for role, words in _COLUMNS:
        if words.fullmatch(text):
            return role
    return ""
