"""Mask secrets and personal data: typed masks, the same for the same value under the same salt.

A mask is `<kind-abcd>`; its letters come from an HMAC: equal values stay recognisable, the value does not.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import BinaryIO

from tools.redaction.gate import Gate, Region
from tools.redaction.names import Names
from tools.redaction.rules import Rule, rules

_BLOCK = 1 << 20
_LINE = 1 << 24
_CARRY = 1 << 16
"""Bytes before a block's end that are looked at again with the next block when no line ends there."""
_NEAR = 300
"""Bytes before a secret that may decide that it is one."""
_LOOK = 4
"""Bytes behind a match that a pattern may look at."""
_MASK = re.compile(rb"<[a-z-]+-[a-z]{4}>")
_CUT_END = b" \t\r\n\"'"


PERSON = "person"
"""The rule of people's names, which are replaced and not masked."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that is masked: bytes start to end."""

    start: int
    end: int
    rule: str
    kind: str
    """What stands in the mask; of a person what is shown instead."""


@dataclass(slots=True)
class Redactor:
    """Masks under one salt, usually the incident's."""

    salt: bytes = b""
    addresses: bool = False
    """Mask IP addresses too."""
    names: Names | None = None
    """People whose names are replaced too."""
    counts: dict[str, int] = field(default_factory=dict[str, int])
    """How often each rule masked something."""

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
            parts += [data[done : hit.start], self._shown(hit, data)]
            done = hit.end
        parts.append(data[done:])
        return b"".join(parts)

    def hits(self, data: bytes, *, cut: bool = False) -> list[Hit]:
        """Find what would be masked, in order and without overlaps."""
        found: list[Hit] = []
        done: dict[str, int] = {}
        for region in _gate(self.addresses).regions(data):
            for rule in region.rules:
                for hit, end in _matches(rule, data, region, done.get(rule.name, 0)):
                    done[rule.name] = end
                    if hit:
                        found.append(hit)
        if self.names:
            found[:0] = [Hit(start, end, PERSON, shown) for start, end, shown in self.names.find(data)]
        if cut:
            found.extend(hit for rule in _active(self.addresses) for hit in _tail(rule, data))
        return _disjoint(found) if found else found

    def stream(self, source: BinaryIO, target: BinaryIO) -> None:
        """Mask a stream in blocks of whole lines; how it is read in pieces changes nothing.

        A line longer than 16 MiB is divided away from what is masked; a private key beyond 64 KiB may be.
        """
        rest = b""
        while read := _filled(source):
            data = rest + read
            end = _boundary(data) or (self._division(data) if len(data) > _LINE else 0)
            target.write(self.data(data[:end]))
            rest = data[end:]
        target.write(self.data(rest))

    def _division(self, data: bytes) -> int:
        """Find a blank within a line so far from what is masked that no pattern reaches over it."""
        begin = len(data) - 2 * _CARRY
        apart = [(begin + hit.start - _NEAR, begin + hit.end) for hit in self.hits(data[begin:])]
        end = data.rfind(b" ", begin + _NEAR, begin + _CARRY) + 1
        while end and (over := next((low for low, high in apart if low < end <= high), None)) is not None:
            end = data.rfind(b" ", begin + _NEAR, max(begin + _NEAR, over)) + 1
        return end or begin + _CARRY

    def _shown(self, hit: Hit, data: bytes) -> bytes:
        return hit.kind.encode() if hit.rule == PERSON else self._mask(hit.kind, data[hit.start : hit.end])

    def _mask(self, kind: str, value: bytes) -> bytes:
        number = int.from_bytes(hmac.digest(self.salt, kind.encode() + b"\0" + value, sha256)[:8], "big")
        letters = bytearray()
        for _ in range(4):
            number, letter = divmod(number, 26)
            letters.append(97 + letter)
        return b"<%s-%s>" % (kind.encode(), bytes(letters))


@cache
def _active(addresses: bool) -> tuple[Rule, ...]:  # noqa: FBT001 - the key of a cache
    return tuple(rule for rule in rules() if addresses or not rule.optional)


@cache
def _gate(addresses: bool) -> Gate:  # noqa: FBT001
    return Gate(_active(addresses))


def _filled(source: BinaryIO) -> bytes:
    """Read a block whole, however little the source gives at once."""
    parts: list[bytes] = []
    missing = _BLOCK
    while missing and (read := source.read(missing)):
        parts.append(read)
        missing -= len(read)
    return b"".join(parts)


def _boundary(data: bytes) -> int:
    """Find where the last line ends, or the last before a private key that is not whole yet, or 0."""
    end = data.rfind(b"\n") + 1
    begun = data.rfind(b"-----BEGIN ", max(0, end - _CARRY), end)
    if begun > 0 and data.find(b"-----END ", begun, end) < 0:
        return data.rfind(b"\n", 0, begun) + 1
    return end


def _matches(rule: Rule, data: bytes, region: Region, done: int) -> Iterator[tuple[Hit | None, int]]:
    """Search a region after `done`; yield with each match, masked or not, where it ends."""
    place, high = max(region.low, done), _reach(rule, data, region)
    while match := rule.pattern.search(data, place, high):
        whole = _whole(rule, data, match, high)
        if whole is None:
            place = match.start() + 1
            continue
        place = whole.end()
        yield _hit(rule, data, whole), place


def _reach(rule: Rule, data: bytes, region: Region) -> int:
    """Say how far a rule searches: to the region's end, or over as many lines as it may."""
    high = region.high
    for _ in range(rule.lines - 1):
        line = data.find(b"\n", high + 1, region.low + _CARRY)
        if line < 0:
            return max(high, min(len(data), region.low + _CARRY))
        high = line
    return high


def _whole(rule: Rule, data: bytes, match: re.Match[bytes], high: int) -> re.Match[bytes] | None:
    """Match again to the line's end where the end of what was searched may have cut or allowed a match."""
    if match.end() < high - _LOOK or high == len(data) or data[high : high + 1] == b"\n":
        return match
    end = data.find(b"\n", high)
    return rule.pattern.match(data, match.start(), end if end >= 0 else len(data))


def _hit(rule: Rule, data: bytes, match: re.Match[bytes]) -> Hit | None:
    """Take the secret out of a match; None where a mask stands already, or a check says that it is none."""
    start, end = match.span()
    if rule.groups:
        group = next((name for name in rule.groups if match[name] is not None), None)
        if group is None:
            return None
        start, end = match.span(group)
    if _MASK.fullmatch(data, start, end):
        return None
    if rule.check and not _passes(rule.check, data[match.start() : start], data[start:end]):
        return None
    return Hit(start, end, rule.name, rule.kind)


def _passes(check: Callable[[str, str], bool], before: bytes, value: bytes) -> bool:
    return check(before.decode("utf-8", "replace"), value.decode("utf-8", "replace"))


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
