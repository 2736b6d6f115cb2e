"""What in a sentence explains a blaming phrase away: a reason, or that it is mentioned and not used."""

from __future__ import annotations

import re

from agent.checks.pattern import Pattern
from agent.checks.phrase import first_phrase
from agent.checks.sentence import Sentence
from agent.checks.subject import Roster, kind_of

_REASON = Pattern(
    r"\b(?:because(?! of)|since(?! (?:\d|last|the (?:start|morning)"
    r"|\w+ing\b|(?:the|its|our|this) \w+(?:[.,;]|$)|(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec"
    r"|mon|tues|wednes|thurs|fri|satur|sun|yester)\w*\b)|then)|(?:so|given) that|given(?= the| "
    r"how| what)"
    r"|owing to|due to|because of|while(?= (?:the|its?|all|no|both)\b))\b\s*|, as\s+|\bas (?=(?:the|it"
    r"|there|no)\b)|: (?=(?:the|its?|no|there)\b)"
    r"|; (?=(?:the|its?|no|there)\b)|,? which (?:is|was) the (?:documented|usual|standard|normal|agreed)\s*",
    re.IGNORECASE,
)
_REJECTED_BEFORE = Pattern(
    r"\b(?:instead of|rather than|in place of|decided against|refrain(?:ed)? from|not by|more than"
    r"|reject(?:ed|s)?"
    r"|dropped|discarded|withdrew|the (?:proposal|idea|suggestion|wish) to|does not help to"
    r"|no use to)\b[^.;]{0,45}$"
    r"|^\W*(?:telling|asking|reminding|urging|training|retraining|blaming|warning)\b[^.;]{0,30}$",
    re.IGNORECASE,
)
_RELIEVED = Pattern(r"\b(?:not|\w+n't|no longer|never|nobody|no one) (?:\w+ )?$", re.IGNORECASE)
"""What people need not do any more is not asked of them."""
_REJECTED_AFTER = Pattern(
    r"^[^.;]{0,70}?\b(?:(?:does|do|did|has|have|will|would|can|could)(?: not|n't)|cannot|never|hardly"
    r"|rarely) "
    r"(?:scale|help|work|suffice|change|prevent|fix|be enough|reveal|made|solve)"
    r"|^[^.;]{0,70}?\b(?:would|will|does|did|can) (?:change|help|fix|solve|prevent|achieve)"
    r" (?:nothing|little|no)\b"
    r"|^[^.;]{0,60}?\b(?:(?:is|was|are|were)(?: not|n't) "
    r"(?:enough|(?:an?|the) (?:answer|fix|remedy|solution|control|way))"
    r"|was (?:rejected|dropped|replaced))",
    re.IGNORECASE,
)
_HYPOTHESIS = Pattern(
    r"\b(?:suspect(?:ed|s|ing)?|suspicion|hypothes[ei]s|theory|thought to be|believed to be|at first"
    r"|initially|ruled out"
    r"|turned out (?:not|to be something)|first (?:taken|assumed|classified|guess)|mistaken for|assumed to be"
    r"|appeared to be|looked like|possible causes?)\b",
    re.IGNORECASE,
)
_ASKED = Pattern(r"^\W*(?:was|is|were) (?:it|this|that|there)\b[^.!]{0,60}\?", re.IGNORECASE)
_MENTION_BEFORE = Pattern(
    r"\b(?:not|never|no|nor|neither|instead of|rather than|avoid(?:s|ing)?|without|blameless|beyond|don't|"
    r"doesn't|isn't"
    r"|reject(?:s|ed)?|than|the (?:term|word|phrase|label|category)|calling|labell?(?:ed|"
    r"ing)?|wrong to|misleading to|too easy to|tempting to|easy to (?:call|blame|put|say)"
    r"|unfair to)\b[^.;]{0,45}$"
    r"|\b(?:fields?|column|options?|drop-?down|check ?box|menu|tag|code|entry|filter) for [^.;]{0,20}$"
    r"|\b(?:said|says|reads?|wrote|called it|listed|stated|sp(?:eaks?|oke) of)\b[^.;]{0,12}$",
    re.IGNORECASE,
)
_MENTION_AFTER = Pattern(
    r"^[^.;]{0,30}\b(?:(?:is|are|was|were|does|do|must|should|can)(?: not|n't)|cannot|no longer|"
    r"explains nothing"
    r"|starts? (?:an? )?(?:inquiry|investigation)|is a (?:label|symptom)|alone (?:does|is))\b",
    re.IGNORECASE,
)


