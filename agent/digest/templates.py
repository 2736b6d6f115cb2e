"""Log messages -> templates: values become <*>, words stay until the evidence says that they vary."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

VARIABLE = "<*>"
MANY = 4
"""A word becomes a variable from this many distinct ones in its place on; fewer are states of one thing."""
VERY_MANY = 12
"""The same where nothing before the word says that a value comes."""
_HEAD = 600
_TOKENS = 60

_VALUE = re.compile(
    r"""(?x)
      (?P<uuid>\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b)
    | (?P<url>\b[a-z][a-z0-9+.-]{1,10}://[^\s"'<>,;)\]]+)
    | (?P<size>(?:(?<![\w.])|<)[-+]?\d+(?:\.\d+)?
         \s?(?:[KMGT]i?B|[kKMG]b|bytes|msec|ms|us|ns|secs?|s|m|h|min|%)(?![\w-]))
    | (?P<host>(?<![\w/.$@])(?:[A-Za-z0-9_](?:[\w-]*[A-Za-z0-9_])?\.){1,6}[A-Za-z][\w-]*:\d+\b)
    | (?P<segment>(?<=/)(?:[^\s/?"'<>%]*(?:%(?:[0-9A-Fa-f]{2}|<\*>)(?:<\*>|[^\s/?"'<>])*)+
        |[A-Za-z]{1,3}<\*>(?=[\s/?"']|\Z)))
    | (?P<path>(?<![\w<>*)])\.{0,2}/+(?:[\w.@:%+~*-]+/*)*[\w.@:%+~*/-](?:\?[^\s"'<>)]*)?)
    | (?P<mac>\b(?:[0-9a-fA-F]{2}[:-]){5,}[0-9a-fA-F]{2}\b)
    | (?P<time>\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)?
        |\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s+)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*
         \s+\d{1,2},?\s+\d\d:\d\d:\d\d(?:\s+\d{4}\b)?
        |\b\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?\b)
    | (?P<address>(?<![\w.])\d{1,3}(?:[.-]\d{1,3}){3}(?::\d+)?\b)
    | (?P<ipv6>\b(?:[0-9a-fA-F]{1,4}:){4,7}[0-9a-fA-F]{1,4}\b)
    | (?P<hex>\b0[xX][0-9a-fA-F]+\b|\b(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{6,}\b|(?<==)[0-9a-f]{8}\b)
    | (?P<digits>(?<![A-Za-z])[-+]?\d[\w]*(?:[.-]\w+)*(?<![.-])
        |\b[A-Za-z](?:\w|[.$@-](?=\w))*?\d(?:\w|[.$@-](?=\w))*)
    """
)
_RUN = re.compile(r"(?:[\w$-]+\.)*<\*>(?:(?:[.-][A-Za-z][\w$-]*)|[.:/@#_,+-]?<\*>)+")
_ASIDE = re.compile(r"<\*> \((?:<\*>)?\)|\[(?:(?:<\*>|-)(?: |(?=\])))+\]|<\*>(?:[ ,;]+<\*>){2,}")
"""A value said twice, a bracket of nothing but values, a list of values."""
_TOKEN = re.compile(r"<\*>|[=,;:()\[\]{}\"'|]|(?:(?!<\*>)[^\s=,;:()\[\]{}\"'|])+")
_NAMED = re.compile(r"(?=.*[a-z<])(?:[^\W\d]*[./_@$\\]\w[\w./@$\\-]*|\S*<\*>\S*)")
_PERSONS = frozenset(("user", "username", "host", "hostname", "login", "account"))
"""What follows is a name, whatever it is."""
_INTRODUCES = frozenset((
    "=", ":", '"', "'", "for", "from", "to", "by", "of", "user", "host", "name", "at", "on", "in", "via",
    "with", "node", "server", "client", "service", "file", "task", "job", "topic",
))  # fmt: skip
"""What may be followed by a value."""
_GRAMMAR = frozenset((
    "a", "an", "the", "to", "of", "in", "on", "at", "by", "for", "from", "with", "is", "was", "are", "be",
    "and", "or", "not", "as",
))  # fmt: skip


def masked(text: str) -> str:
    """Replace what is a value by its form alone: numbers, addresses, ids, paths, times, sizes."""
    return _ASIDE.sub(VARIABLE, _RUN.sub(VARIABLE, _VALUE.sub(VARIABLE, text[:_HEAD])))


def mine(forms: Iterable[str]) -> dict[str, str]:
    """Map each masked form to the template of its group; the order of the forms does not matter."""
    rows: dict[tuple[int, str], list[_Row]] = defaultdict(list)
    for form in sorted(set(forms)):
        row = _row(form)
        rows[len(row.words), ""].append(row)
    found: dict[str, str] = {}
    for key in sorted(rows):
        for group in _parted(rows[key]):
            template = _joined(group)
            found.update((row.form, template) for row in group)
    return found


@dataclass(frozen=True, slots=True)
class _Row:
    form: str
    words: tuple[str, ...]


def _row(form: str) -> _Row:
    words = _TOKEN.findall(form)
    if len(words) > _TOKENS:
        words = [*words[:_TOKENS], VARIABLE]
    return _Row(form, tuple(words))


def _parted(rows: Sequence[_Row]) -> Iterable[list[_Row]]:
    pending = [list(rows)]
    while pending:
        group = pending.pop()
        column = _telling_column(group)
        if column is None:
            yield group
            continue
        parts: dict[str, list[_Row]] = defaultdict(list)
        for row in group:
            parts[row.words[column]].append(row)
        pending.extend(parts[word] for word in sorted(parts, reverse=True))


def _telling_column(group: Sequence[_Row]) -> int | None:
    """Find the column whose words tell events apart, the one with the fewest; None where all are values."""
    columns = [set(column) for column in zip(*(row.words for row in group), strict=True)]
    varying = [index for index, words in enumerate(columns) if len(words) > 1]
    if not varying:
        return None
    fixed = sum(len(words) == 1 and _is_word(next(iter(words))) for words in columns)
    telling = [index for index in varying if not _are_names(columns[index])]
    loose = [index for index in telling if _may_vary(columns, index)]
    if len(loose) == len(telling) and fixed >= len(loose):
        return None
    return min(telling, key=lambda index: (index in loose, len(columns[index]), index))


def _is_word(token: str) -> bool:
    return len(token) > 2 and token[0].isalpha() and token.lower() not in _GRAMMAR


def _are_names(words: Iterable[str]) -> bool:
    return all(_NAMED.fullmatch(word) for word in words)


def _may_vary(columns: Sequence[set[str]], index: int) -> bool:
    """Say whether the words in one place are many, and stand where a value stands or are very many."""
    words = columns[index]
    if any(not _is_text(word) for word in words):
        return False
    before = columns[index - 1] if index else set[str]()
    word = next(iter(before)).lower() if len(before) == 1 else ""
    if word in _PERSONS:
        return True
    if word in _INTRODUCES and any(VARIABLE in value for value in words):
        return True
    return len(words) >= (MANY if word in _INTRODUCES else VERY_MANY)


def _is_text(word: str) -> bool:
    return word == VARIABLE or any(char.isalnum() for char in word)


def _joined(group: Sequence[_Row]) -> str:
    if len(group) == 1:
        return group[0].form
    columns = [set(column) for column in zip(*(row.words for row in group), strict=True)]
    words = iter(columns)
    return _TOKEN.sub(lambda match: VARIABLE if len(next(words, ())) > 1 else match.group(), group[0].form)
