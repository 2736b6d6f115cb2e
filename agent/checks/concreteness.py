"""Whether an action item is concrete and bounded: anchors decide, and vague words where there is none."""

from __future__ import annotations

import re
from typing import Literal

from agent.checks.action_words import (
    AMOUNT,
    CREATING,
    DEGREE,
    GENERIC,
    INQUIRING,
    LOOKING,
    LOOKING_NOUN,
    LOOSE,
    OBSERVING,
    PRAISE,
    STOP,
    UPDATING,
)
from agent.checks.calendar_date import DAY
from agent.checks.pattern import Pattern

Verdict = Literal["", "vague", "open"]

_COUNTS = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twice|half|double"
_MEASURED = Pattern(
    r"`[^`]+`|(?<![A-Za-z-])\d[\d.,:]*\s*%?|\"[^\"]+\"|\u201c[^\u201d]+\u201d|(?<![\w.-])[\w.-]+/[\w./-]+"
    r"|\b\w+\.(?:ya?ml|md|py|json|toml|go|sh|tf|conf)\b|(?-i:\b[A-Z][a-z]+[A-Z]\w+\b)|\b[^\W_]+_\w+\b"
    rf"|(?-i:\b[A-Z]+-\d+\b|\b[A-Z]+\d{{2,}}\b)|\b(?:unless|so that|until|exceeds?|{_COUNTS})\b",
    re.IGNORECASE,
)
"""A number, a name in code, a file, a quotation, or the state that is to be reached."""
_LINK = Pattern(r"\[([^\[\]]*)\]\([^)\s]*\)|<?https?://\S+")
_NO_MEASURE = Pattern(
    rf"(?<!\bin)(?<!\binto)(?<!\bto)(?<!\bon)(?<!\bas)(?<!\bwith)\s[(\[]?(?:(?-i:[A-Z][A-Z0-9]+-\d+)"
    rf"|#\d+)[)\]]?(?=\W|$)"
    rf"|\b24 ?[/x] ?7\b|\b(?:tier|level|phase|part|sev(?:erity)?|priority|version|v)[ -]?\d\b"
    rf"|(?<![\w.-]){DAY}",
    re.IGNORECASE,
)
"""Numbers that measure nothing: the item's own ticket, a tier, the day of the incident."""
_SCOPED = Pattern(
    r"\b(?:except|whenever|older than|more than|less than|fewer than|at least|at most"
    r"|per (?:second|minute|hour|day|key|user|tenant|service)|weekly|daily|nightly|hourly|monthly|quarterly"
    r"|automatically|by default|read-only|mandatory|idempotent)\b"
    r"|\bmake (?:[\w'-]+ ){1,5}(?!reli|scal|maintain|manage|sustain|st|flex|sens|reason)[\w-]+[ai]ble$"
    r"|\b(?:all|each|every|both|any) (?!the things|issues|problems)(?:\w+)"
    r"|\b(?:when|if|before|after|once|that|which|while) (?:[\w'-]+ ){0,5}(?:is|are|was|were|has"
    r"|have|do|does|can"
    r"|cannot|will|[a-z]{3,}(?:s|ed))\b",
    re.IGNORECASE,
)
"""A closed set, a rhythm, or a condition that can be tried out."""
_OPEN_END = Pattern(
    r"\bkeep (?:an eye|monitoring|watching|track|looking|improving|working)\b|\bon-?going\b"
    r"|\bcontinue\b|\b(?:continually|constantly|routinely|gradually|bit by bit|as we go)\b|"
    r"\bcontinuous(?:ly)?\b|"
    r"\b(?:as|where|when|if|wherever|whenever) (?:needed|appropriate|possible|necessary|required|"
    r"applicable|feasible|useful|it makes"
    r" sense|time permits|sensible|practical)\b|\bfrom now on\b|\bgoing forward\b|\bin (?:the )?future\b|"
    r"\bover (?:the next|time)\b|"
    r"\btry to\b|\bas much as\b|\bmore often\b|\betc\b|\band so on\b|\bstay on top\b|\bwatch (?:out|"
    r"closely|the|this|it|how)\b|"
    r"\bmonitor (?:the situation|closely|it|this|how|whether)\b|\bfor (?:a while|now|some time|the time "
    r"being)\b|\bbest effort\b|"
    r"\b(?:not|cannot|n't|never)\b.{1,40}\bagain\b|\b(?:not|cannot|n't|never) (?:be )?(?:re-?occurs?|recurs?"
    r"|repeat(?:s|ed)?)\b|\bprevent (?:an?y? |the )?"
    r"(?:recurrence|repetition|repeat)\b|\bprevent (?:this|it|such (?:incidents"
    r"|outages)) (?:from happening|in)\b|"
    r"\bas soon as\b|\bregularly\b|\bperiodically\b|\bfrom time to time\b|\bsooner\b|\bat some point\b|"
    r"\beventually\b",
    re.IGNORECASE,
)
_OUTCOME = Pattern(
    r"\b(?:record(?:ed|s)?|decide|decision|publish|report|write|written|ADR|file|findings?|results?"
    r"|outcome|list of|"
    r"present|answers?|yes/no|conclusions?|recommend\w*|summary|minutes (?:of|in)|memo|note|rca"
    r"|attach\w*|post|prototype|spike"
    r"|time-?box\w*|evidence|explained|cause in|until|so that"
    r"|document(?:ed)?|proposal|test|merge|ship|remove|close)\b"
    r"|\b(?:in|to|into|under|as|on) (?:the |an? )?(?:ticket |issue |page |doc )?(?-i:[A-Z][A-Z0-9]+-\d+)",
    re.IGNORECASE,
)
_NAMED = Pattern(
    r"`[^`]*`|(?<![\w.-])[\w.-]+/[\w./-]+|\b[\w-]+\.(?:ya?ml|md|py|json|toml|go|sh|tf|conf)\b|\b\w*_\w+\b"
)
"""The name of a thing: it says what an action is about, and not what is to become of it."""
_VERB = (
    r"(?:add|alert|allow|automate|block|build|cap|change|check|create|define|delete|deploy|disable"
    r"|document|enable|enforce"
    r"|expose|extend|file|fix|give|implement|introduce|limit|link|log|make|measure|migrate|monitor|move"
    r"|notify|page|pin"
    r"|publish|purge|raise|record|reduce|refuse|reject|remove|rename|replace|report|require|restrict"
    r"|review|rotate|run"
    r"|send|set|show|split|store|switch|test|train|tune|update|upgrade|use|validate|verify|warn|write)"
)
_NEXT_CLAUSE = Pattern(
    r"(?:,? and(?: then| also)?|;|,(?: then)?|\. also|\.) "
    rf"(?={_VERB}\b|(?:sign|subscribe|note|agree|revoke|attach|store|copy|open|close|ask|put|wire|order"
    rf"|buy|install|drop|pick|"
    r"configure|connect|clean|import|export|agree|restore|compare|tag|label|mark|print|bolt|apply)\b)",
    re.IGNORECASE,
)
_NEXT_DELIVERABLE = Pattern(rf"(?:,? and(?: then| also)?|;|,|\. also|\.) (?={_VERB}\b)", re.IGNORECASE)


