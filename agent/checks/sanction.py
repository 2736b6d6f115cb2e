"""Action items that work on people: sanctions, files and other posts."""

from __future__ import annotations

import re

from agent.checks.pattern import Pattern
from agent.checks.phrase import first_phrase
from agent.checks.recipient import is_staff
from agent.checks.sentence import split_sentences
from agent.checks.subject import HUMAN, Roster, kind_of

_FILED = Pattern(
    r"\b(?:personnel|personal|hr|employee|staff) (?:file|record|dossier)s?\b|\bdisciplinary \w+"
    r"|\b(?:formal|written|verbal|official|final|stern) (?:warning|caution|reprimand|rebuke)\b"
    r"|\bletter of (?:warning|caution|reprimand)\b|\b(?:performance )?improvement plan for\b|\bon probation\b"
    r"|\b(?:annual|performance|year-end|yearly|quarterly) (?:appraisal|review|evaluation"
    r"|rating)s?\b(?! (?:of|for) (?!\w+(?:'s|s')))|\bappraisal of\b|\bremedial (?:training|course"
    r"|lesson)s?\b"
    r"|\b(?:ranking|leader ?board|score ?board|hall of shame|tally|list) of (?:the )?(?:who|people|engineers"
    r"|developers|operators|agents|drivers|employees|staff|offenders|culprits)\b"
    r"|\b(?:dressing|telling|ticking)[- ](?:down|off)\b|\btalking[- ]to\b|\bslap on the wrist\b"
    r"|\byellow card\b"
    r"|\b(?:with|to) (?:\w+'s|his|her|their) (?:line )?(?:manager|boss|superior|supervisor)\b"
    r"|\b(?:have|face|without|bring) consequences\b"
    r"|^\W*(?:find out|identify|establish|determine) who (?:\w+ed|made|did|ran|broke|wrote|forgot|left"
    r"|took)\b"
    r"|\bnames? of (?:those|people|everyone|all|the \w+) who\b|\bwithout pay\b|^\W*blacklist (?:the|our) "
    r"(?:contractor|supplier|vendor|agency)\b"
    r"|\brefresher (?:course|training|class)\b"
    r"|\b(?:cut|dock|withhold|reduce|freeze|deduct\w*|forfeit)\b.{0,30}(?:'s|s'|\bhis|\bher"
    r"|\btheir) (?:bonus|pay|salary|wages"
    r"|allowance|commission|premium)\b|\b(?:bonus|pay|salary|wages) of the \w+"
    r"|\b(?:cut|dock|withhold|reduce|freeze|suspend|forfeit)\b.{0,30}\b(?:bonus|pay|allowance"
    r"|commission|premium) of\b",
    re.IGNORECASE,
)
_DONE_TO = Pattern(
    r"^\W*(?:please |formally |publicly |then )?(?:fine|dock|penali[sz]e|punish|reprimand|scold"
    r"|sanction|demote|fire|sack"
    r"|dismiss|blame|shame|coach|lecture|counsel|confront|admonish|rebuke|berate|grill|interrogate"
    r"|discipline|supervise"
    r"|chastise|caution|reproach|reproof|talk sense into|crack down on|come down on) ",
    re.IGNORECASE,
)
_MADE_TO = Pattern(
    r"^\W*(?:have|make|let|get) (?P<who>(?:[\w@'-]+ ){1,6}?)(?:to )?(?:redo|repeat|retake|resit"
    r"|re-?read|apologi[sz]e|justify"
    r"|(?:explain|justify|answer for|account for|own up to|stand up for) (?:himself|herself|themselves"
    r"|why|(?:the"
    r"|his|her|their) (?:\w+ )?(?:mistakes?|errors?|actions?|slips?|lapses?|failures?|change|outage"
    r"|incident))|promise|memori[sz]e|pass|(?:write|send|issue"
    r"|give) an? (?:\w+ )?(?:apology"
    r"|explanation|statement))\b",
    re.IGNORECASE,
)
_EXHORTED = Pattern(
    r"^\W*(?P<who>(?:[\w@'-]+ ){1,6}?)(?:must|shall|should|will|needs? to|ha(?:s|ve) to"
    r"|ought to) (?:\w+ )?(?:re-?read|retake"
    r"|repeat|redo|resit|memori[sz]e|apologi[sz]e|concentrate|remember|sign|double-check|respect|obey"
    r"|(?:take|attend|complete|pass|do|sit) (?:the|an?|this) (?:[\w-]+ ){0,3}(?:quiz|course|training|test"
    r"|exam|class|lesson))\b",
    re.IGNORECASE,
)
_AGAIN = r"(?:again|once (?:more|again)|one more time|clearly|firmly)"
_TOLD = Pattern(
    r"^\W*(?:please )?(?:"
    rf"(?:tell|explain to|show) (?P<again>(?:[\w@'-]+ ){{1,6}}?){_AGAIN}\b"
    r"|tell (?P<told>(?:[\w@'-]+ ){1,6}?)(?:that|to|not to)\b"
    r"|(?:remind|urge|admonish|implore|exhort) (?P<urged>(?:[\w@'-]+ ){1,6}?)(?:that|to|not to|of|about"
    r"|how|why)\b"
    r"|ask (?P<asked>(?:[\w@'-]+ ){1,6}?)why (?:he|she)\b"
    r"|(?:warn|caution) (?P<warned>(?:[\w@'-]+ ){1,6}?)(?:not to|against)\b"
    r"|(?:impress (?:up)?on|(?:reiterate|emphasi[sz]e|stress|point out|repeat|hammer home) to"
    r"|make (?:it )?(?:\w+ )?clear to"
    r"|insist (?:to|with)|(?:drum|drill|hammer)(?: it)? into|appeal to|call (?:up)?on) "
    r"(?P<pressed>(?:[\w@'-]+ ){1,6}?)(?:that|to|not to|how|why|what|about)\b)",
    re.IGNORECASE,
)
_PERHAPS_HUMAN = Pattern(
    r"(?:(?:all|the|our|both) )*(?:drivers?|agents?|workers?|operators?|controllers?) $|[A-Z][a-z]+ $"
)
"""Who is a machine elsewhere, or may have any name; nobody tells a machine again."""
_HELD_TO = Pattern(
    r"^\W*(?:(?:demand|request|require|get|obtain) (?:an? |the )?(?:[\w-]+ )?(?:explanation|apology"
    r"|statement|justification)"
    r"s? (?:from|by|of) (?P<from>.+)"
    r"|(?:bill|charge|invoice|sue) (?P<billed>.+?) for (?:the |their |his |her )?(?:damage|loss|cost"
    r"|outage|mistake|error)s?\b"
    r"|(?:call|summon|invite|pull|take|order) (?P<called>(?:[\w@'-]+ ){1,5}?)(?:in|aside)\b"
    r"|no more (?:[\w-]+ ){1,4}(?:by|from|for) (?P<barred>.+)"
    r"|(?:mandatory|compulsory|remedial) (?:re-?)?training (?:for|of) (?P<schooled>.+))",
    re.IGNORECASE,
)
_MOVED = Pattern(
    r"^\W*(?:move|transfer|reassign|relocate|take|remove) (?P<who>(?:[\w@'-]+ ){1,8}?)(?:to|off|out of"
    r"|away from|into) "
    r"(?:(?:[\w-]+ ){0,4}(?:team|role|duties|shift|position|desk|post|job)"
    r"|(?:another|an?other|a different) (?:site|depot|line|plant|ward|store|department|office|floor))\b",
    re.IGNORECASE,
)
_FORBIDDEN = Pattern(
    r"^\W*(?:no(?:body| ?one|ne) (?:from|of|in|among) (?P<none>(?:[\w@'-]+ ){1,4}?)(?:may|must|should"
    r"|is|are|shall)"
    r"|(?P<who>(?:[\w@'-]+ ){1,6}?)(?:(?:may|must|should|shall) (?:no longer|not|never|only)"
    r"|(?:is|are) (?:no longer|not|never) (?:to|allowed|permitted)))\b",
    re.IGNORECASE,
)
_AUTOMATIC = Pattern(r"^\"(?:warn|caution|ask|tell|notify|alert|prompt|advise)\b", re.IGNORECASE)
_CONDITION = Pattern(
    r"\b(?:when|whenever|if|once(?! more| again)|as soon as|before) (?!they\b|he\b|she\b|you\b|we\b|needed"
    r"|necessary"
    r"|possible|appropriate"
    r"|required)"
    r"|\bon (?:the )?(?:screen|display|panel)\b|\bin the (?:app|tool|header|greeting)\b|\bautomatically\b"
    r"|\bby (?:sms|e-?mail|text|push|bot)\b",
    re.IGNORECASE,
)
_WITHDRAWN = Pattern(r"\W*(?:revoke|remove|withdraw|restrict|limit|take)\b(?!.*(?:'s|s')\b)", re.IGNORECASE)
_ON_DEMAND = Pattern(
    r"\b(?:by default|on request|on demand|per (?:change|session|ticket)|just[- ]in[- ]time|temporar\w+"
    r"|time-boxed|break-glass)\b",
    re.IGNORECASE,
)
_MOOD = Pattern(
    r"^\"?(?:raise|create|increase) (?:the )?awareness|^\"?be (?:\w+ )?(?:more )?proactive"
    r"|^\"?(?:work|cooperate|collaborate|coordinate) (?:more |even |much )*(?:closely|together|better)",
    re.IGNORECASE,
)


