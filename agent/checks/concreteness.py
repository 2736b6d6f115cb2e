"""Whether an action item is concrete and bounded: anchors decide, not verbs alone."""

from __future__ import annotations

import re
from typing import Literal

Verdict = Literal["", "vague", "open"]

_STRONG = re.compile(
    r"`[^`]+`|(?<![A-Za-z-])\d[\d.,:]*\s*%?|\"[^\"]+\"|\u201c[^\u201d]+\u201d|[\w.-]+/[\w./-]+|"
    r"\b\w+\.(?:ya?ml|md|py|json|toml|go|sh|tf|conf)\b"
    r"|(?-i:\b[A-Z][a-z]+[A-Z]\w+\b)|\b\w+_\w+\b"
    r"|\b(?:so that|until|unless|except|whenever|exceeds?|older than|more than|less than|fewer than|at "
    r"least|at most|"
    r"per (?:second|minute|hour|day|key|user|tenant|service)|two|three|four|five|six|seven|eight|nine|ten|"
    r"twelve|twice|weekly|"
    r"daily|nightly|hourly|monthly|quarterly|automatically|by default|read-only|mandatory|idempotent)\b"
    r"|\b(?:all|each|every|both|any) (?!the things|issues|problems)(?:\w+)"
    r"|\b(?:when|if|before|after|once|that|which|with) (?:\w+ ){0,4}(?:is|are|was|were|has|have|fails?|"
    r"rejects?|blocks?|pages?|"
    r"drops?|stops?|reaches|falls?|rises?|runs?|changes?|lacks?|misses|returns?|touch(?:es)?|deletes?|"
    r"leaves?)\b"
    r"|\b(?:reject|block|fail|page|cap|limit|refuse|require|prevent|enforce|forbid|remove|delete|replace|"
    r"migrate|isolate|"
    r"disable|enable|pin|split|roll back)s? (?:\w+ ){1,}(?:for|on|in|from|to|without|with|by|into|between|"
    r"at)\b",
    re.IGNORECASE,
)
_MEASURED = re.compile(r"`[^`]+`|(?<![A-Za-z-])\d[\d.,:]*\s*%?|\bunless\b|\bso that\b|\bexceeds?\b")
_OPEN_END = re.compile(
    r"\bkeep (?:an eye|monitoring|watching|track|looking|improving|working)\b|\bon-?going\b|\bcontinue\b|"
    r"\bcontinuous(?:ly)?\b|"
    r"\b(?:as|where|when|if|wherever|whenever) (?:needed|appropriate|possible|necessary|required|"
    r"applicable|feasible|useful|it makes"
    r" sense|time permits|sensible|practical)\b|\bfrom now on\b|\bgoing forward\b|\bin (?:the )?future\b|"
    r"\bover (?:the next|time)\b|"
    r"\btry to\b|\bas much as\b|\bmore often\b|\betc\b|\band so on\b|\bstay on top\b|\bwatch (?:out|"
    r"closely|the|this|it|how)\b|"
    r"\bmonitor (?:the situation|closely|it|this|how|whether)\b|\bfor (?:a while|now|some time|the time "
    r"being)\b|\bbest effort\b|"
    r"\b(?:not|n't|never) happens? again\b|\bprevent (?:this|it|such (?:incidents"
    r"|outages)) (?:from happening|in)\b|"
    r"\bas soon as\b|\bregularly\b|\bperiodically\b|\bfrom time to time\b|\bsooner\b|\bat some point\b|"
    r"\beventually\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"^\W*(?:we (?:should|need to|will|must) )?(?:maybe |perhaps |possibly |also )?(?:think|consider|"
    r"explore|discuss|look (?:into|at)|evaluate|investigate|"
    r"revisit|rethink|reconsider|study|research|understand|talk|brainstorm|assess|examine|analy[sz]e|"
    r"review|monitor|watch|"
    r"keep|figure out|find out|reach out|follow up|touch base|have (?:a|an) (?:\w+ )?(?:meeting|chat"
    r"|discussion|session|talk)|hold (?:a|an) |meet\b|"
    r"schedule (?:a|an) (?:\w+ )?(?:meeting|call|session)|encourage|promote|foster|push for|seek"
    r"|spend (?:more )?time|raise awareness|"
    r"gather|collect (?:ideas|feedback)|see (?:if|whether)|get better|be |start (?:a )?(?:discussion"
    r"|thinking|"
    r"looking)|open a discussion|"
    r"aim|strive|work on|work towards|try|learn|sync|align|coordinate|communicate|collaborate|check (?:if|"
    r"whether))",
    re.IGNORECASE,
)
_OUTCOME = re.compile(
    r"\b(?:record(?:ed|s)?|decide|decision|publish|report|write up|ADR|file|findings?|results?|list of|"
    r"present|"
    r"document(?:ed)?|proposal|test|merge|ship|remove|close)\b",
    re.IGNORECASE,
)
_LOOSE = re.compile(
    r"\b(?:better|more|proper|properly|robust|appropriate|adequate|adequately|sufficient|improved|good|"
    r"some|various|several|"
    r"general|overall|things?|stuff|issues?|problems?|situation|everything|resilien\w+|stable|stability|"
    r"reliab\w+|quality|"
    r"best practices?|awareness|culture|visibility|observability|clean(?:er)?|faster|smarter|enough|"
    r"carefully|thoroughly|safer|secure|scalab\w+|maintainab\w+|availability|robustness|efficien\w+"
    r"|hygiene|posture|"
    r"similar|incidents?|outages?|redundancy|performance|"
    r"technical debt|tech debt|legacy|root cause|the bug|process(?:es)?)\b",
    re.IGNORECASE,
)
_WEAK = re.compile(
    r"^\W*(?:improve|enhance|strengthen|tighten|optimi[sz]e|clean up|refactor|fix|handle|address|help|"
    r"support|ensure|make|rework|"
    r"update|document|test|harden|increase|reduce|prepare|plan|manage|maintain|better|modernise|modernize|"
    r"simplify|upgrade|"
    r"stabili[sz]e|streamline|standardi[sz]e|speed up|scale|extend|expand|define|establish|develop|provide|"
    r"use|do|have|get|more)\b",
    re.IGNORECASE,
)
_STOP = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "to",
        "in",
        "on",
        "for",
        "and",
        "or",
        "with",
        "our",
        "its",
        "their",
        "by",
        "from",
        "at",
        "is",
        "are",
        "be",
        "it",
        "this",
        "that",
        "as",
        "we",
    ]
)