_DENIED = Pattern(
    r"\b(?:no (?:evidence|sign|indication|hint|suggestion|proof|reason to (?:think|believe|assume|say))"
    r"|nothing (?:(?:here|there|in [^,;.]{1,30}?) )?(?:suggests?|indicates?|shows?|says?|points?|proves?)"
    r"|(?:not|never|n't|wrong|unfair|misleading|too easy|of no use|no help) to "
    r"(?:say|claim|conclude|state|suggest|call|imply|blame|name)"
    r"|(?:not|never|n't|nobody|no one) "
    r"(?:see|saw|regard|consider|treat|count|classify|read|view|understand)s?"
    r" (?:this|that|it|them|any of (?:this|it)|the \w+) as"
    r"|(?:does|do|did|is|was)(?: not|n't) (?:mean|imply|suggest|say|show|prove|because|that)"
    r"|it is not (?:true|the case)|(?:instead of|rather than) (?:asking|saying|writing|calling|naming)"
    r"|(?:found|saw|see) no)\b[^.;]{0,80}$"
    r"|^\W*(?:calling|labell?ing|blaming|stating|saying|claiming|naming|writing|concluding|asking)\b[^.;]{0,90}$",
    re.IGNORECASE,
)
_EXCULPATED = Pattern(
    r"\b(?:would|could|might) (?:\w+ )?have (?:done|acted|decided|chosen|reacted|made|read|seen|taken)"
    r"(?: (?:it|that|this|them))?(?: in)?(?: exactly| just)? (?:the same|likewise|alike|no different)"
    r"|\b(?:nobody|no one)\b[^.;]{0,40} could (?:possibly )?have (?:known|foreseen|guessed|suspected|told)\b"
    r"|\b(?:any|every|most|all|each|others?)\w*\b[^.;]{0,40} would (?:\w+ )?have \w+ [^.;]{0,40}\bthe same "
    r"(?:way|thing|key|choice|button|decision|conclusion|command|host|row|line|number|answer)\b"
    r"|\b(?:would|could|might) (?:\w+ )?have \w+ (?:\w+ ){0,3}?(?:the same|that|this) \w+[^.;]{0,10}"
    r"(?:,? (?:because|since|as|for) |: (?=the|no|its?\b))"
    r"|\b(?:nobody|no one) made an? (?:error|mistake|slip) (?:that|which)\b[^.;]{0,40} would not have"
    r"|\b(?:under|with|given|on) the same (?:conditions|circumstances|information|evidence|screens?)\b",
    re.IGNORECASE,
)
_LEGAL = Pattern(
    r"\b(?:courts?|insur\w+|contracts?|clauses?|lawsuits?|legal\w*|liabilit\w+|statut\w+|settlements?"
    r"|warrant(?:y|ies)|attorneys?|lawyers?|tribunals?|indemnit\w+|claimants?|plaintiffs?|defendants?)\b",
    re.IGNORECASE,
)


_TERM_OF_LAW = Pattern(
    r"negligen|neglect|reckless|carel|wil?lful|faith|malice|due |dut|liab|gross|misconduct|inattent"
    r"|incompeten|irresponsib|derelict|fault",
    re.IGNORECASE,
)


