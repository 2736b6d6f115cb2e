"""Where a sentence says the opposite of what it cites: direction, recovery, negation, order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.checks.clause import clause_at, meant_by
from agent.checks.multiple import MULTIPLIED
from agent.checks.near_copy import near_copies
from agent.checks.number_reading import read_quantities
from agent.checks.polarity import NEGATOR, Contradiction, ability, polarity
from agent.checks.support import Support
from agent.checks.untouched import unaffected
from agent.schema.evidence import Evidence

_UP = (
    r"rose|risen|rises?|rising|increas(?:ed?|es|ing)|grew|grown|growing|climb(?:ed|ing|s)?|spik(?:ed?|es|ing)|jump(?:ed|ing|s)?"
    r"|surg(?:ed?|es|ing)|soar(?:ed|ing)?|shot up|went up|gone up|doubled|tripled|quadrupled|multiplied"
    r"|swelled|burst"
    r"|got slower|became slower|grew slower|peaked|higher than|more than before|slower than"
    r"|averaged (?:more|higher)"
    r"|more (?:requests|packets|calls|queries)(?= |$)"
)
_DOWN = (
    r"fell|fall(?:s|en|ing)?|dropp?(?:ed|ing|s)?|decreas(?:ed?|es|ing)|declin(?:ed?|es|ing)|shr[aiu]nk(?:ing)?|sank|sunk|dipp?(?:ed|ing|s)?"
    r"|halved|went down|gone down|plunged|plummeted|collapsed|lower than|less than before|faster than"
    r"|got faster|became faster|sped up|ceased|stopped logging|averaged (?:less|lower|fewer)"
    r"|(?:fewer|less) (?:requests|packets|calls|queries|traffic)(?= |$)"
)
_DIRECTION = re.compile(rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\b", re.IGNORECASE)
_TRANSITIVE = re.compile(
    r"\s*(?:the |any |all |some |its |their )?(?:packets?|requests?|connections?|tables?|messages?"
    r"|frames?|traffic to|behind|over|back|to\s+the\s+floor|through|in love)\b"
    r"|\s+(?:because|due)\b",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"\b(?:back|again|normal|baseline|recover\w*|return\w*|settl\w*|previous|usual"
    r"|before(?=\s*(?:$|[.,;)]|the (?:onset|incident)))|afterwards|eventually|later|until)\b",
    re.IGNORECASE,
)
_FLAT = re.compile(
    r"\b(?:unchanged|constant|flat|stable|steady|unaffected|no change|at (?:its|the) normal level)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    rf"(?:(?:{NEGATOR})(?:\s+\w+){{0,2}}|\bwithout(?:\s+[\w-]+){{0,5}}? (?:having|being)"
    r"|\b(?:none|neither|not one) of(?:\s+[\w-]+){1,6}"
    r"|\bneither(?:\s+[\w:/.-]+){1,3}\s+nor(?:\s+[\w:/.-]+){1,4})\s*$",
    re.IGNORECASE,
)
_RECOVERED = re.compile(
    r"\b(?:recovered|(?:was|were|has been|have been|got|had) (?:resolved|restored|cleared)|resolved"
    r"|returned to (?:its |their |the )?(?:normal|baseline|usual)\w*"
    r"|back to normal|went away|subsided|(?<=not )recover(?! (?:until|before|within|for|by)\b))\b",
    re.IGNORECASE,
)
_OF_ALERTS = re.compile(
    r"\balerts?\b[^,;]*\b(?:resolved|cleared)|\b(?:resolved|cleared) alerts?\b", re.IGNORECASE
)
"""Says of alerts that they ended, also as what tells them from others: "the resolved alerts"."""
_IN_PASSING = re.compile(
    r"\b(?:during|after|before|since|until|throughout) (?:the|this|that|its|their|an?)(?: \w+)? $",
    re.IGNORECASE,
)
"""In front of a noun that says when: "during the rise"."""
_NOUN = re.compile(r"rise|fall|drop|surge|spike|jump|increase|decrease|dip|burst", re.IGNORECASE)
_CONTAINED = re.compile(
    r"\b(?:was|were|stayed|remained) (?P<how>contained|confined|isolated)\b"
    r"(?! (?:after|at|by|from|in|once|to|until|when|within))",
    re.IGNORECASE,
)


def contradictions(text: str, bare: str, support: Support) -> Iterator[Contradiction]:
    """Yield what a sentence says against its citations; `bare` is `text` without its quotations."""
    text, bare = (said.replace("\u2019", "'") for said in (text, bare))
    yield from _directions(bare, support)
    yield from _recoveries(bare, support)
    yield from polarity(bare, support)
    yield from ability(bare, support)
    yield from _spread(bare, support)
    yield from unaffected(bare, support)
    yield from near_copies(text, support, _sense)


def direction_of(item: Evidence) -> str:
    """Return "up", "down" or "" for what one piece of evidence shows against its baseline."""
    values = item.attributes
    if item.kind in {"M", "T"}:
        if values.get("direction") in {"up", "down"}:
            return values["direction"]
        return _against(values.get("before", ""), values.get("after", ""))
    if item.kind == "L":
        found = {"new": "up", "burst": "up", "silent": "down"}.get(values.get("novelty", ""))
        return found or ""
    if item.kind == "A":
        change = re.search(r"Normal=(?P<low>[\d.]+).*?Current=(?P<high>[\d.]+)", item.statement)
        return _against(change["low"], change["high"]) if change else ""
    return ""


def _against(before: str, after: str) -> str:
    try:
        low, high = float(before), float(after)
    except ValueError:
        return ""
    return "up" if high > low else "down" if high < low else ""


def _moves(before: str, after: str) -> str:
    """Tell the direction between two levels as written; where only one has a unit, it is that of both."""
    low, high = (_level(text) for text in (before, after))
    if low is None or high is None:
        return ""
    if low[1] != high[1]:
        return _against(re.sub(r"[^\d.]|\.$", "", before), re.sub(r"[^\d.]|\.$", "", after))
    return _against(str(low[0]), str(high[0]))


def _level(text: str) -> tuple[float, str] | None:
    numbers, spans = read_quantities(text.rstrip("."))
    if spans:
        return spans[0].seconds, "time"
    return (numbers[0].base, numbers[0].kind) if numbers else None


def _directions(text: str, support: Support) -> Iterator[Contradiction]:
    moving = [(item, found) for item in support.items if (found := direction_of(item))]
    for match in _DIRECTION.finditer(text):
        said = "up" if match.group("up") else "down"
        pair = re.match(
            r"[^.;]{0,30}?\bfrom (?:about |roughly |around )?(?P<low>[\d.]+(?:\s?[a-zA-Z%]{1,3}\b)?)"
            r"[^\d;]{0,12}?\bto (?:about |roughly |around )?(?P<high>[\d.]+(?:\s?[a-zA-Z%]{1,3}\b)?)",
            text[match.end() :],
        )
        if pair and _moves(pair["low"], pair["high"]) not in {"", said}:
            yield Contradiction(
                match.group(),
                "",
                f'"{match.group()}" goes against its own numbers, {pair["low"]} to {pair["high"]}',
            )
            continue
        passing = _NOUN.fullmatch(match.group()) and _IN_PASSING.search(text[: match.start()])
        if passing or _TRANSITIVE.match(text, match.end()) or not moving:
            continue
        denied = bool(_DENIED.search(text[: match.start()]))
        if denied and MULTIPLIED.fullmatch(match.group()):
            continue
        meant = meant_by(text, match, [item for item, _ in moving])
        if match.group().lower() == "peaked" and not any(item.attributes.get("change") for item in meant):
            continue
        shown = {found for item, found in moving if item in meant}
        if denied:
            contrary = shown == {said}
        else:
            returned = _BACK.search(text) and any(_has_ended(item) for item in meant)
            contrary = said not in shown and not returned
        if contrary:
            first = meant[0]
            yield Contradiction(
                match.group(), first.id, f'"{match.group()}" is not what {first.id} shows: {first.statement}'
            )
    for match in _FLAT.finditer(text):
        clause = clause_at(text, match.start(), match.end())
        meant = [
            item
            for item in meant_by(text, match, [i for i, _ in moving])
            if item.kind == "M" and item.service and item.service.lower() in clause.lower()
        ]
        if meant and not _DENIED.search(text[: match.start()]):
            yield Contradiction(
                match.group(),
                meant[0].id,
                f'"{match.group()}" is not what {meant[0].id} shows: {meant[0].statement}',
            )


def _recoveries(text: str, support: Support) -> Iterator[Contradiction]:
    lasting = [
        item for item in support.items if item.kind in {"M", "A"} and item.attributes.get("harm") != "good"
    ]
    if (
        not lasting
        or len(lasting) != len(support.items)
        or any(fact.name in {"ended", "mitigated"} for fact in support.facts)
    ):
        return
    for match in _RECOVERED.finditer(text):
        denied = bool(_DENIED.search(text[: match.start()]))
        meant = meant_by(text, match, lasting)
        if _OF_ALERTS.search(clause_at(text, match.start(), match.end())):
            meant = [item for item in meant if item.kind == "A"]
        if not meant:
            continue
        ended = [item for item in meant if _has_ended(item)]
        if (not ended) != denied and (not denied or len(ended) == len(meant)):
            says = "lasted to the end of the recording" if not ended else "ended"
            yield Contradiction(
                match.group(), meant[0].id, f'"{match.group()}": what {meant[0].id} shows {says}'
            )


def _spread(text: str, support: Support) -> Iterator[Contradiction]:
    """Find trouble that is said to have been contained, over evidence of it in several services."""
    found = _CONTAINED.search(text)
    if found is None or _DENIED.search(text[: found.start("how")]):
        return
    low = text.lower()
    shown = {
        item.service: item for item in support.items if item.service and item.attributes.get("harm") != "good"
    }
    named = [name for name in shown if name.lower() in low and name not in support.nodes]
    if len(named) > 1:
        yield Contradiction(
            found.group(), shown[named[1]].id, f'"{found.group()}", and {named[0]} and {named[1]} showed it'
        )


def _has_ended(item: Evidence) -> bool:
    return item.end is not None or bool(item.attributes.get("recovered_after"))


def _sense(word: str) -> str:
    """Write verbs of direction as one word each."""
    if word == "peaked":
        return "peak"
    match = _DIRECTION.fullmatch(word)
    return word if match is None else "rose" if match.group("up") else "fell"
