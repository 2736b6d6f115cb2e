"""Mask secrets and personal data: typed masks, the same for the same value under the same salt.

A mask is `<kind-abcd>`; its letters come from an HMAC: equal values stay recognisable, the value does not.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import BinaryIO

from tools.redaction.rules import Rule, View, rules

_BLOCK = 1 << 20
_CARRY = 1 << 16
"""Bytes before a block's end that are looked at again with the next block when no line ends there."""
_SHAPE = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", b"A" * 26 + b"0" * 10)
_BEFORE, _NEEDED, _AFTER = 280, 400, 1200
"""Bytes around a literal: where a match may begin, what it needs, and what is searched at once."""
_MASK = re.compile(rb"<[a-z-]+-[a-z]{4}>")
_CUT_END = b" \t\r\n\"'"


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that is masked: bytes start to end."""

    start: int
    end: int
    rule: str
    kind: str


@dataclass(slots=True)
class Redactor:
    """Masks under one salt, usually the incident's."""

    salt: bytes = b""
    addresses: bool = False
    """Mask IP addresses too."""
    counts: dict[str, int] = field(default_factory=dict[str, int])
    """How often each rule masked something."""
    _active: tuple[Rule, ...] = field(init=False)

    def __post_init__(self) -> None:
        self._active = tuple(rule for rule in rules() if self.addresses or not rule.optional)

    def text(self, text: str, *, cut: bool = False) -> str:
        """Mask a text; where it may have been `cut`, also a secret of which only the beginning is left."""
        data = text.encode("utf-8", "surrogatepass")
        masked = self.data(data, cut=cut)
        return text if masked is data else masked.decode("utf-8", "surrogatepass")

    def data(self, data: bytes, *, cut: bool = False) -> bytes:
        """Mask bytes in an encoding that extends ASCII; the same object where nothing was found."""
        hits = self.hits(data, cut=cut)
        if not hits:
            return data
        parts: list[bytes] = []
        done = 0
        for hit in hits:
            self.counts[hit.rule] = self.counts.get(hit.rule, 0) + 1
            parts += [data[done : hit.start], self._mask(hit.kind, data[hit.start : hit.end])]
            done = hit.end
        parts.append(data[done:])
        return b"".join(parts)

    def hits(self, data: bytes, *, cut: bool = False) -> list[Hit]:
        """Find what would be masked, in order and without overlaps."""
        scan = _Scan(data)
        found: list[Hit] = []
        for rule in self._active:
            found.extend(_matches(rule, data, scan.places(rule)))
            if cut:
                found.extend(_tail(rule, data))
        return _disjoint(found)

    def stream(self, source: BinaryIO, target: BinaryIO) -> None:
        """Mask a stream block by block; only lines longer than 1 MiB may be divided, with a wide overlap."""
        target.writelines(self.data(block) for block in blocks(source))

    def _mask(self, kind: str, value: bytes) -> bytes:
        number = int.from_bytes(hmac.digest(self.salt, kind.encode() + b"\0" + value, sha256)[:8], "big")
        letters = bytearray()
        for _ in range(4):
            number, letter = divmod(number, 26)
            letters.append(97 + letter)
        return b"<%s-%s>" % (kind.encode(), bytes(letters))


def blocks(source: BinaryIO) -> Iterator[bytes]:
    """Cut a stream into blocks of whole lines, private keys of many lines kept together."""
    rest = b""
    while read := source.read(_BLOCK):
        data = rest + read
        end = _boundary(data)
        if end:
            yield data[:end]
        rest = data[end:]
    if rest:
        yield rest


def _boundary(data: bytes) -> int:
    end = data.rfind(b"\n") + 1
    begun = data.rfind(b"-----BEGIN ", max(0, end - _CARRY), end)
    if begun > 0 and data.find(b"-----END ", begun, end) < 0:
        return data.rfind(b"\n", 0, begun) + 1
    if not end and len(data) > 16 * _BLOCK:
        return max(data.rfind(b" "), data.rfind(b",")) + 1 or len(data) - _CARRY
    return end


