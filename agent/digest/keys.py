"""Keys of log lines, made for a whole chunk at once; lines of one key differ in numbers and ids alone.

One bit says of each byte whether it is a hexadecimal digit; what is asked of runs of such bytes is then asked
of 64 bytes in one operation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from agent.digest.skeletons import Anchor

DIGITS = b"0123456789"
_WINDOW = 128 << 10
"""Bytes that are worked on at once, so that they and what is made of them stay in a near cache."""
_WORD = 64
_BLANK = b"\xff"
"""Stands in no UTF-8 text; in other text it is left out."""
Bytes = npt.NDArray[np.uint8]
Bits = npt.NDArray[np.uint64]


def keys_of(chunk: bytes, places: Sequence[Anchor]) -> list[bytes]:
    """Give the key of each line: without digits, hexadecimal ids, and what stands behind anchors."""
    ended = chunk.endswith(b"\n")
    chunk = _emptied(chunk)
    for place in places:  # anchors hold no digit, and there is less to search now
        first, *rest = chunk.split(place.text)
        if rest:
            made_of = place.made_of
            chunk = place.text.join((first, *[part.lstrip(made_of) for part in rest]))
    found = chunk.split(b"\n")
    return found[:-1] if ended else found


def _emptied(text: bytes) -> bytes:
    """Leave out all digits, and all of each run of at least `skeletons.ID_LENGTH` hexadecimal digits."""
    given: Bytes = np.frombuffer(text, dtype=np.uint8)
    ids = _of_runs(_hexadecimal(given)).view(np.uint8)
    return b"".join(_without(given[low:high], ids[low // 8 :]) for low, high in _windows(len(given)))


def _windows(size: int) -> Iterator[tuple[int, int]]:
    return ((low, min(low + _WINDOW, size)) for low in range(0, size, _WINDOW))


def _hexadecimal(text: Bytes) -> Bits:
    bits = np.zeros(-(-len(text) // _WORD), dtype=np.uint64)
    octets = bits.view(np.uint8)
    for low, high in _windows(len(text)):
        part = text[low:high]
        found = ((part | 0x20) - np.uint8(ord("a"))) < 6
        found |= (part - np.uint8(ord("0"))) < 10
        octets[low // 8 : -(-high // 8)] = np.packbits(found, bitorder="little")
    return bits


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


def _without(part: Bytes, ids: Bytes) -> bytes:
    marks = np.unpackbits(ids, count=len(part), bitorder="little")
    return (part | np.negative(marks)).tobytes().translate(None, DIGITS + _BLANK)
