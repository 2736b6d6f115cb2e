"""Opening files: compression, encodings and broken bytes, in bounded memory."""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import zstandard

from tools.formats.records import Tally

LINE_LIMIT = 64 * 1024
"""Bytes of one line that are kept; the rest is left out and counted."""
HEAD_LIMIT = 256 * 1024
DOCUMENT_LIMIT = 256 * 1024 * 1024
"""Bytes of one JSON or YAML document that are read at all."""
_CHUNK = 256 * 1024
_LONGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Damage(Exception):  # noqa: N818 - it is what is wrong with the file
    """The compressed stream ends or breaks before its end."""

    reason: str


def chunks(path: Path) -> Iterator[bytes]:
    """Yield UTF-8 bytes, decompressed by magic number; raise Damage where the stream breaks."""
    raw = _decompressed(path)
    first = next(raw, b"")
    for mark, encoding in (
        (codecs.BOM_UTF8, ""),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if first.startswith(mark):
            first = first[len(mark) :]
            if encoding:
                yield from _recoded(first, raw, encoding)
                return
            break
    if encoding := _wide(first):
        yield from _recoded(first, raw, encoding)
        return
    yield first
    yield from raw


def count_lines(path: Path) -> int:
    """Count the lines of the uncompressed file, as far as it can be read."""
    count, ending = 0, b"\n"
    try:
        for chunk in chunks(path):
            count += chunk.count(b"\n")
            ending = chunk[-1:] or ending
    except Damage:  # what can be read of a broken stream is what evidence can point into
        pass
    return count + (ending != b"\n")


def _wide(first: bytes) -> str:
    """Recognise UTF-16 without a mark by where its zero bytes stand; nothing for any other text."""
    sample = first[:512]
    even, odd = sample[::2], sample[1::2]
    if len(sample) < 8 or b"\0" not in sample:
        return ""
    for zeros, letters, encoding in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if zeros.count(0) > 0.9 * len(zeros) and not letters.count(0):
            return encoding
    return ""


def head(path: Path, limit: int = HEAD_LIMIT) -> tuple[bytes, bool]:
    """Read at most `limit` bytes of content and say whether that was all; damage ends it quietly."""
    data = bytearray()
    try:
        for chunk in chunks(path):
            data += chunk
            if len(data) > limit:
                return bytes(data[:limit]), False
    except Damage:
        return bytes(data), False
    return bytes(data), True


def text(path: Path, tally: Tally, limit: int = DOCUMENT_LIMIT) -> str:
    """Read a whole document as text; what is cut off or damaged is counted in the tally."""
    data = bytearray()
    try:
        for chunk in chunks(path):
            data += chunk
            if len(data) > limit:
                del data[limit:]
                spoil(tally, data.count(b"\n") + 1, f"document is larger than {limit} bytes")
                break
    except Damage as damage:
        break_off(tally, data.count(b"\n") + 1, damage)
    return decode(bytes(data))


def lines(path: Path, tally: Tally) -> Iterator[tuple[int, str]]:
    """Yield (1-based number, line without its end); overlong lines are cut, damage is counted."""
    number = 0
    carry = b""
    skipping = False
    try:
        for chunk in chunks(path):
            parts = chunk.split(b"\n")
            if skipping:
                if len(parts) == 1:
                    continue
                parts[0], skipping = carry, False
            elif carry:
                parts[0] = carry + parts[0]
            carry = parts.pop()
            for part in parts:
                number += 1
                yield number, _line(part, tally)
            if len(carry) > LINE_LIMIT:
                skipping, carry = True, carry[: LINE_LIMIT + 1]
    except Damage as damage:
        break_off(tally, number + 1, damage)
    if carry:
        yield number + 1, _line(carry, tally)


def whole_lines(chunks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Regroup chunks of bytes so that each ends with a line end; about `size` bytes each.

    Of a line that does not end within 1 MiB the rest is left out, as memory is bounded.
    """
    held: list[bytes] = []
    length = 0
    for chunk in chunks:
        cut = chunk.rfind(b"\n") + 1
        if not cut and length > size + _LONGEST:
            continue
        held.append(chunk)
        length += len(chunk)
        if not cut or length < size:
            continue
        held[-1], rest = chunk[:cut], chunk[cut:]
        yield b"".join(held)
        held, length = [rest], len(rest)
    if rest := b"".join(held):
        yield rest


def decode(data: bytes) -> str:
    """Decode UTF-8, or Latin-1 where the bytes are not UTF-8; NUL bytes are dropped."""
    try:
        decoded = data.decode()
    except UnicodeDecodeError:
        decoded = data.decode("latin-1")
    return decoded.replace("\0", "") if "\0" in decoded else decoded


def spoil(tally: Tally, line: int, reason: str) -> None:
    """Count one malformed row; the first keeps its line and reason."""
    tally.malformed += 1
    if tally.first_bad_line is None:
        tally.first_bad_line, tally.first_bad_reason = line, reason


def break_off(tally: Tally, line: int, damage: Damage) -> None:
    """Count what is missing of a packed file from some line on as one malformed row."""
    spoil(tally, line, damage.reason)
    tally.damage = damage.reason


def _line(data: bytes, tally: Tally) -> str:
    if len(data) > LINE_LIMIT:
        tally.truncated += 1
        data = data[:LINE_LIMIT]
        while data and data[-1] & 0xC0 == 0x80:
            data = data[:-1]
        if data and data[-1] >= 0xC0:
            data = data[:-1]
    return decode(data[:-1] if data[-1:] == b"\r" else data)


def _decompressed(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        magic = file.read(4)
        file.seek(0)
        raw = iter(lambda: file.read(_CHUNK), b"")
        if magic[:2] == b"\x1f\x8b":
            yield from _gunzip(raw)
        elif magic == b"\x28\xb5\x2f\xfd":
            yield from _unzstd(raw)
        else:
            yield from raw


def _gunzip(raw: Iterator[bytes]) -> Iterator[bytes]:
    stream = zlib.decompressobj(wbits=31)
    for block in raw:
        data = block
        while data:
            if stream.eof:
                if not data.strip(b"\0"):
                    break
                stream = zlib.decompressobj(wbits=31)
            try:
                yield stream.decompress(data, _CHUNK)
            except zlib.error as error:
                raise Damage(f"gzip stream is broken: {error}") from error
            data = stream.unused_data if stream.eof else stream.unconsumed_tail
    if not stream.eof:
        yield stream.flush()
        raise Damage("gzip stream ends before its end")


def _unzstd(raw: Iterator[bytes]) -> Iterator[bytes]:
    stream = zstandard.ZstdDecompressor().decompressobj()
    finished = False
    for block in raw:
        data = block
        while data:
            if finished:
                stream = zstandard.ZstdDecompressor().decompressobj()
            try:
                yield stream.decompress(data)
            except zstandard.ZstdError as error:
                raise Damage(f"zstd stream is broken: {error}") from error
            finished = stream.eof
            data = stream.unused_data if finished else b""
    if not finished:
        raise Damage("zstd stream ends before its end")


def _recoded(first: bytes, raw: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    yield decoder.decode(first).encode()
    for block in raw:
        yield decoder.decode(block).encode()
    yield decoder.decode(b"", final=True).encode()