def is_denied(sentence: Sentence, match: re.Match[str]) -> bool:
    """Tell whether the sentence says that blame would be wrong, or that others would have done the same."""
    return bool(_DENIED.search(sentence.text[: match.start()]) or _EXCULPATED.search(sentence.text))


def is_legal(sentence: Sentence, match: re.Match[str]) -> bool:
    """Tell whether the words are a term of law, such as "negligence", in a sentence about law."""
    return bool(_TERM_OF_LAW.search(match.group()) and _LEGAL.search(sentence.text))


_PURPOSE = Pattern(
    r"^(?! (?:the |an? |any |all )?(?:\w+ )?(?:instruction|order|advice|request|rule|duty|warning)s? to)"
    r"[^.;]{0,60}?\b(?:to (?:keep|protect|stop|prevent|contain|isolate|shed|free|relieve|preserve) "
    r"(?:the|further|more|new|all|other|both|double|any|its|their)"
    r"|after (?:we|they|he|she|having)(?: had)? (?:seen|checked|confirmed|verified|found|made sure)"
    r"|on purpose|for the time being"
    r"|as (?:planned|agreed|documented|intended|instructed|advised|scheduled|described)"
    r"|as step \d|per (?:the )?(?:\w+ )?(?:procedure|runbook|plan|policy|playbook|checklist)"
    r"|under (?:an? |the )?(?:exception|waiver|dispensation|exemption)"
    r"|as the (?:\w+ )?(?:runbook|plan|procedure|manual|playbook|checklist) "
    r"(?:says|said|asks|asked|requires|required))\b",
    re.IGNORECASE,
)
"""What was done for the system's sake, by agreement, or upon a finding, was a decision and not a lapse."""


def is_explained(sentence: Sentence, match: re.Match[str], roster: Roster) -> bool:
    """Tell whether the sentence itself gives a reason that is not another person's doing."""
    if _PURPOSE.search(sentence.text[match.end() :]):
        return True
    for reason in _REASON.finditer(sentence.text):
        if match.start() < reason.start() < match.end():
            continue
        phrase = first_phrase([token for token in sentence.tokens if token.start >= reason.end()])
        if kind_of(phrase, roster) not in {"person", "team", "we", "self"}:
            low = phrase[0].low if phrase else ""
            if low not in {"they", "he", "she", "their", "his", "her"}:
                return True
    return False


_NAMED = Pattern(
    r"\b(?:term|word|phrase|label|category|expression|adjective|adverb)s?,? "
    r"(?:such as |like |of )?(?:\w+ (?:and|or) )?[\"']?$",
    re.IGNORECASE,
)


def is_named(sentence: Sentence, match: re.Match[str]) -> bool:
    """Tell whether the words are introduced as words: the term ..., the label ...; or name an :emoji:."""
    before, after = sentence.text[: match.start()], sentence.text[match.end() :]
    return bool(_NAMED.search(before)) or (before.endswith(":") and after.startswith(":"))


def is_rejected(sentence: Sentence, match: re.Match[str]) -> bool:
    """Tell whether a remedy is named as one that was not taken or does not help."""
    before, after = sentence.text[: match.start()], sentence.text[match.end() :]
    relieved = match.group().lower().startswith(("have to", "need to")) and _RELIEVED.search(before)
    return bool(relieved or _REJECTED_BEFORE.search(before) or _REJECTED_AFTER.search(after))


def is_hypothesis(sentence: Sentence) -> bool:
    """Tell whether the sentence reports what was thought at the time, or only asks."""
    return bool(_HYPOTHESIS.search(sentence.text) or _ASKED.match(sentence.text))


def is_mentioned(sentence: Sentence, match: re.Match[str]) -> bool:
    """Tell whether the words are talked about, or denied, and not used."""
    before, after = sentence.text[: match.start()], sentence.text[match.end() :]
    return bool(_MENTION_BEFORE.search(before) or _MENTION_AFTER.search(after))
