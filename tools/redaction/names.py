"""People's names in running text, told from ordinary words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tools.redaction.cues import Cues

_BEFORE = rb"(?<![\w\x80-\xff.+%-])"
_AFTER = rb"(?![\w\x80-\xff-]|\.\w)"
_NO_SURNAME = rb"(?! +[A-Z][a-z]{2})"
_DID = (
    rb" +(?:wrote|writes|said|says|told|asked|asks|thinks|noticed|suggested|suspected|confirmed|acked|"
    rb"acknowledged|joined|rolled back|took over|is on it|was paged|got paged)\b"
)
_BY = (
    rb"\b(?:acked|acknowledged|resolved|assigned|reassigned|approved|merged|deployed|triggered|escalated|paged|declared|"
    rb"rolled back|reverted|restarted|started|stopped|opened|closed|reviewed|authored|committed) (?:by|to) "
)
_KEY = (
    rb"\b(?:user(?:_?name)?|login|author|owner|actor|assignee|approver|reviewer|committer|responder|by|"
    rb"(?:assigned|escalated)_to|(?:signed-off|co-authored|reviewed|acked|approved|created|changed|deployed)[-_]by)"
    rb"""\\?["']? ?[:=] ?\\?["']?"""
)
_DATES = frozenset(
    {"april", "may", "june", "july", "august", "march", "summer", "winter", "spring", "sunday"}
)


@dataclass(frozen=True, slots=True)
class Known:
    """One person: what is shown instead, and every name: full, display, login, id, mail address."""

    shown: str
    names: tuple[str, ...]

    @property
    def first_names(self) -> frozenset[str]:
        """First words of the names of several words."""
        return frozenset(name.split()[0] for name in self.names if len(name.split()) > 1 and "@" not in name)


class Names:
    """Finds people by any of their names.

    A single word that is an ordinary one too ("Will", "May"), or in `taken` because a service is called so,
    counts only where a person must be meant: after @ or a key such as `author=`, beside a verb of speaking or
    handling. First names count alone where they begin with a capital and nobody else known has the same.
    """

    def __init__(self, people: Sequence[Known], taken: Collection[str] = ()) -> None:
        ordinary = _ordinary() | {word.casefold() for word in taken}
        firsts = Counter(first.casefold() for person in people for first in person.first_names)
        ordinary |= {first for first, number in firsts.items() if number > 1}
        self._shown = tuple(person.shown for person in people)
        self._patterns = [[_pattern(form) for form in _forms(person, ordinary)] for person in people]
        self._cues = Cues([_cue(person) for person in people])

    def find(self, data: bytes) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and what is shown instead; where mentions overlap the longest is meant."""
        if next(self._cues.places(data), None) is None:
            return
        for number in self._cues.which(data):
            for pattern in self._patterns[number]:
                for match in pattern.finditer(data):
                    yield *match.span("who"), self._shown[number]


_Form = tuple[bytes, bytes, bytes]
"""What stands before a mention, the mention, and what stands after it."""


def _pattern(form: _Form) -> re.Pattern[bytes]:
    return re.compile(b"%s(?P<who>%s)%s" % form)


def _cue(person: Known) -> bytes:
    words = {word for name in person.names for word in re.split(r"[\s@]+", name) if len(word) > 1}
    return b"(?i:%s)" % b"|".join(sorted(spelled for word in words for spelled in _spellings(word)))


def _forms(person: Known, ordinary: Collection[str]) -> Iterator[_Form]:
    """Yield the forms of every name."""
    names = [name.strip().removeprefix("@") for name in person.names]
    mails = b"|".join(_either(name).replace(b"@", b"(?:@|%40)") for name in names if "@" in name)
    beside = b"(?: *<(?:mailto:)?(?i:%s)>)?" % mails if mails else b""
    for name in names:
        if "@" not in name and len(name.split()) > 1:
            for body in _full(name.split(), ordinary):
                yield _BEFORE, b"@?" + body + beside, _AFTER
    if mails:
        yield _BEFORE, b"(?i:%s)" % mails, _AFTER
    for name in names:
        if "@" not in name and len(name.split()) == 1:
            if _distinct(name, ordinary):
                body = b"(?i:%s)" % _either(name)
                yield _BEFORE, b"<@%s(?:\\|[^>\\n]{0,80})?>|@?%s" % (body, body), _AFTER
            else:
                yield from _told_apart(name)
    for first in sorted(person.first_names):
        if _distinct(first, ordinary):
            body = b"|".join(s for form in (first, first.upper()) for s in _spellings(form))
            yield _BEFORE, b"@?(?:%s)" % body, _NO_SURNAME + _AFTER
        else:
            yield from _told_apart(first)


def _full(words: Sequence[str], ordinary: Collection[str]) -> Iterator[bytes]:
    """Yield "Ana Maria Cruz", "Ana Cruz", "Ana M. Cruz", "ana.cruz" and "Cruz, Ana"."""
    first, last = _either(words[0]), _either(words[-1])
    case = b"" if all(word.casefold() in ordinary for word in words) else b"?i"
    if len(words) > 2:
        yield b"(%s:%s)" % (case or b"?", b" +".join(_either(word) for word in words))
    yield b"(%s:%s +(?:[A-Z]\\. +)?%s)" % (case or b"?", first, last)
    yield b"(?i:%s[._]%s)" % (first, last)
    yield b"(%s:%s, +%s)" % (case or b"?", last, first)


def _told_apart(name: str) -> Iterator[_Form]:
    """Yield where an ordinary word can only be a person."""
    body = _either(name)
    yield _BEFORE, b"(?i:<@%s(?:\\|[^>\\n]{0,80})?>|@%s)" % (body, body), _NO_SURNAME + _AFTER
    yield b"(?i:%s)" % _KEY, b"(?i:%s)" % body, _NO_SURNAME + _AFTER
    if name[:1].isupper():
        yield _BEFORE, body, _DID
        if name.casefold() not in _DATES:
            yield b"(?i:%s)" % _BY, body, _NO_SURNAME + _AFTER


def _distinct(name: str, ordinary: Collection[str]) -> bool:
    return len(name) > 2 and name.casefold() not in ordinary and not name.isdigit()


def _either(name: str) -> bytes:
    return b"(?:%s)" % b"|".join(_spellings(name))


def _spellings(name: str) -> list[bytes]:
    """List a name as written and without accents; letters beyond ASCII as capitals and small ones too."""
    whole = unicodedata.normalize("NFC", name)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    forms = {name, whole, plain if len(plain) == len(whole) else name}
    if not name.isascii():
        forms |= {whole.lower(), whole.upper()}
    return [re.escape(form).encode() for form in sorted(forms) if form]


@cache
def _ordinary() -> frozenset[str]:
    """Read the words that are no name where they stand alone."""
    text = files("tools.redaction").joinpath("ordinary.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())
