"""Labels of an action item's owner, date, priority and the like, as people write them."""

from __future__ import annotations

import re

from agent.checks.pattern import Pattern

FIELDS = ("owner", "due", "priority", "type", "ticket", "factor", "done")
_GETTING_THERE = (
    r"complet(?:e|ed|ion)|finish(?:ed)?|done|deliver(?:y|ed)|ready|closed?|resolved?|fixed|shipped?"
)
_LABELS = {
    "owner": r"(?:action |task |item )?owner(?:\(s\)|s|ship)?|own|owned by|owning (?:team|squad)|assignees?"
    r"|assigned(?: to| team)?|asgn?|dri"
    r"|resp(?:onsible(?: team| person| party| owner)?|onsibility)?|accountable(?: team| person)?|lead|led by"
    r"|who(?:'s on it| does it| will do it| owns it)?|by whom|team|squad|crew|guild|champion|driver"
    r"|point of contact"
    r"|poc|contact|in charge|(?:handled|carried out|executed|implemented) by",
    "due": rf"due(?: date| by| on| day)?|deadline|dl|by when|until(?: when)?|eta|(?:target|expected"
    rf"|planned|estimated|est\.?"
    rf"|scheduled|agreed|end|completion|delivery|finish)(?: (?:{_GETTING_THERE}|end))?(?: (?:date|day))?"
    rf"|completion|delivery|(?:to be )?(?:{_GETTING_THERE}) (?:by|until)|planned for|scheduled for|date|when"
    r"|timing|timeline|time ?frame|before|no later than|at the latest",
    "priority": r"priority(?: level| class| rating)?|prio|pri|prty|p-level|(?-i:P)|severity(?: level)?|sev"
    r"|urgency|importance|rank"
    r"|criticality|how (?:urgent|important)|moscow",
    "type": r"type|kind|category|cat|class|nature",
    "ticket": r"tickets?|tkt|tracking(?: issue| ticket| id)?|tracked (?:in|by|as|at)|tracker|issue|jira"
    r"|linear|asana|github"
    r"|gitlab|gh|bug|link|ref(?:erence|s)?|url|pr|mr|story|card|work item|id|related (?:item|issue|ticket)s?",
    "factor": r"address(?:es|ing)?|(?:contributing )?factors?(?: addressed)?|cf|(?:root )?cause|for|re"
    r"|covers|relate[sd] to"
    r"|finding|closes",
    "done": r"done when|done if|acceptance(?: criteria)?|definition of done|dod|verified by|verification"
    r"|success(?: criteria"
    r"| measure| metric)?|exit criteria|measure of success|completion criteria",
    "action": r"action(?: item)?(?: (?:no\.? ?)?\d+)?|task(?: \d+)?|what|description|to-?do|do|deliverable"
    r"|remediation|follow[- ]?up|summary|measure|item|step|work|next step|(?:corrective |preventive )?measure"
    r"|corrective action|preventive action|countermeasure",
    "status": r"status|state|progress",
    "other": r"effort|estimate|reviewer|approver|reviewed by|approved by|stakeholders?|consulted|informed"
    r"|supported by"
    r"|depends on|blocked by|dependenc(?:y|ies)|raised by|created(?: by| on)?|opened(?: by| on)?|reported by"
    r"|requested by|start(?:s|ed)?(?: date| on)|added(?: by| on)?",
    "by": r"by",
}
_PLAIN = r"owner|owned by|assignee|assigned to|dri|due|deadline|eta|priority|prio|severity"
"""Labels that mean the same without a colon."""
_CERTAIN = rf"{_PLAIN}|due date|target date|ticket|done when"
_COLON = r"[ \t]*\??\.?(?:::?|=)(?!//)[ \t]*"
LABEL = Pattern(
    r"(?<![\w@/.-])(?:"
    + "|".join(rf"(?P<{name}>{words})" for name, words in _LABELS.items())
    + rf"){_COLON}",
    re.IGNORECASE,
)
SIGN_LABEL = Pattern(
    r"(?:(?P<owner>[\U0001f464\U0001f465\U0001f9d1\U0001f477])"
    r"|(?P<due>[\U0001f4c5\U0001f4c6\U0001f5d3\u23f0\u23f3\u231b]))"
    r"\ufe0f? *:? *"
)
"""A picture that stands for a label: a head for the owner, a calendar or a clock for the date."""
CERTAIN_LABEL = Pattern(rf"(?:{_CERTAIN}){_COLON}", re.IGNORECASE)
DASHED_LABEL = Pattern(
    r"(?:(?P<owner>owner|assignee|dri|responsible|who)|(?P<due>due(?: date)?|deadline|eta)"
    r"|(?P<priority>priority|prio|severity))"
    r"\s+(?:[\u2013\u2014\u2192-]|->)\s+",
    re.IGNORECASE,
)
"""A label that a dash or an arrow stands behind; a label only where a part begins."""


def label_name(found: re.Match[str]) -> str:
    """Name the field that a matched label opens."""
    return str(found.lastgroup)


def field_by_name(text: str) -> str:
    """Name the field that a text is the label of; "" where it is none."""
    found = LABEL.fullmatch(f"{text}:")
    return label_name(found) if found else ""