_VERB = (
    r"(?:add|alert|allow|automate|block|build|cap|change|check|create|define|delete|deploy|disable"
    r"|document|enable|enforce"
    r"|expose|extend|file|fix|give|implement|introduce|limit|link|log|make|measure|migrate|monitor|move"
    r"|notify|page|pin"
    r"|publish|purge|raise|record|reduce|refuse|reject|remove|rename|replace|report|require|restrict"
    r"|review|rotate|run"
    r"|send|set|show|split|store|switch|test|train|tune|update|upgrade|use|validate|verify|warn|write)"
)
_NEXT_DELIVERABLE = re.compile(rf"(?:,? and(?: then| also)?|;|,|\. also|\.) (?={_VERB}\b)", re.IGNORECASE)


def count_deliverables(text: str) -> int:
    """Count the things an action asks for: its first verb, and each one behind a comma, "and" or a stop."""
    return 1 + len(_NEXT_DELIVERABLE.findall(text))


def judge_action(text: str) -> Verdict:
    """Judge an action, in Markdown without owner and dates; "" where it is concrete and has an end."""
    content = [word for word in re.findall(r"[\w`@%/.-]+", text.lower()) if word not in _STOP]
    strong = _STRONG.search(text) is not None
    if _OPEN_END.search(text) and not _MEASURED.search(text):
        return "open"
    if _HEDGE.search(text) and not _MEASURED.search(text) and not (strong and _OUTCOME.search(text)):
        return "vague"
    if strong:
        return ""
    if _LOOSE.search(text) and len(content) < 9:
        return "vague"
    if _WEAK.search(text) and len(content) < 6:
        return "vague"
    return "vague" if len(content) <= 3 else ""
