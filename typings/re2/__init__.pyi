"""The part of google-re2 that is used; the package has no types of its own."""

from collections.abc import Iterator
from enum import Enum

class Options:
    class Encoding(Enum):
        UTF8 = ...
        LATIN1 = ...

    encoding: Encoding
    never_nl: bool
    log_errors: bool
    max_mem: int

class _Match:
    def span(self, group: int = 0) -> tuple[int, int]: ...

class _Regexp:
    def finditer(self, text: bytes) -> Iterator[_Match]: ...

def compile(pattern: bytes, options: Options | None = None) -> _Regexp: ...  # noqa: A001 - the package's name

class Set:
    @classmethod
    def SearchSet(cls, options: Options | None = None) -> Set: ...  # noqa: N802 - the package's name
    def Add(self, pattern: bytes) -> int: ...  # noqa: N802
    def Compile(self) -> None: ...  # noqa: N802
    def Match(self, text: bytes) -> list[int] | None: ...  # noqa: N802
