"""Many patterns as one automaton: where any of them occurs, and which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import re2

_MEMORY = 64 << 20


class Cues:
    """Patterns of RE2 for bytes, none of which runs over a line's end."""

    def __init__(self, patterns: Sequence[bytes]) -> None:
        self._all = range(len(patterns))
        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.never_nl = True
        options.log_errors = False
        options.max_mem = _MEMORY
        self._any = re2.compile(b"|".join(b"(?:%s)" % pattern for pattern in patterns), options)
        self._each = re2.Set.SearchSet(options)
        for pattern in patterns:
            self._each.Add(pattern)
        self._each.Compile()

    def places(self, data: bytes) -> Iterator[tuple[int, int]]:
        """Yield start and end of what any of them matches, in order and without overlaps."""
        return (match.span() for match in self._any.finditer(data))

    def which(self, data: bytes) -> Sequence[int]:
        """Say which of them occur; no answer, as from an automaton out of memory, means all."""
        return sorted(self._each.Match(data) or self._all)
