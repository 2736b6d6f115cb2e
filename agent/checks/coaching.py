"""Action items that teach, remind or exhort people: whom, and whether it is a whole team."""

from __future__ import annotations

import re
from typing import Literal

from agent.checks.lexicon import words
from agent.checks.pattern import Pattern
from agent.checks.phrase import first_phrase
from agent.checks.sentence import Token, split_sentences
from agent.checks.subject import Kind, Roster, is_word, kind_of

Learner = Literal["person", "group", "public", "system", ""]
"""public: customers and the like, whom a product may teach and remind; "": nobody that can be told apart."""

_PUBLIC = frozenset(
    """member guest traveller traveler borrower seller donor parent resident citizen holder recipient caller
    applicant rider commuter cardholder policyholder household neighbour neighbor public voter pupil account
    """.split()  # noqa: SIM905
)
_CROWD = frozenset({"staff", "people", "personnel", "folk", "everyone", "everybody", "men", "women", "crew"})
_KINDS: dict[Kind, Learner] = {
    "team": "group",
    "we": "group",
    "organisation": "group",
    "outsider": "public",
    "system": "system",
}
_COUNTS = frozenset({"all", "both", "every", "each", "two", "three", "four", "five", "six", "seven", "eight"})
_DEPARTMENT = Pattern(
    r"(?:ing|ment|ments|tions?|sions?|ity|ics|ance|ence|ware|ers|ors|eers|ists|ants|ees|ops|ure|desk"
    r"|port|tech"
    r"|lab|labs|IT|sales|data|core|web|office|works)$",
    re.IGNORECASE,
)
"""How the names of departments end, and those of people seldom do."""
_GIVEN = r"(?:[A-Z][^\W\d_]+(?:[-'\u2019][^\W\d_]+)*|[A-Z]\.?)"
_NAME = Pattern(
    rf"{_GIVEN}(?: (?:(?:van|von|de|der|da|del|bin|al|el|O) ?)*{_GIVEN}){{0,2}}(?=$|[\s,.;:'\u2019])"
)

