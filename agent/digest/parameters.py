"""The values that a log message carries, by the name that stands beside each, and what many of them show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent.digest import quantities
from agent.digest.logs import Place
from agent.digest.observation import one_line
from agent.digest.quantities import Quantity

_HEAD = 600
_TOKEN = re.compile(r'"((?:[^"\\\n]|\\.){0,80})"|[^\s=,;()\[\]{}"\'|<>:][^\s=,;()\[\]{}"\'|<>]*')
_IDS = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ].*)?\Z|\d\d:\d\d(?::\d\d.*)?\Z|0[xX][0-9a-fA-F]+\Z"
    r"|(?=[0-9a-fA-F-]*\d)(?=[0-9a-fA-F-]*[a-fA-F-])[0-9a-fA-F-]{8,}\Z|(?=\S*\d)(?=\S*[A-Za-z])[\w+/=-]{24,}\Z"
)
"""Times, addresses in memory, hexadecimal ids and long words of letters and digits: no two are alike."""
_WORD = re.compile(r"[A-Za-z][A-Za-z_-]*\Z")
_STOPS = frozenset((
    "a", "an", "the", "to", "of", "in", "on", "at", "by", "for", "from", "with", "is", "was", "are", "be",
    "and", "or", "not", "as", "after", "before", "than", "has", "have", "had", "only", "within", "over",
    "into", "via", "took", "about", "up", "now", "all", "still", "last", "next",
))  # fmt: skip
_WEAK = frozenset((
    "size", "count", "number", "time", "total", "limit", "usage", "used", "length", "no", "id",
))  # fmt: skip
"""Words that say little without the one before them."""
_LABELS = frozenset((
    "id", "pid", "tid", "port", "user", "order", "account", "session", "request", "line", "thread", "shard",
    "partition", "node", "worker", "replica", "epoch", "version", "no", "host", "pod", "job", "task", "block",
    "key", "index", "instance", "customer", "tenant", "status", "code", "server", "broker", "member", "term",
    "span", "trace", "transaction", "ref", "seq", "sequence", "offset", "generation", "revision", "year",
))  # fmt: skip
"""What a number after it names instead of measures."""
_OUTER = frozenset((
    "time", "ts", "timestamp", "level", "lvl", "severity", "logger", "caller", "msg", "message", "thread",
    "source", "file", "function", "class", "stack", "stacktrace", "error", "err", "exception", "trace_id",
    "traceid", "span_id", "spanid", "stream", "pid", "hostname", "@timestamp", "tag", "ident",
))  # fmt: skip
"""Fields of structured records that are not about what happened, or stand in the message already."""
_SETTINGS = frozenset((
    "size", "limit", "max", "min", "pool", "timeout", "capacity", "threads", "connections", "replicas",
    "retries", "attempts", "active", "idle", "waiting", "heap", "memory", "quota", "queue", "total", "users",
    "workers",
))  # fmt: skip
"""What a number that is always the same tells something of."""
MOST_NAMES = 40
_MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class Sample:
    """One record that was read again: when it was logged, where it stands, and its values by name."""

    place: Place
    second: int
    """Epoch seconds, or picks.UNDATED."""
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """What one parameter showed over all samples."""

    name: str
    values: tuple[tuple[str, int], ...]
    """Its words with their counts, the most frequent first; of a measure none."""
    spread: tuple[str, str, str] | None
    """Least, middle and largest of a measure, as they were written."""
    unit: str
    """Of a measure: s, B, % or nothing."""
    distinct: int
    count: int
    telling: tuple[Place, ...]
    """Where the most frequent value, or the least and the largest one, stand."""

    def text(self) -> str:
        """Say it in one line."""
        if self.spread:
            low, middle, high = self.spread
            if self.distinct == 1:
                return f"{self.name}: always {low}"
            return f"{self.name}: {low} to {high}, median {middle}, {self.distinct} distinct"
        most = self.values[:_MOST_TOLD]
        said = [f"{one_line(value, 40)} {percent(many, self.count)}" for value, many in most]
        more = f", {self.distinct} distinct" if self.distinct > len(said) else ""
        return f"{self.name}: {', '.join(said)}{more}"


def percent(part: int, whole: int) -> str:
    """Write a share in whole percent, or as "under 1 %"."""
    share = 100 * part / whole
    return "under 1 %" if 0 < share < 1 else f"{share:.0f} %"


def read(text: str, fields: Mapping[str, str]) -> dict[str, str]:
    """Name the values of a message and of its record's other fields, at most `MOST_NAMES`.

    A value is named by its key, else by the word before it, else by the word after it; a second value of
    that name has its number added. Units beside a number are put to it.
    """
    found: dict[str, str] = {}
    for name, value in (*_in_message(text.split("\n", 1)[0][:_HEAD]), *_in_fields(fields)):
        key, number = name, 1
        while key in found and found[key] != value:
            number += 1
            key = f"{name} ({number})"
        if len(found) < MOST_NAMES:
            found[key] = value
    return found


def _in_fields(fields: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key in sorted(fields):
        value = fields[key]
        if key.lower() not in _OUTER and value and len(value) <= 80 and not _IDS.match(value):
            unit = quantities.unit_in(key)
            yield key, _apart(value, unit) if quantities.quantity(value) else value


def _in_message(line: str) -> Iterator[tuple[str, str]]:
    tokens = list(_TOKEN.finditer(line))
    words = [_bare(match) for match in tokens]
    for at, match in enumerate(tokens):
        value, gap = words[at], line[tokens[at - 1].end() : match.start()] if at else ""
        keyed = bool(at) and _WORD.match(words[at - 1]) is not None and _is_keyed(gap, tokens[at - 1].group())
        name, colon, rest = value.partition(":")
        if colon and _WORD.match(name) and rest and not rest.startswith("/") and not keyed and len(rest) < 5:
            yield name, rest
            continue
        if not value or _IDS.match(value) or line[match.end() : match.end() + 1] == "=":
            continue
        if not keyed and match[1] is None and not any(map(str.isdigit, value)):
            continue
        after = words[at + 1] if at + 1 < len(words) else ""
        named = words[at - 1] if keyed else _named(words, at)
        if named is None:
            continue
        yield _spoken(words, at, named, keyed=keyed), _with_unit(value, named, after)


def _bare(match: re.Match[str]) -> str:
    return match[1] if match[1] is not None else match[0].strip(".:!?")


def _is_keyed(gap: str, before: str) -> bool:
    return gap.strip().strip("\"'") in {"=", ":"} or (before.endswith(":") and gap.isspace())


def _named(words: Sequence[str], at: int) -> str | None:
    before = words[at - 1] if at else ""
    after = words[at + 1] if at + 1 < len(words) else ""
    if _is_noun(before):
        return before
    number = quantities.quantity(words[at]) is not None
    if number and quantities.unit_of(after):
        after = words[at + 2] if at + 2 < len(words) else ""
        return before if _WORD.match(before) else after if _is_noun(after) else None
    if number and _is_noun(after):
        return after
    return before if _WORD.match(before) else None


def _is_noun(word: str) -> bool:
    lower = word.lower()
    told = _WORD.match(word) is not None and lower not in _STOPS and not quantities.unit_of(word)
    return told and not lower.endswith(("ed", "ing"))


def _spoken(words: Sequence[str], at: int, named: str, *, keyed: bool) -> str:
    place = at - 1 if at and words[at - 1] == named else -1
    if named.lower() in _WEAK and place > 0 and _is_noun(words[place - 1]) and not (keyed and "_" in named):
        return f"{words[place - 1]} {named}"
    return named


def _with_unit(value: str, name: str, after: str) -> str:
    told = quantities.quantity(value)
    if told is None or told.unit:
        return value
    unit = quantities.unit_in(name) or quantities.unit_of(after)
    return _apart(value, unit)


def _apart(value: str, unit: str) -> str:
    return f"{value} {unit}" if unit and unit != "%" else f"{value}{unit}"


def measures(name: str, values: Sequence[str]) -> list[Quantity] | None:
    """Read all values as measures of one unit; None where they name things or differ in unit."""
    last = re.split(r"[_.\- ]|(?<=[a-z])(?=[A-Z])", re.sub(r" \(\d+\)$", "", name))[-1].lower()
    found = [quantities.quantity(value) for value in values]
    told = [item for item in found if item is not None]
    if len(told) < len(found) or not told or len({item.unit for item in told}) > 1:
        return None
    names_things = last in _LABELS or last.endswith("id")
    long = not told[0].unit and min(abs(item.value) for item in told) >= 1e8
    return None if not told[0].unit and (names_things or long) else told


def summed_up(samples: Sequence[Sample]) -> list[Told]:
    """Tell what each parameter showed, the most telling first; ids and constant words are left out."""
    names = dict.fromkeys(name for sample in samples for name in sample.values)
    found = [told for name in names if (told := _told(name, samples)) is not None]
    return sorted(found, key=lambda told: (-_worth(told, len(samples)), told.name))


def _told(name: str, samples: Sequence[Sample]) -> Told | None:
    having = [sample for sample in samples if name in sample.values]
    if len(having) < max(2, len(samples) // 4):
        return None
    values = [sample.values[name] for sample in having]
    if (sizes := measures(name, values)) is not None:
        if (
            len(set(sizes)) == 1
            and not sizes[0].unit
            and not _SETTINGS & set(re.split(r"\W+|_", name.lower()))
        ):
            return None
        order = sorted(range(len(sizes)), key=lambda at: (sizes[at].value, at))
        low, middle, high = order[0], order[(len(order) - 1) // 2], order[-1]
        distinct = len({item.value for item in sizes})
        places = dict.fromkeys((having[low].place, having[high].place))
        spread = values[low], values[middle], values[high]
        return Told(name, (), spread, sizes[0].unit, distinct, len(having), tuple(places))
    counts = Counter(values)
    if len(counts) == 1 or (len(counts) > 0.5 * len(having) and len(having) >= 6):
        return None
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    first = next(sample.place for sample in having if sample.values[name] == ranked[0][0])
    return Told(name, tuple(ranked[:10]), None, "", len(counts), len(having), (first,))


def _worth(told: Told, most: int) -> float:
    """How much a reader learns: concentrated words first, then measures with a unit, then bare numbers."""
    full = told.count / most
    if told.spread is None:
        return full * (1.0 + told.values[0][1] / told.count)
    if told.distinct == 1:
        return 0.5 * full
    return full * (1.4 if told.unit else 0.8)
