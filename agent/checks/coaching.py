"""Action items that teach, remind or exhort people: whom, and whether it is a whole team."""

from __future__ import annotations

import re
from typing import Literal

from agent.checks.lexicon import words
from agent.checks.pattern import Pattern
from agent.checks.phrase import first_phrase
from agent.checks.sentence import Token, split_sentences
from agent.checks.subject import Roster, is_word, kind_of

Learner = Literal["person", "group", "public", "system", ""]
"""public: customers and the like, whom a product may teach and remind; "": nobody that can be told apart."""

_PUBLIC = frozenset(
    """member guest traveller traveler borrower seller donor parent resident citizen holder recipient caller
    applicant rider commuter cardholder policyholder household neighbour neighbor public voter pupil account
    """.split()  # noqa: SIM905
)
_CROWD = frozenset({"staff", "people", "personnel", "folk", "everyone", "everybody", "men", "women", "crew"})
_COUNTS = frozenset({"all", "both", "every", "each", "two", "three", "four", "five", "six", "seven", "eight"})
_DEPARTMENT = Pattern(
    r"(?:ing|ment|ments|tions?|sions?|ity|ics|ance|ence|ware|ers|ors|eers|ists|ants|ees|ops|ure|desk|port|tech"
    r"|lab|labs|IT|sales|data|core|web|office|works)$",
    re.IGNORECASE,
)
"""How the names of departments end, and those of people seldom do."""
_GIVEN = r"(?:[A-Z][^\W\d_]+(?:[-'\u2019][^\W\d_]+)*|[A-Z]\.?)"
_NAME = Pattern(rf"{_GIVEN}(?: (?:(?:van|von|de|der|da|del|bin|al|el|O) ?)*{_GIVEN}){{0,2}}(?=$|[\s,.;:'\u2019])")