_BEFORE = r"^\W*(?:(?:please|also|then|formally|again|immediately|individually|personally|thoroughly) )*"
_MAY = r"(?:to|will|must|shall|should|needs? to|ha(?:s|ve) to|ought to|(?:is|are) to)"
_WHO = r"(?P<who>(?:[\w@'\u2019.-]+ ){1,8}?)"
_LESSON = (
    r"(?:(?:re-?)?training|coaching|mentoring|tuition|refreshers?|lessons?|courses?|class(?:es)?"
    r"|workshops?|seminar"
    r"|schooling|supervision|instruction|bootcamp)"
)
_KIND = r"(?:(?:an?|the|some|another|more) )?(?:[\w-]+ ){0,4}?"
_TRAINED = Pattern(rf"{_BEFORE}(?:re-?)?(?:train|school)\s+(?P<who>.+)$", re.IGNORECASE | re.DOTALL)
_TAUGHT = (
    Pattern(
        rf"{_BEFORE}(?:coach|mentor|tutor|supervise|shadow|lecture|educate) (?P<who>.+)$",
        re.IGNORECASE | re.DOTALL,
    ),
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
        rf"|go (?:on|to|through)|be (?:given|sent (?:to|on)|put (?:on|through)|enrolled (?:in|on)"
        rf"|booked (?:on|in)))"
        rf" {_KIND}{_LESSON}\b",
        re.IGNORECASE,
    ),
    Pattern(
        rf"{_BEFORE}{_WHO}{_MAY} be (?:\w+ )?(?:re-?)?(?:trained|coached|mentored|schooled|taught"
        rf"|educated|supervised"
        r"|shadowed|lectured)\b",
        re.IGNORECASE,
    ),
    Pattern(
        rf"{_BEFORE}{_WHO}(?:needs?|requires?|lacks?|gets?|receives?|attends?) {_KIND}{_LESSON}\b",
        re.IGNORECASE,
    ),
    Pattern(
        rf"{_BEFORE}(?:get|have|see) {_WHO}(?:re-?)?(?:trained|coached|schooled|mentored|taught"
        rf"|up to speed)\b",
        re.IGNORECASE,
    ),
    Pattern(
        rf"{_BEFORE}(?:closely |closer |tighter "
        rf"|strict(?:er)? )?supervised (?:[\w-]+ ){{1,3}}for (?P<who>.+)$",
        re.IGNORECASE | re.DOTALL,
    ),
)
_MATERIAL = Pattern(
    r"\b(?:sample|samples|data|dataset|corpus|images?|scans?|labels?|features?|rows|records|traffic"
    r"|epochs?|weeks?"
    r"|months?|weather|tickets of|logs of|model|classifier|network|embeddings?|recall|precision)\b",
    re.IGNORECASE,
)
"""What a model is trained with, and people are not."""
_REMEDIAL = Pattern(
    r"\b(?:remedial|mandatory|compulsory|refreshers?|again|re-?train\w*|re-?educat\w+|educat\w+"
    r"|lectur\w+|once more"
    r"|attention|discipline|awareness|careful\w*|care|diligen\w+|consequences|importance|responsibilit\w+"
    r"|following (?:the )?(?:process|procedure|rules?|policy))\b",
    re.IGNORECASE,
)
_BOUNDED = Pattern(
    r"\b(?:drill|exercise|simulat\w+|tabletop|game ?day|rehearsal|record|recorded|measured?|timed?"
    r"|sign-off|attendance"
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
    r"\b(?:automatic\w*|bots?|cron|jobs?|system|tools?|apps?|scripts?|sms|text message|e-?mail\w*|push"
    r"|in-app|on[- ]screen"
    r"|popups?|notification\w*|banners?|when(?:ever)?|if|once|every|daily|weekly|monthly|nightly"
    r"|expir\w+|renew\w*"
    r"|\d+ (?:minutes?|hours?|days?|weeks?|months?))\b",
    re.IGNORECASE,
)
_ATTENTION = Pattern(
    rf"{_BEFORE}(?:(?!let\b|make\b|have\b|add\b|show\b){_WHO}(?:{_MAY} )?(?:\w+ly )?|)"
    r"(?:pays? (?:\w+ )?(?:attention|heed)\b|concentrates? (?:better|harder|more(?= (?:in|on|during"
    r"|when|at)\b|$))"
    r"|focus(?:es)? (?:better|harder)|takes? (?:(?:more|extra|greater|better|particular|special|due) )+care\b"
    r"|(?:be|stay|remain) (?:(?:more|extra|very|much|especially|particularly|always|really) )*"
    r"(?:careful|attentive|vigilant|mindful|diligent|cautious|conscientious|disciplined|thorough"
    r"|alert)\b(?! on\b))",
    re.IGNORECASE,
)
_HABIT = Pattern(
    rf"{_BEFORE}{_WHO}(?:{_MAY} )?(?:\w+ly |all |each )?(?:double-?checks?|remembers?|looks? twice"
    rf"|thinks? (?:twice|first)"
    r"|listens?|reads? [^.;]{1,40} (?:carefully|properly|again|before)|sticks? to|adheres?|compl(?:y"
    r"|ies) with)\b",
    re.IGNORECASE,
)
_INSISTED = Pattern(
    rf"{_BEFORE}(?:insist|make sure|see to it|ensure|demand|expect|require) (?:that )?{_WHO}"
    r"(?:(?:to|must|always|actually|really|properly) )*(?:reads?|remembers?|follows?|respects?|obeys?"
    r"|sticks? to"
    r"|pays?|complies|comply|takes?|thinks?)\b",
    re.IGNORECASE,
)
_SPOKEN_TO = Pattern(
    rf"{_BEFORE}(?:(?:have|hold|arrange) (?:an? )?(?:\w+ )?(?:word|chat|talk|conversation|meeting"
    rf"|one-(?:to|on)-one) with"
    r"|(?:speak|talk) (?:to|with)) (?P<who>.+?) (?:about|on|regarding|over) (?P<topic>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_REPROACH = Pattern(
    r"^(?:(?:the )?(?:importance|need|necessity)|(?:his|her|their) \w+|(?:\w+ )?(?:attention|attitude"
    r"|behaviou?r|conduct"
    r"|performance|mistakes?|errors?|carelessness|diligence|discipline|responsibilit\w+|lapses?)"
    r"|(?:not )?(?:following|ignoring|missing|forgetting|reading|skipping|checking)|why (?:he|she|they)"
    r"|what (?:happened|went wrong|he|she|they))\b",
    re.IGNORECASE,
)
_TOLD = Pattern(
    rf"{_BEFORE}(?:tell|ask|instruct|advise|order|get|encourage) {_WHO}(?:to|that (?:they|he"
    rf"|she)(?: must| should)?) "
    r"(?:always |please |in future )*(?:check (?:twice|again|before)|double-?check|be (?:more "
    r"|very )?\w+|pay|read"
    r"|follow (?:the )?(?:process|procedure|rules?|polic)|think|remember|slow down|wait|concentrate"
    r"|take (?:more )?care"
    r"|not|never|stop)\b",
    re.IGNORECASE,
)
_SIGNED = Pattern(
    rf"{_BEFORE}{_WHO}{_MAY} (?:\w+ )?(?:sign|acknowledge|confirm|accept|read|re-?read) .{{1,60}}\b"
    r"(?:again|anew|once more|in writing)\b",
    re.IGNORECASE,
)


