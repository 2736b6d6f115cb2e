"""Keys of log lines, made for a whole chunk at once; lines of one key differ in numbers and ids alone.

One bit says of each byte whether it is a hexadecimal digit; what is asked of runs of such bytes is then asked
of 64 bytes in one operation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from agent.digest.skeletons import Anchor

BLANK = b"\xff"
"""Stands in no UTF-8 text; in other text it is left out."""
_WINDOW = 128 << 10
"""Bytes that are worked on at once, so that they and what is made of them stay in a near cache."""
_WORD = 64
Bytes = npt.NDArray[np.uint8]
Bits = npt.NDArray[np.uint64]


def keys_of(chunk: bytes, places: Sequence[Anchor]) -> list[bytes]:
    """Give the key of each line: without digits, hexadecimal ids, and what stands behind anchors."""
    return keys_in(blanked(np.frombuffer(chunk, dtype=np.uint8)).tobytes(), places)


def keys_in(text: bytes, places: Sequence[Anchor]) -> list[bytes]:
    """Give the key of each line of a text that is `blanked`."""
    ended = text.endswith(b"\n")
    text = without_blanks(text)
    for place in places:  # anchors hold no digit, and there is less to search now
        first, *rest = text.split(place.text)
        if rest:
            made_of = place.made_of
            text = place.text.join((first, *[part.lstrip(made_of) for part in rest]))
    found = text.split(b"\n")
    return found[:-1] if ended else found


def without_blanks(text: bytes) -> bytes:
    """Leave out what was blanked."""
    return text.translate(None, BLANK)


def blanked(text: Bytes) -> Bytes:
    """Blank all digits, and all of each run of at least `skeletons.ID_LENGTH` hexadecimal digits."""
    words = -(-len(text) // _WORD)
    digits, numerals = np.zeros(words, dtype=np.uint64), np.zeros(words, dtype=np.uint64)
    for low, high in _windows(len(text)):
        part, octets = text[low:high], slice(low // 8, -(-high // 8))
        digits.view(np.uint8)[octets] = _packed((part - np.uint8(ord("0"))) < 10)
        letters = part | 0x20
        letters -= np.uint8(ord("a"))
        numerals.view(np.uint8)[octets] = _packed(letters < 6)
    numerals |= digits
    marks = (_of_runs(numerals) | digits).view(np.uint8)
    found = np.empty_like(text)
    for low, high in _windows(len(text)):
        part = np.unpackbits(marks[low // 8 :], count=high - low, bitorder="little")
        np.bitwise_or(text[low:high], np.negative(part, out=part), out=found[low:high])
    return found


def _windows(size: int) -> Iterator[tuple[int, int]]:
    return ((low, min(low + _WINDOW, size)) for low in range(0, size, _WINDOW))


def _packed(marks: npt.NDArray[np.bool_]) -> Bytes:
    return np.packbits(marks, bitorder="little")


def _of_runs(bits: Bits) -> Bits:
    """Keep the bits that are part of a run; steps of 1, 2 and 4 make one of 8."""
    for step in (1, 2, 4):
        bits = bits & _later(bits, step)
    for step in (1, 2, 4):
        bits = bits | _earlier(bits, step)
    return bits


def _later(bits: Bits, step: int) -> Bits:
    """Give each place the bit that stands `step` places on."""
    moved = bits >> np.uint64(step)
    moved[:-1] |= bits[1:] << np.uint64(_WORD - step)
    return moved


def _earlier(bits: Bits, step: int) -> Bits:
    moved = bits << np.uint64(step)
    moved[1:] |= bits[:-1] >> np.uint64(_WORD - step)
    return moved