def names_sanction(text: str) -> bool:
    """Tell whether an action is something done to a person: a fine, an entry in a file, another post."""
    if _FILED.search(text):
        return True
    done = _DONE_TO.match(text)
    if done is not None and _is_human(text[done.end() :]):
        return True
    told = _TOLD.match(text)
    if told is not None and not _CONDITION.search(text):
        form = str(told.lastgroup)
        if _is_human(told[form]) or (
            form in {"again", "pressed", "asked"} and _PERHAPS_HUMAN.match(told[form])
        ):
            return True
    made = _MADE_TO.match(text)
    if made is not None and is_staff(made["who"], humans_only=True):
        return True
    others = (form.match(text) for form in (_EXHORTED, _MOVED, _FORBIDDEN, _HELD_TO))
    return any(_is_human(found[str(found.lastgroup)]) for found in others if found)


def is_guard(cited: str, text: str) -> bool:
    """Tell whether the system does it: warn the dispatcher when two trains meet, grant access per change."""
    if _WITHDRAWN.match(cited) and _ON_DEMAND.search(text):
        return True
    return bool(_AUTOMATIC.match(f'"{cited}') and _CONDITION.search(text))


def is_mood(cited: str) -> bool:
    """Tell whether a phrase asks for a frame of mind and touches nobody: it is vague, and no sanction."""
    return bool(_MOOD.match(cited))


def _is_human(text: str) -> bool:
    sentences = split_sentences(text)
    if not sentences:
        return False
    tokens = list(sentences[0].tokens)
    possessor = next((n for n, token in enumerate(tokens[:6]) if token.text.endswith(("'s", "s'"))), None)
    if possessor is not None and kind_of(tokens[: possessor + 1], Roster()) in HUMAN:
        return True
    return kind_of(first_phrase(tokens), Roster()) in HUMAN
