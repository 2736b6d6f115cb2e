"""Action items that teach, remind or exhort people: whom, and whether it is a whole team."""

from __future__ import annotations

import re

from agent.checks.pattern import Pattern
from agent.checks.recipient import Recipient, is_known_person, is_staff, recipient_of

_BEFORE = r"^\W*(?:(?:please|also|then|formally|again|immediately|individually|personally|thoroughly) )*"
_MAY = r"(?:to|will|must|shall|should|needs? to|ha(?:s|ve) to|ought to|(?:is|are) to)"
_WHO = r"(?P<who>(?:[\w@'\u2019.-]+ ){1,8}?)"
_FIRST = rf"(?!(?:let|make|have|add|show|require|allow|help|ask|tell|get|give)\b){_WHO}"
"""Who is named where the sentence begins, with no verb in front."""
_LESSON = (
    r"(?:(?:re-?)?training|coaching|mentoring|tuition|refreshers?|lessons?|courses?|class(?:es)?"
    r"|workshops?|seminar"
    r"|schooling|supervision|instruction|bootcamp)(?! (?:cluster|data|set|jobs?|runs?|pipeline|nodes?"
    r"|models?|system"
    r"|portal|tool|environment|account|material|room))"
)
_KIND = r"(?:(?:an?|the|some|another|more) )?(?:(?!(?:to|of|in|on|for|from|with|into)\b)[\w-]+ ){0,4}?"
_TRAINED = Pattern(rf"{_BEFORE}(?:re-?)?(?:train|school)\s+(?P<who>.+)$", re.IGNORECASE | re.DOTALL)
_TAUGHT = (
    Pattern(
        rf"{_BEFORE}(?:coach|mentor|tutor|supervise|shadow|lecture|educate) (?P<who>.+)$",
        re.IGNORECASE | re.DOTALL,
    ),
    Pattern(
        rf"{_BEFORE}(?:(?:give|offer|provide|arrange|organi[sz]e|schedule|book|hold|run|set up|plan|get) )?"
        rf"{_KIND}{_LESSON}(?: (?:sessions?|courses?|class(?:es)?|days?))?(?: (?:on|in"
        rf"|about) [^.;]+?)? (?:for|of|with) (?P<who>.+)$",
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
_TO_BE_REMINDED = Pattern(
    rf"{_BEFORE}{_FIRST}(?:{_MAY} be|is|are|gets?) (?:\w+ )?(?:reminded|(?:told|instructed) again)\b",
    re.IGNORECASE,
)
_SENT_ROUND = Pattern(
    rf"{_BEFORE}(?:(?:send|issue|write|post|circulate|publish|put) (?:out |round |around )*)?(?:an? "
    rf"|another )?"
    r"(?:(?:general|short|friendly|firm|new|monthly|written) )*reminders? (?:that|about|of|on)\b",
    re.IGNORECASE,
)
"""A reminder to nobody in particular is one to all."""
_BY_MACHINE = Pattern(
    r"\b(?:automatic\w*|bots?|cron|jobs?|system|tools?|apps?|scripts?|sms|text message|e-?mail\w*|push|in-app"
    r"|on[- ]screen|popups?|notification\w*|banners?)\b",
    re.IGNORECASE,
)
_ON_TIME = Pattern(
    r"\b(?:when(?:ever)?|if|once(?! more)|every|daily|weekly|monthly|nightly|expir\w+|renew\w*"
    r"|\d+ (?:minutes?|hours?|days?|weeks?|months?))\b",
    re.IGNORECASE,
)
"""When a machine reminds; a superior does so once more."""
_ATTENTION = Pattern(
    rf"{_BEFORE}(?:{_FIRST}(?:{_MAY} )?(?:\w+ly )?|)"
    r"(?:pays? (?:\w+ )?(?:attention|heed)\b|concentrates? (?:better|harder|more(?= (?:in|on|during"
    r"|when|at)\b|$))"
    r"|focus(?:es)? (?:better|harder)|takes? (?:(?:more|extra|greater|better|particular|special|due) )+care\b"
    r"|(?:be|stay|remain) (?:(?:more|extra|very|much|especially|particularly|always|really) )*"
    r"(?:careful|attentive|vigilant|mindful|diligent|cautious|conscientious|disciplined|thorough"
    r"|alert)\b(?! on\b))",
    re.IGNORECASE,
)
_HABIT = Pattern(
    rf"{_BEFORE}{_FIRST}(?:{_MAY} )?(?:\w+ly |all |each )?(?:double-?checks?|remembers?|looks? twice"
    rf"|thinks? (?:twice|first)"
    r"|listens?|reads? [^.;]{1,40} (?:carefully|properly|again|before)|sticks? to|adheres?|compl(?:y"
    r"|ies) with)\b",
    re.IGNORECASE,
)
_INSISTED = Pattern(
    rf"{_BEFORE}(?:insist|make sure|see to it|stress|emphasi|reiterat|repeat|point out|clear|explain"
    rf"|impress|brief|ensure|demand|expect|require) (?:that )?{_WHO}"
    r"(?:(?:to|must|always|actually|really|properly) )*(?:reads?(?!.* from\b)|remembers?"
    r"|follows?(?! up)|respects?|obeys?"
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
    rf"{_BEFORE}{_FIRST}{_MAY} (?:\w+ )?(?:sign|acknowledge|confirm|accept|read|re-?read) .{{1,60}}\b"
    r"(?:again|anew|once more|in writing)\b",
    re.IGNORECASE,
)


_PRESSED = Pattern(
    rf"{_BEFORE}(?:stress|emphasi[sz]e|reiterate|repeat|point out|make (?:it )?(?:\w+ )?clear|insist|explain"
    r"|impress(?: up)?on|(?:re-?)?brief)(?: (?:once more|again|clearly))*(?: to)? "
    r"(?P<who>(?:[\w@'\u2019.-]+ ){1,8}?)(?:(?:once more|again) )?(?:that|how important|why it is"
    r"|the importance)\b",
    re.IGNORECASE,
)
_REMINDERS = (_REMINDED, _TO_BE_REMINDED, _PRESSED)
_REQUESTS = (_HABIT, _INSISTED, _TOLD, _SIGNED)
_CUES = (
    *"""
    train coach mentor tutor tuition school supervis shadow lectur educat refresh lesson course class
    workshop seminar instruct bootcamp remind attention heed concentrat focus care attentive vigilant
    mindful diligent cautious conscientious disciplined thorough alert double- doublecheck remember
    twice think listen read stick adher compl insist stress emphasi reiterat repeat clear explain
    impress brief ensure demand expect require speak talk word chat conversation meeting tell ask advise
    order encourage sign acknowledge confirm accept taught follow again
    """.split(),  # noqa: SIM905
    "make sure",
    "see to it",
    "point out",
    "up to speed",
)
"""What each of the forms above holds one of; most actions hold none."""


def learner_of(text: str) -> Recipient:
    """Tell whom an action teaches: one person, or a whole team; "" where it teaches nobody.

    A group that has to repeat something, or is taught care, counts as persons: nothing is learned but whose
    fault it was.
    """
    if not _has_cue(text):
        return ""
    trained = _TRAINED.match(text)
    if trained:
        learner = recipient_of(trained["who"], humans_only=False)
        if learner == "person" and _MATERIAL.search(trained["who"]) and not is_known_person(trained["who"]):
            return "system"
        return _blamed(learner, text)
    for form in _TAUGHT:
        found = form.match(text)
        learner = recipient_of(found["who"], humans_only=True) if found else ""
        if learner:
            return _blamed(learner, text)
    return ""


def exhorts(text: str) -> bool:
    """Tell whether an action reminds people of what they know, or asks them to take more care."""
    if not _has_cue(text):
        return False
    if _ATTENTION.match(text):
        return True
    spoken = _SPOKEN_TO.match(text)
    if spoken and _REPROACH.match(spoken["topic"]) and is_staff(spoken["who"], humans_only=True):
        return True
    if _BY_MACHINE.search(text):
        return False
    if _SENT_ROUND.match(text) and not _ON_TIME.search(text):
        return True
    reminded = () if _ON_TIME.search(text) else (form.match(text) for form in _REMINDERS)
    asked = (form.match(text) for form in _REQUESTS)
    return any(is_staff(one["who"], humans_only=True) for one in reminded if one) or any(
        is_staff(one["who"], humans_only=False) for one in asked if one
    )


def is_public(text: str) -> bool:
    """Tell whether an action teaches or reminds those who use the product, not those who run it."""
    found = (form.match(text) for form in (_TRAINED, *_TAUGHT, *_REMINDERS))
    return any(recipient_of(one["who"], humans_only=True) == "public" for one in found if one)


def _has_cue(text: str) -> bool:
    low = text.lower()
    return any(cue in low for cue in _CUES)


def _blamed(learner: Recipient, text: str) -> Recipient:
    remedial = learner == "group" and _REMEDIAL.search(text) and not _BOUNDED.search(text)
    return "person" if remedial else learner