def count_deliverables(text: str) -> int:
    """Count the things an action asks for: its first verb, and each one behind a comma, "and" or a stop."""
    return 1 + len(_NEXT_DELIVERABLE.findall(text))


_OPENING = Pattern(
    r"^\W*(?:(?:[\w&'/-]+ ){1,5}?(?:should|needs? to|will|must|ought to|ha(?:s|ve) to|shall|wants? to)\b )?"
    r"(?:(?:please|let us|let's|to|maybe|perhaps|possibly|also|then|further|try to|again) )*",
    re.IGNORECASE,
)
"""What may stand before the verb: who is to act, and words of courtesy."""
_MAKE_DEGREE = Pattern(r"^(?:make|keep|get|render) (?!sure)", re.IGNORECASE)
_ALARM = Pattern(
    r"raise (?!the )(?:an? )?(?:[\w-]+ )?(?:alert|alarm|error|ticket|exception|warning|page)s?\b"
    r"(?! (?:threshold|level|limit|rate|rule)s?\b)",
    re.IGNORECASE,
)
_METHOD = Pattern(r"(?:\b(?:by|through) [a-z]+ing|\w: ) *(?P<means>.+)$", re.IGNORECASE)
_LIGHT = Pattern(
    rf"(?:do|have|get|make|create|introduce|establish|build|give|provide|add|use|write|develop|define"
    rf"|set up|put in place"
    rf"|bring|show|ensure|apply|follow|adopt|take|pursue) (?:(?:an?|some|much|even|our|the"
    rf"|more) )*{PRAISE.source}",
    re.IGNORECASE,
)
"""An empty verb with a word of praise: "do a better job", "have stronger guardrails"."""
_BETTER = Pattern(r"[\w-]+ (?:better|harder|smarter|differently|earlier|sooner)\b(?! than)", re.IGNORECASE)
"""A verb that is to be done better, and nothing said of how: "prepare better for the peak"."""
_DEGREE_NOUN = Pattern(
    r"(?:[\w-]+ ){1,3}(?:improvements?|enhancements?|optimi[sz]ations?|hardening)\b", re.IGNORECASE
)
_TARGET = Pattern(
    r"\b(?<!\baccess )(?<!\bapproach )(?<!\bresponse )(?:to|below|above|under|over|beyond|within"
    r"|by) (?!\w+ing\b)(?!(?:an? |the )?(?:minimum|maximum|acceptable|reasonable|normal"
    r"|sensible|safe|good|better|healthy|appropriate|suitable|sane)\b)(?:[\w'-]+)",
    re.IGNORECASE,
)
_NOUNS = {
    "improvement": "improve", "improvements": "improve", "investigation": "investigate", "review": "review",
    "evaluation": "evaluate", "analysis": "analyse", "hardening": "harden", "assessment": "assess",
    "optimisation": "optimise", "optimization": "optimise", "refactoring": "refactor",
}  # fmt: skip