_BEFORE = r"^\W*(?:(?:please|also|then|formally|again|immediately|individually|personally|thoroughly) )*"
_MAY = r"(?:to|will|must|shall|should|needs? to|ha(?:s|ve) to|ought to|(?:is|are) to)"
_WHO = r"(?P<who>(?:[\w@'\u2019.-]+ ){1,8}?)"
_LESSON = (
    r"(?:(?:re-?)?training|coaching|mentoring|tuition|refreshers?|lessons?|courses?|class(?:es)?|workshops?|seminar"
    r"|schooling|supervision|instruction|bootcamp)"
)
_KIND = r"(?:(?:an?|the|some|another|more) )?(?:[\w-]+ ){0,4}?"
_TRAINED = Pattern(rf"{_BEFORE}(?:re-?)?(?:train|school)\s+(?P<who>.+)$", re.IGNORECASE | re.DOTALL)
_TAUGHT = (
    Pattern(rf"{_BEFORE}(?:coach|mentor|tutor|supervise|shadow|lecture|educate) (?P<who>.+)$", re.IGNORECASE | re.DOTALL),
    Pattern(
        rf"{_BEFORE}(?:(?:give|offer|provide|arrange|organi[sz]e|schedule|book|hold|run|set up|plan|get) )?"
        rf"{_KIND}{_LESSON}(?: (?:sessions?|courses?|class(?:es)?|days?))? (?:for|of|with) (?P<who>.+)$",
        re.IGNORECASE | re.DOTALL,
    ),
    Pattern(rf"{_BEFORE}(?:give|offer|get|provide) {_WHO}{_KIND}{_LESSON}\b", re.IGNORECASE),
    Pattern(
        rf"{_BEFORE}(?:send|put|enrol|enroll|register|book|sign|nominate|place) {_WHO}(?:up )?"
        rf"(?:in|on|onto|for|to|into|through) {_KIND}{_LESSON}\b",
        re.IGNORECASE,
    ),
    Pattern(
        rf"{_BEFORE}{_WHO}{_MAY} (?:\w+ )?(?:get|receive|have|do|undergo|attend|take|complete|repeat|join"
        rf"|go (?:on|to|through)|be (?:given|sent (?:to|on)|put (?:on|through)|enrolled (?:in|on)|booked (?:on|in)))"
        rf" {_KIND}{_LESSON}\b",
        re.IGNORECASE,
    ),
    Pattern(
        rf"{_BEFORE}{_WHO}{_MAY} be (?:\w+ )?(?:re-?)?(?:trained|coached|mentored|schooled|taught|educated|supervised"
        r"|shadowed|lectured)\b",
        re.IGNORECASE,
    ),
    Pattern(rf"{_BEFORE}{_WHO}(?:needs?|requires?|lacks?|gets?|receives?|attends?) {_KIND}{_LESSON}\b", re.IGNORECASE),
    Pattern(
        rf"{_BEFORE}(?:get|have|see) {_WHO}(?:re-?)?(?:trained|coached|schooled|mentored|taught|up to speed)\b",
        re.IGNORECASE,
    ),
    Pattern(
        rf"{_BEFORE}(?:closely |closer |tighter |strict(?:er)? )?supervised (?:[\w-]+ ){{1,3}}for (?P<who>.+)$",
        re.IGNORECASE | re.DOTALL,
    ),
)
_MATERIAL = Pattern(
    r"\b(?:sample|samples|data|dataset|corpus|images?|scans?|labels?|features?|rows|records|traffic|epochs?|weeks?"
    r"|months?|weather|tickets of|logs of|model|classifier|network|embeddings?|recall|precision)\b",
    re.IGNORECASE,
)
"""What a model is trained with, and people are not."""
_REMEDIAL = Pattern(
    r"\b(?:remedial|mandatory|compulsory|refreshers?|again|re-?train\w*|re-?educat\w+|educat\w+|lectur\w+|once more"
    r"|attention|discipline|awareness|careful\w*|care|diligen\w+|consequences|importance|responsibilit\w+"
    r"|following (?:the )?(?:process|procedure|rules?|policy))\b",
    re.IGNORECASE,
)
_BOUNDED = Pattern(
    r"\b(?:drill|exercise|simulat\w+|tabletop|game ?day|rehearsal|record|recorded|measured?|timed?|sign-off|attendance"
    r"|checklist|\d+)\b",
    re.IGNORECASE,
)
_REMINDED = Pattern(
    rf"{_BEFORE}(?:remind|(?:(?:send|issue|write|post|circulate|publish|give) (?:out )?)?(?:an? |another )?"
    r"(?:[\w-]+ ){0,3}?reminders? (?:(?:e-?mail|mail|note|message|memo) )?(?:to|for)) (?P<who>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_TO_BE_REMINDED = Pattern(rf"{_BEFORE}{_WHO}{_MAY} be (?:\w+ )?reminded\b", re.IGNORECASE)
_BY_MACHINE = Pattern(
    r"\b(?:automatic\w*|bots?|cron|jobs?|system|tools?|apps?|scripts?|sms|text message|e-?mail\w*|push|in-app|on[- ]screen"
    r"|popups?|notification\w*|banners?|when(?:ever)?|if|once|every|daily|weekly|monthly|nightly|expir\w+|renew\w*"
    r"|\d+ (?:minutes?|hours?|days?|weeks?|months?))\b",
    re.IGNORECASE,
)
_ATTENTION = Pattern(
    rf"{_BEFORE}(?:(?!let\b|make\b|have\b|add\b|show\b){_WHO}(?:{_MAY} )?(?:\w+ly )?|)"
    r"(?:pays? (?:\w+ )?(?:attention|heed)\b|concentrates? (?:better|harder|more(?= (?:in|on|during|when|at)\b|$))"
    r"|focus(?:es)? (?:better|harder)|takes? (?:(?:more|extra|greater|better|particular|special|due) )+care\b"
    r"|(?:be|stay|remain) (?:(?:more|extra|very|much|especially|particularly|always|really) )*"
    r"(?:careful|attentive|vigilant|mindful|diligent|cautious|conscientious|disciplined|thorough|alert)\b(?! on\b))",
    re.IGNORECASE,
)
_HABIT = Pattern(
    rf"{_BEFORE}{_WHO}(?:{_MAY} )?(?:\w+ly |all |each )?(?:double-?checks?|remembers?|looks? twice|thinks? (?:twice|first)"
    r"|listens?|reads? [^.;]{1,40} (?:carefully|properly|again|before)|sticks? to|adheres?|compl(?:y|ies) with)\b",
    re.IGNORECASE,
)
_INSISTED = Pattern(
    rf"{_BEFORE}(?:insist|make sure|see to it|ensure|demand|expect|require) (?:that )?{_WHO}"
    r"(?:(?:to|must|always|actually|really|properly) )*(?:reads?|remembers?|follows?|respects?|obeys?|sticks? to"
    r"|pays?|complies|comply|takes?|thinks?)\b",
    re.IGNORECASE,
)
_SPOKEN_TO = Pattern(
    rf"{_BEFORE}(?:(?:have|hold|arrange) (?:an? )?(?:\w+ )?(?:word|chat|talk|conversation|meeting|one-(?:to|on)-one) with"
    r"|(?:speak|talk) (?:to|with)) (?P<who>.+?) (?:about|on|regarding|over) (?P<topic>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_REPROACH = Pattern(
    r"^(?:(?:the )?(?:importance|need|necessity)|(?:his|her|their) \w+|(?:\w+ )?(?:attention|attitude|behaviou?r|conduct"
    r"|performance|mistakes?|errors?|carelessness|diligence|discipline|responsibilit\w+|lapses?)"
    r"|(?:not )?(?:following|ignoring|missing|forgetting|reading|skipping|checking)|why (?:he|she|they)"
    r"|what (?:happened|went wrong|he|she|they))\b",
    re.IGNORECASE,
)
_TOLD = Pattern(
    rf"{_BEFORE}(?:tell|ask|instruct|advise|order|get|encourage) {_WHO}(?:to|that (?:they|he|she)(?: must| should)?) "
    r"(?:always |please |in future )*(?:check (?:twice|again|before)|double-?check|be (?:more |very )?\w+|pay|read"
    r"|follow (?:the )?(?:process|procedure|rules?|polic)|think|remember|slow down|wait|concentrate|take (?:more )?care"
    r"|not|never|stop)\b",
    re.IGNORECASE,
)
_SIGNED = Pattern(
    rf"{_BEFORE}{_WHO}{_MAY} (?:\w+ )?(?:sign|acknowledge|confirm|accept|read|re-?read) .{{1,60}}\b"
    r"(?:again|anew|once more|in writing)\b",
    re.IGNORECASE,
)


_CUE = Pattern(
    r"train|coach|mentor|tutor|tuition|school|supervis|shadow|lectur|educat|refresh|lesson|course|class|workshop|seminar"
    r"|instruct|bootcamp|remind|attention|heed|concentrat|focus|\bcare|attentive|vigilant|mindful|diligent|cautious"
    r"|conscientious|disciplined|thorough|alert\b|check|remember|twice|think|listen|read|stick|adher|compl|insist|make sure"
    r"|see to it|ensure|demand|expect|require|speak|talk|word|chat|conversation|meeting|tell|ask|advise|order|encourage"
    r"|sign|acknowledge|taught|up to speed",
    re.IGNORECASE,
)
"""What each of the forms above holds one of; most actions hold none."""


def learner_of(text: str) -> Learner:
    """Tell whom an action teaches: one person, or a whole team; "" where it teaches nobody.

    A group that has to repeat something, or is taught care, counts as persons: nothing is learned but whose fault it was.
    """
    trained = _TRAINED.match(text)
    if trained:
        learner = _learner(trained["who"], humans_only=False)
        if learner == "person" and _MATERIAL.search(trained["who"]) and not _known_person(trained["who"]):
            return "system"
        return _blamed(learner, text)
    for form in _TAUGHT:
        found = form.match(text)
        if found and (learner := _learner(found["who"], humans_only=True)):
            return _blamed(learner, text)
    return ""


def exhorts(text: str) -> bool:
    """Tell whether an action reminds people of what they know, or asks them to take more care."""
    if _ATTENTION.match(text):
        return True
    for form in (_REMINDED, _TO_BE_REMINDED):
        found = form.match(text)
        if found and not _BY_MACHINE.search(text) and _learner(found["who"], humans_only=True) in {"person", "group"}:
            return True
    for form in (_HABIT, _INSISTED, _TOLD, _SIGNED):
        found = form.match(text)
        if found and not _BY_MACHINE.search(text) and _learner(found["who"], humans_only=False) in {"person", "group"}:
            return True
    spoken = _SPOKEN_TO.match(text)
    return bool(
        spoken
        and _REPROACH.match(spoken["topic"])
        and _learner(spoken["who"], humans_only=True) in {"person", "group"}
    )


def is_public(text: str) -> bool:
    """Tell whether an action teaches or reminds those who use the product, not those who run it."""
    forms = (_TRAINED, *_TAUGHT, _REMINDED, _TO_BE_REMINDED)
    return any((found := form.match(text)) and _learner(found["who"], humans_only=True) == "public" for form in forms)


def _blamed(learner: Learner, text: str) -> Learner:
    remedial = learner == "group" and _REMEDIAL.search(text) and not _BOUNDED.search(text)
    return "person" if remedial else learner


def _learner(text: str, *, humans_only: bool) -> Learner:
    """Tell who the words behind a verb name; with `humans_only`, a role that software has too is a person's."""
    sentences = split_sentences(text)
    tokens = list(sentences[0].tokens) if sentences else []
    phrase = first_phrase(tokens)
    if not phrase:
        return ""
    after = tokens[tokens.index(phrase[-1]) + 1 :][:1]
    if after and is_word("person", after[0]):  # "on-call engineers"
        phrase = [*phrase, after[0]]
    head = phrase[-1]
    if head.low.removesuffix("s") in _PUBLIC:
        return "public"
    kind = kind_of(phrase, Roster())
    if kind == "outsider":
        return "public"
    role = humans_only and (is_word("person", head) or head.low.removesuffix("s") in words()["software_role"])
    if kind == "person" or (kind == "system" and role):
        return "group" if _is_plural(phrase) else "person"
    if kind in {"team", "we", "organisation"}:
        return "group"
    if kind == "unknown":
        return _stranger(text, phrase, humans_only=humans_only)
    return "system" if kind == "system" else ""


def _stranger(text: str, phrase: list[Token], *, humans_only: bool) -> Learner:
    """Judge a name or a trade that no list knows."""
    name = _NAME.match(text.strip())
    if name and not any(_DEPARTMENT.search(part) for part in name.group().split()):
        return "person"
    if name or not humans_only:
        return "group" if name else ""
    return "group" if _is_plural(phrase) else "person" if phrase[0].low in words()["determiner"] else ""


def _known_person(text: str) -> bool:
    return text.split()[0].lower().strip(",.'") in words()["given_names"]


def _is_plural(phrase: list[Token]) -> bool:
    head = phrase[-1].low
    plural = head in _CROWD or (head.endswith("s") and not head.endswith("ss") and not phrase[-1].text[0].isupper())
    return plural or any(token.low in _COUNTS for token in phrase[:-1])