class _Scan:
    """Where literals and gates occur in one block, each looked up once."""

    def __init__(self, data: bytes) -> None:
        self._views: dict[View, bytes] = {"exact": data}
        self._found: dict[tuple[View, bytes], list[int]] = {}

    def places(self, rule: Rule) -> list[int]:
        """List one place for each line that may hold a match, more where several literals do."""
        found = [self._gate(gate) for gate in rule.gates]
        found += [self._literal(rule.view, literal) for literal in rule.literals]
        places = found[0] if len(found) == 1 else sorted(place for places in found for place in places)
        if rule.confirm is None:
            return places
        view, confirm = self._view(rule.view), rule.confirm
        return [place for place in places if confirm.match(view, place)]

    def _gate(self, gate: re.Pattern[bytes]) -> list[int]:
        key: tuple[View, bytes] = ("exact", gate.pattern)
        if key not in self._found:
            self._found[key] = [match.start() for match in gate.finditer(self._views["exact"])]
        return self._found[key]

    def _literal(self, name: View, literal: bytes) -> list[int]:
        if (name, literal) not in self._found:
            self._found[name, literal] = _places(literal, self._view(name))
        return self._found[name, literal]

    def _view(self, name: View) -> bytes:
        if name not in self._views:
            data = self._views["exact"]
            self._views[name] = data.lower() if name == "folded" else data.translate(_SHAPE)
        return self._views[name]


def _matches(rule: Rule, data: bytes, places: list[int]) -> Iterator[Hit]:
    """Try the pattern around the places of its literals."""
    for low, high in _spans(rule, data, places):
        for match in rule.pattern.finditer(data, low, high):
            whole = _whole(rule, data, match, high)
            group = next((name for name in ("secret", "secret2") if whole.groupdict().get(name)), 0)
            start, end = whole.span(group)
            if _MASK.fullmatch(data, start, end):
                continue
            if rule.check is None or _passes(rule.check, data[whole.start() : start], data[start:end]):
                yield Hit(start, end, rule.name, rule.kind)


def _whole(rule: Rule, data: bytes, match: re.Match[bytes], high: int) -> re.Match[bytes]:
    """Match again to the line's end where the span's end may have cut a match."""
    if match.end() < high or high == len(data):
        return match
    end = data.find(b"\n", high)
    return rule.pattern.match(data, match.start(), end if end >= 0 else len(data)) or match


def _passes(check: Callable[[str, str], bool], before: bytes, value: bytes) -> bool:
    return check(before.decode("utf-8", "replace"), value.decode("utf-8", "replace"))


def _places(literal: bytes, view: bytes) -> list[int]:
    places: list[int] = []
    at = view.find(literal)
    while at >= 0:
        places.append(at)
        at = view.find(literal, at + len(literal))
    return places


def _spans(rule: Rule, data: bytes, places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield what is searched: within the line, but no further from a place than a pattern can reach."""
    done = 0
    for place in places:
        if place + _NEEDED <= done or (place < done and done == len(data)):
            continue
        line = data.rfind(b"\n", max(0, place - _BEFORE), place) + 1
        low = max(line, place - _BEFORE, 0)
        high = data.find(b"\n", place, place + _AFTER)
        for _ in range(rule.lines - 1):
            high = data.find(b"\n", high + 1) if high >= 0 else high
        if high < 0:
            high = min(len(data), place + (_AFTER if rule.lines == 1 else _CARRY))
        yield low, high
        done = high + (_NEEDED if high < place + _AFTER else 0)


def _tail(rule: Rule, data: bytes) -> Iterator[Hit]:
    """Find a literal near the end of a text that was cut, with nothing but its token after it."""
    end = len(data.rstrip("…".encode()).rstrip(b"."))
    for literal in rule.tails:
        at = data.rfind(literal, max(0, end - 400), end)
        before = data[at - 1 : at] if at > 0 else b""
        if at >= 0 and not before.isalnum() and not any(char in _CUT_END for char in data[at:end]):
            yield Hit(at, end, rule.name, rule.kind)


def _disjoint(found: list[Hit]) -> list[Hit]:
    """Join what overlaps under the kind of the widest."""
    joined: list[Hit] = []
    for hit in sorted(found, key=lambda item: (item.start, -item.end)):
        if joined and hit.start < joined[-1].end:
            last = joined[-1]
            joined[-1] = Hit(last.start, max(last.end, hit.end), last.rule, last.kind)
        else:
            joined.append(hit)
    return joined