def judge_action(text: str) -> Verdict:
    """Judge an action, in Markdown without owner and dates; "" where it is concrete and has an end."""
    words = re.sub(r"\*\*|(?<!\w)[*_]|[*_](?!\w)", "", _LINK.sub(r"\1", text))
    phrase = _base_form(_OPENING.sub("", words, count=1).strip())
    measured = _MEASURED.search(_NO_MEASURE.sub(" ", words)) is not None
    if _OPEN_END.search(words) and not measured:
        return "open"
    scoped = measured or _SCOPED.search(words) is not None
    if _is_talk(phrase, scoped=scoped):
        ended = measured and not INQUIRING.match(phrase)
        return "" if ended or (scoped and _OUTCOME.search(words)) or _has_deed(phrase) else "vague"
    if any(form.match(phrase) for form in (DEGREE, _LIGHT, _DEGREE_NOUN, _BETTER)):
        aimed = measured and _is_aimed(phrase)
        return "" if aimed or _has_method(words) else "vague"
    if AMOUNT.match(phrase) and not _raises_alarm(phrase):
        return "" if measured or _TARGET.search(phrase) or _has_method(words) else "vague"
    if scoped:
        return ""
    return "" if _says_what(phrase) else "vague"


def _base_form(phrase: str) -> str:
    """Turn "Improving the probes" and "Improvement of the probes" to "improve the probes"."""
    first, _, rest = phrase.partition(" ")
    low = first.lower().strip(":,.")
    if low in _NOUNS:
        return f"{_NOUNS[low]} {rest}"
    if low.endswith("ing") and len(low) > 5:
        stem = low[:-3]
        short = stem[:-1] if stem[-1] == stem[-2] else stem
        for base in (stem, f"{stem}e", short):
            if (
                LOOKING.match(f"{base} {rest}")
                or DEGREE.match(base)
                or AMOUNT.match(base)
                or base in UPDATING | CREATING
            ):
                return f"{base} {rest}"
    return phrase


def _is_aimed(phrase: str) -> bool:
    """Tell whether a direction has a destination: a figure or a state, and not a name in code alone."""
    plain = _NAMED.sub(" ", phrase)
    return _MEASURED.search(_NO_MEASURE.sub(" ", plain)) is not None or _TARGET.search(plain) is not None


def _raises_alarm(phrase: str) -> bool:
    return _ALARM.match(phrase) is not None


def _has_method(words: str) -> bool:
    """Tell whether a direction is followed by a concrete way: "reduce noise by deleting the disk alerts"."""
    found = _METHOD.search(words)
    return found is not None and judge_action(f"Add {found['means']}") == ""


def _is_talk(phrase: str, *, scoped: bool) -> bool:
    """Tell whether an action looks, thinks or talks; a verb of two senses does where little is named."""
    if LOOKING.match(phrase):
        return True
    if scoped:
        return False
    observing = OBSERVING.match(phrase) is not None and not _says_what(phrase, needed=3)
    return observing or LOOKING_NOUN.match(phrase) is not None


def _has_deed(phrase: str) -> bool:
    """Tell whether something concrete is to be done beside the talk: "meet the carrier and sign the SLA"."""
    places = [found.end() for found in _NEXT_CLAUSE.finditer(phrase)]
    return any(judge_action(phrase[place:]) == "" for place in places)


def _says_what(phrase: str, *, needed: int = 0) -> bool:
    """Count the words that name something particular; the emptier the verb, the more of them are needed."""
    spoken = re.findall(r"[\w@%.'-]+", phrase.lower())
    if not spoken:
        return False
    verb = spoken[0]
    rest = phrase.lower().partition(" ")[2]
    loose = {word for found in LOOSE.finditer(rest) for word in found.group().split()}
    named = [word for word in spoken[1:] if not _is_empty(word) and word not in loose]
    if not needed:
        needed = 3 if verb in UPDATING else 2 if verb in CREATING else 1
    if loose:
        needed = 4 if _MAKE_DEGREE.match(phrase) else 3 if verb in UPDATING | CREATING else 2
    return len(named) >= needed


def _is_empty(word: str) -> bool:
    singular = f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")
    return not {word, singular}.isdisjoint(STOP | GENERIC)
