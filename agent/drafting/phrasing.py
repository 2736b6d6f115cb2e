"""How drafts put things: filled templates, times of day, lists, and one sentence for what several share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

from agent.drafting.catalogue import PLACEHOLDER
from agent.drafting.telling import told
from agent.schema.digest import FactName
from agent.schema.evidence import Evidence
from agent.schema.postmortem import Claim

MOST_NAMED = 6
_BASELINE = re.compile(r", never in the [\w ]+ before the onset")
_PLURALS = (
    (re.compile(r"^(Deployment|Service|Pod|Node|Job|StatefulSet|DaemonSet) "), r"\1s "),
    (re.compile(r" was "), " were "),
    (re.compile(r" had "), " each had "),
)


def fill(templates: Iterable[str], values: Mapping[str, str]) -> str:
    """Fill the first template whose values are all known; a list must end in one that always is."""
    for template in templates:
        if all(values.get(name) for name in PLACEHOLDER.findall(template)):
            return PLACEHOLDER.sub(lambda found: values[found.group(1)], template)
    raise ValueError("no template can be filled; the last one has to need nothing but {component}")


def clock(time: datetime, told: date | None = None) -> str:
    """Write a time as `2025-12-26 04:32:28 UTC`, without its day where that is `told` already."""
    shown = time.astimezone(UTC)
    return f"{shown:%H:%M:%S} UTC" if shown.date() == told else f"{shown:%Y-%m-%d %H:%M:%S} UTC"


def listed(names: Sequence[str]) -> str:
    """Write `a`, `a and b` or `a, b and c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def plain(evidence: Evidence) -> str:
    """Tell of evidence without how long nothing of the kind was seen before."""
    return _BASELINE.sub("", told(evidence))


def shared(items: Sequence[Evidence]) -> str | None:
    """Say in one sentence what several services have in common; None where they do not.

    What follows a colon is each one's own detail and is left to the appendix.
    """
    names = list(dict.fromkeys(str(item.service) for item in items if item.service))
    forms = {form_of(item) for item in items}
    if len(names) < 2 or len(forms) != 1 or None in forms:
        return None
    text = (forms.pop() or "").replace("\0", _named(names), 1)
    for pattern, plural in _PLURALS:
        text = pattern.sub(plural, text, count=1)
    return text


def form_of(item: Evidence) -> str | None:
    """Give what a statement says of any service, up to a colon; None where it does not name its own once."""
    service = item.service
    text = plain(item)
    if not service or service not in text:
        return None
    head, _, _ = text.replace(service, "\0", 1).partition(": ")
    return head if "\0" in head and service not in head else None


def fact_claim(text: str, name: FactName, evidence: Iterable[str]) -> Claim:
    """Make a claim of a fact, with the first of the evidence behind it."""
    return claim_of(text, name, tuple(evidence)[:4])


def claim_of(text: str, name: FactName, evidence: Iterable[str]) -> Claim:
    """Make a claim of a fact with all of this evidence."""
    return Claim(text=text, evidence=tuple(evidence), facts=(name,))


def _named(names: Sequence[str]) -> str:
    return listed(names) if len(names) <= MOST_NAMED else f"{', '.join(names[:MOST_NAMED])} and more"
