"""Compiled patterns kept beside the byte code: compiling them would take a third of the time of a check.

A check needs some hundred patterns, and `re` compiles each of them in every process. What a pattern compiles
to is kept as byte code is: in `__pycache__`, for one interpreter, where byte code may be written. Where there
is nothing kept, or what is kept is damaged or of another interpreter, patterns are compiled as ever.
"""

from __future__ import annotations

import marshal
import os
import re
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast
from zlib import crc32

_MOST = 2_000
"""Patterns that are kept; where there are more, most are of rules that have changed, and all are left out."""

_DIGEST = 4
"""Bytes of the checksum in front of what is kept."""
_FORM = 2
"""Raised when what is kept is laid out in another way."""
Key = tuple[str, int]
"""Source and flags."""
Code = tuple[int, int, dict[str, int], bytes]
"""All flags, number of groups, numbers of the named ones, and the engine's code as words of 32 bits."""

_engine: Any = getattr(re, "_compiler", None)
"""Nothing public tells what a pattern compiles to."""
_kept: dict[Key, Code] = {}
_fresh: list[Key] = []


def compile_pattern(source: str, flags: int) -> re.Pattern[str]:
    """Return what `re.compile` returns, from the kept code where there is one."""
    kept = _kept.get((source, flags))
    if kept is not None:
        with suppress(RuntimeError):  # refused by the engine
            return _load(source, kept)
    _fresh.append((source, flags))
    return re.compile(source, flags)


@contextmanager
def kept_patterns(file: Path | None = None) -> Generator[None]:
    """Inside, patterns come from a file, which then gets those that it lacked."""
    file = file or _beside_byte_code()
    _fresh.clear()
    if file is None or _engine is None or sys.implementation.name != "cpython":
        yield
        return
    _kept.update(_read(file))
    try:
        yield
    finally:
        if _fresh and not sys.dont_write_bytecode:
            _write(file)
        _kept.clear()


def _beside_byte_code() -> Path | None:
    cached = __spec__.cached if __spec__ else None
    return Path(cached).with_suffix(".patterns") if cached else None


def _interpreter() -> tuple[str, int]:
    return sys.version, int(_engine.MAGIC)


def _read(file: Path) -> dict[Key, Code]:
    with suppress(OSError):  # none yet
        digest, data = (whole := file.read_bytes())[:_DIGEST], whole[_DIGEST:]
        if digest == _digest(data):  # neither damaged nor of another interpreter or version
            return cast("dict[Key, Code]", marshal.loads(data))  # noqa: S302 - trusted as byte code is
    return {}


def _digest(data: bytes) -> bytes:
    """Sum up what is kept and by which interpreter, so that neither damage nor another version is read."""
    version, magic = _interpreter()
    return crc32(data, crc32(f"{_FORM} {magic} {version}".encode())).to_bytes(_DIGEST, "big")


def _write(file: Path) -> None:
    fresh = {key: _code(*key) for key in _fresh}
    kept = _kept | fresh if len(_kept) + len(fresh) <= _MOST else fresh
    part = file.with_name(f"{file.name}.{os.getpid()}")
    with suppress(OSError):  # nowhere to keep them, as for byte code
        data = marshal.dumps(kept)
        part.write_bytes(_digest(data) + data)
        part.replace(file)


def _code(source: str, flags: int) -> Code:
    from array import array  # noqa: PLC0415 - only where something is kept

    parsed = _engine._parser.parse(source, flags)  # noqa: SLF001
    words = array("I", map(int, _engine._code(parsed, flags)))  # noqa: SLF001
    return flags | parsed.state.flags, parsed.state.groups - 1, parsed.state.groupdict, words.tobytes()


def _load(source: str, code: Code) -> re.Pattern[str]:
    flags, groups, names, words = code
    numbered: list[str | None] = [None] * (groups + 1)
    for name, number in names.items():
        numbered[number] = name
    listed = memoryview(words).cast("I").tolist()
    return _engine._sre.compile(source, flags, listed, groups, names, tuple(numbered))  # noqa: SLF001
