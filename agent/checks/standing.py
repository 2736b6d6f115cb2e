"""Whether a statement claims more certainty than its evidence gives, rule G06."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.checks.evidence_text import text_of
from agent.checks.places import Place
from agent.checks.stem import stem, stems
from agent.checks.support import Support
from agent.schema.postmortem import Cause

_HARD = frozenset("LMACKT")
_CERTAIN = re.compile(
    r"\b(?:the (?:root )?cause (?:is established|is known|was|is(?! not| open| unknown| probably"
    r"| likely))|was caused by|is caused by|"
    r"(?:clearly|definitely|certainly|undoubtedly|proven|proves?|without doubt))\b",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"\b(?:likely|probabl[ey]|possibl[ey]|may|might|could have|perhaps|suggests?|suggested"
    r"|appear(?:s|ed)? (?:to|that|as|likely|not)|it appears|seems?|seemed|"
    r"suspected|presumably|point(?:s|ed)? (?:at|to)(?! the same)|consistent with|which fits?|indicates?"
    r"|would explain|not established|candidate)\b",
    re.IGNORECASE,
)
_CAUSAL = re.compile(
    r"(?<!\w)(?:because|caused(?: by)?|causes|causing|led to|leads to|leading to|resulted in|due to"
    r"|owing to|triggered(?: by)?(?! (?:the |an? |its |both |two )*(?:alert|alarm|page))"
    r"|as a result|shows as|therefore|hence|which meant|which means"
    r"|brought down|spread (?:from|to)|which made (?:it|the|them)|showed that"
    r"|responsible for|root cause|so that|forced|before (?:it|they) (?:could|had)"
    r"|behind (?:this|that|it|these)\b(?=[^.:;]* (?:stood|lay|was)\b))(?!\w)",
    re.IGNORECASE,
)
_NOT_TELLING = frozenset(
    stem(word)
    for word in """not could half dozen two three four five six seven eight nine ten single several many none
    never missing record recorded""".split()  # noqa: SIM905
)
_SETTLED = re.compile(
    r"\b(?:the (?:root )?cause (?:is|was) (?:established|known|clear|proven|confirmed)"
    r"|the root cause (?:is|was)(?! not| open| unknown))\b",
    re.IGNORECASE,
)
_DONE_BEFORE = re.compile(
    r"\bhad been (?:\w+ly )?(?P<deed>lowered|raised|reduced|increased|removed|disabled|enabled|changed"
    r"|deleted|renamed|reverted|edited|switched|upgraded|downgraded|misconfigured|tightened|shortened)\b",
    re.IGNORECASE,
)
"""Says that somebody changed something earlier."""
_ABSENT = re.compile(
    r"\b(?:no recorded|(?:evidence|recording|logs|metrics) (?:holds?|shows?|contains?|has|have) (?:no"
    r"|nothing|none)|"
    r"nothing (?:in the recording|recorded)|was not recorded|were not recorded)\b",
    re.IGNORECASE,
)


def overstated(place: Place, support: Support) -> Iterator[tuple[str, str, str]]:
    """Yield words, message and suggestion where "supported" stands on a guess or on reasoning."""
    if place.standing != "supported":
        return
    hedge = _HEDGED.search(place.bare)
    if hedge:
        yield (
            hedge.group(),
            f'is called supported, but says "{hedge.group()}"',
            'Mark it "inferred", or say only what the evidence shows.',
        )
        return
    absence = _ABSENT.search(place.bare)
    shown = any(fact.known or fact.note for fact in support.facts) or any(
        item.kind == "N" for item in support.items
    )
    if absence and not shown:
        yield (
            absence.group(),
            f'is called supported, but "{absence.group()}" is about what was not recorded',
            'Mark it "inferred".',
        )
    for link in _CAUSAL.finditer(place.bare):
        if link.group().lower() in support.text or any(item.kind == "H" for item in support.items):
            continue
        if _one_item_has_both(place.bare, link, support):
            continue
        yield (
            link.group(),
            f'is called supported, but "{link.group()}" is reasoning: no cited evidence makes this link',
            'Mark it "inferred", or give the observation alone.',
        )
        return


def unshown_change(place: Place, support: Support) -> Iterator[tuple[str, str, str]]:
    """Yield an earlier change that a supported claim, or an evidenced why, has and its evidence has not."""
    evidenced = ".whys." in place.section and bool(place.own)
    if not (place.standing == "supported" or evidenced):
        return
    deed = _DONE_BEFORE.search(place.bare)
    no_change = all(item.kind in "LKA" for item in support.items)
    if deed and no_change and stem(deed["deed"]) not in stems(support.raw):
        yield (
            deed.group(),
            f'is called supported, but no cited evidence shows that anything "{deed.group()}"',
            'Mark it "inferred", or cite the change.',
        )


def too_certain(place: Place, verdict: str) -> Iterator[tuple[str, str, str]]:
    """Yield where a sentence calls the cause settled, and the verdict on the cause does not."""
    certain = _SETTLED.search(place.bare)
    if verdict in {"probable", "not established"} and certain and not _HEDGED.search(place.bare):
        message = f'says "{certain.group()}", and the cause of this draft is {verdict}'
        yield certain.group(), message, "Say how likely it is."


def _one_item_has_both(text: str, link: re.Match[str], support: Support) -> bool:
    """Tell whether one piece of evidence speaks of both sides of a causal word: it makes the link itself."""
    before = re.split(r"[:;.]\s", text[: link.start()])[-1]
    after, *rest = re.split(r"[:;.,](?:\s|$)", text[link.end() :])
    if not before.strip() and rest:
        before = rest[0]
    left, right = (frozenset(stems(side) - _NOT_TELLING) for side in (before, after))
    for item in support.items:
        told = stems(text_of(item))
        if left and right and all(len(side & told) > 0.5 * len(side) for side in (left, right)):
            return True
    return False


def overstated_cause(cause: Cause) -> Iterator[tuple[str, str, str]]:
    """Yield what makes a cause's verdict or its words more certain than its claim and evidence."""
    claim = cause.claim
    if claim.standing == "stated by a person":
        return
    if cause.verdict == "established":
        if claim.standing == "inferred":
            yield (
                "established",
                "is called established, but its claim is inferred",
                'Use "probable", or cite evidence that shows it.',
            )
        if not any(cited[0] in _HARD for cited in claim.evidence):
            message = "is called established without evidence from a system"
            yield "established", message, 'Use "not established" and ask a question.'
        hedge = _HEDGED.search(claim.text)
        if hedge:
            message = f'is called established, but its claim says "{hedge.group()}"'
            yield hedge.group(), message, 'Use "probable", or cite evidence that shows it.'
    elif cause.verdict in {"probable", "not established"}:
        certain = _CERTAIN.search(claim.text)
        if certain and not _HEDGED.search(claim.text):
            message = f'is called {cause.verdict}, but its claim says "{certain.group()}"'
            yield certain.group(), message, "Say how likely it is, or cite evidence that establishes it."