_REMINDERS = (_REMINDED, _TO_BE_REMINDED)
_REQUESTS = (_HABIT, _INSISTED, _TOLD, _SIGNED)
_CUE = Pattern(
    r"train|coach|mentor|tutor|tuition|school|supervis|shadow|lectur|educat|refresh|lesson|course"
    r"|class|workshop|seminar"
    r"|instruct|bootcamp|remind|attention|heed|concentrat|focus|\bcare|attentive|vigilant|mindful"
    r"|diligent|cautious"
    r"|conscientious|disciplined|thorough|alert\b|check|remember|twice|think|listen|read|stick|adher"
    r"|compl|insist|make sure"
    r"|see to it|ensure|demand|expect|require|speak|talk|word|chat|conversation|meeting|tell|ask"
    r"|advise|order|encourage"
    r"|sign|acknowledge|taught|up to speed",
    re.IGNORECASE,
)
"""What each of the forms above holds one of; most actions hold none."""


def learner_of(text: str) -> Learner:
    """Tell whom an action teaches: one person, or a whole team; "" where it teaches nobody.

    A group that has to repeat something, or is taught care, counts as persons: nothing is learned but whose
    fault it was.
    """
    if not _CUE.search(text):
        return ""
    trained = _TRAINED.match(text)
    if trained:
        learner = _learner(trained["who"], humans_only=False)
        if learner == "person" and _MATERIAL.search(trained["who"]) and not _known_person(trained["who"]):
            return "system"
        return _blamed(learner, text)
    found = (form.match(text) for form in _TAUGHT)
    learners = (_learner(one["who"], humans_only=True) for one in found if one)
    return next((_blamed(learner, text) for learner in learners if learner), "")


def exhorts(text: str) -> bool:
    """Tell whether an action reminds people of what they know, or asks them to take more care."""
    if not _CUE.search(text):
        return False
    if _ATTENTION.match(text):
        return True
    spoken = _SPOKEN_TO.match(text)
    if spoken and _REPROACH.match(spoken["topic"]) and _is_staff(spoken["who"], humans_only=True):
        return True
    told = [(form.match(text), form in _REMINDERS) for form in (*_REMINDERS, *_REQUESTS)]
    return not _BY_MACHINE.search(text) and any(
        found and _is_staff(found["who"], humans_only=reminded) for found, reminded in told
    )


def is_public(text: str) -> bool:
    """Tell whether an action teaches or reminds those who use the product, not those who run it."""
    found = (form.match(text) for form in (_TRAINED, *_TAUGHT, *_REMINDERS))
    return any(_learner(one["who"], humans_only=True) == "public" for one in found if one)


def _is_staff(text: str, *, humans_only: bool) -> bool:
    return _learner(text, humans_only=humans_only) in {"person", "group"}


def _blamed(learner: Learner, text: str) -> Learner:
    remedial = learner == "group" and _REMEDIAL.search(text) and not _BOUNDED.search(text)
    return "person" if remedial else learner


def _learner(text: str, *, humans_only: bool) -> Learner:
    """Tell who is named behind a verb; with `humans_only`, a role that software has too is a person's."""
    sentences = split_sentences(text)
    tokens = list(sentences[0].tokens) if sentences else []
    phrase = first_phrase(tokens)
    if not phrase:
        return ""
    after = tokens[tokens.index(phrase[-1]) + 1 :][:1]
    if after and is_word("person", after[0]):  # "on-call engineers"
        phrase = [*phrase, after[0]]
    head = phrase[-1]
    kind = "outsider" if head.low.removesuffix("s") in _PUBLIC else kind_of(phrase, Roster())
    role = humans_only and (is_word("person", head) or head.low.removesuffix("s") in words()["software_role"])
    if kind == "person" or (kind == "system" and role):
        return "group" if _is_plural(phrase) else "person"
    if kind == "unknown":
        return _stranger(text, phrase, humans_only=humans_only)
    return _KINDS.get(kind, "")


def _stranger(text: str, phrase: list[Token], *, humans_only: bool) -> Learner:
    """Judge a name or a trade that no list knows."""
    name = _NAME.match(text.strip())
    if name and not any(_DEPARTMENT.search(part) for part in name.group().split()):
        return "person"
    if name or not humans_only:
        return "group" if name else ""
    return "group" if _is_plural(phrase) else "person" if phrase[0].low in words()["determiner"] else ""


def _known_person(text: str) -> bool:
    return text.split(maxsplit=1)[0].lower().strip(",.'") in words()["given_names"]


def _is_plural(phrase: list[Token]) -> bool:
    head = phrase[-1].low
    common = head.endswith("s") and not head.endswith("ss") and not phrase[-1].text[0].isupper()
    return head in _CROWD or common or any(token.low in _COUNTS for token in phrase[:-1])
