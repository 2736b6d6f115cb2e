"""A regular expression that is compiled when it is first used: a check needs few of those that it imports."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from functools import cached_property

from agent.checks.pattern_store import compile_pattern


class Pattern:
    """Stands for `re.compile(source, flags)`."""

    def __init__(self, source: str, flags: int = 0) -> None:
        self.source = source
        self.flags = flags

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The compiled expression."""
        return compile_pattern(self.source, int(self.flags))

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """Find the first match anywhere between two places of a text."""
        return self.compiled.search(text, start, end)

    def match(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """Match at a place of a text."""
        return self.compiled.match(text, start, end)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """Match the whole text."""
        return self.compiled.fullmatch(text)

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """Find all matches between two places of a text."""
        return self.compiled.finditer(text, start, end)

    def split(self, text: str, most: int = 0) -> list[str]:
        """Split a text at all matches, or at the first `most`; the pattern must have no group."""
        return self.compiled.split(text, maxsplit=most)

    def findall(self, text: str) -> list[str]:
        """Find all matches' texts; the pattern must have one group or none."""
        return self.compiled.findall(text)

    def sub(self, new: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> str:
        """Replace the first matches, or all of them where `count` is 0."""
        return self.compiled.sub(new, text, count=count)
