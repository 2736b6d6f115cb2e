"""Log patterns that differ in values alone -> one pattern, with the values in the varying place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from agent.digest import masking, templates
from agent.digest.logs import LogBook, Pattern
from agent.digest.templates import VARIABLE


def merged(book: LogBook) -> list[Pattern]:
    """Join patterns that differ in values alone, as templates.mine tells; sorted by service, level, template.

    What names an event (status, exit code, version) is no value: patterns that differ there stay apart.
    """
    patterns = [book.patterns[key] for key in sorted(book.patterns, key=lambda key: (key[0] or "", *key[1:]))]
    families: dict[tuple[str | None, str, tuple[str, ...]], list[Pattern]] = {}
    for pattern in patterns:
        names = (pattern.service, pattern.level, masking.constants(pattern.exemplar))
        families.setdefault(names, []).append(pattern)
    gone: set[int] = set()
    for family in families.values():
        forms = {id(pattern): templates.masked(pattern.template) for pattern in family}
        mined = templates.mine(forms.values())
        groups: dict[str, list[Pattern]] = {}
        for pattern in family:
            groups.setdefault(mined[forms[id(pattern)]], []).append(pattern)
        for template, (first, *others) in groups.items():
            if others:
                first.form, first.values = _varying([first, *others])
                first.template = template
            for other in others:
                _absorb(first, other)
                gone.add(id(other))
    return [pattern for pattern in patterns if id(pattern) not in gone]


def _varying(group: Sequence[Pattern]) -> tuple[str, dict[str, int]]:
    """Find the word in which the messages of a group differ the most, and count its values.

    Gives the message with <*> in its place; the values are empty where the messages differ in length.
    """
    texts = [pattern.template.split() for pattern in group]
    if len({len(words) for words in texts}) > 1:
        return "", {}
    columns = [set(column) for column in zip(*texts, strict=True)]
    place = max(range(len(columns)), key=lambda index: (len(columns[index]), -index))
    values: Counter[str] = Counter()
    for words, pattern in zip(texts, group, strict=True):
        values[words[place].strip("\"'.,;:()[]{}")] += pattern.count
    if len(values) < 2 or any(VARIABLE in value for value in values):
        return "", {}
    form = [VARIABLE if len(column) > 1 else next(iter(column)) for column in columns]
    return " ".join(form), dict(values)


def _absorb(into: Pattern, other: Pattern) -> None:
    if other.first and (into.first is None or other.first < into.first):
        into.exemplar, into.exception = other.exemplar, other.exception
        into.places = other.places + into.places
    else:
        into.places = into.places + other.places
    into.places = into.places[:3]
    into.count += other.count
    into.undated += other.undated
    times = [time for time in (into.first, other.first) if time]
    into.first = min(times) if times else None
    times = [time for time in (into.last, other.last) if time]
    into.last = max(times) if times else None
    for pod, count in other.pods.items():
        into.pods[pod] = into.pods.get(pod, 0) + count
    into.picks.merge(other.picks)
    into.containers |= other.containers
    into.nodes |= other.nodes
    into.widen(other.width)
    other.widen(into.width)
    for slot, count in other.buckets.items():
        into.buckets[slot] = into.buckets.get(slot, 0) + count
        held = into.starts.get(slot)
        place = other.starts[slot]
        if held is None or place < held:
            into.starts[slot] = place
    into.coarsen()
