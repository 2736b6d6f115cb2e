"""Which message of a large log the lines without a time of their own belong to."""

from __future__ import annotations

from agent.digest.kinds import Kind
from agent.digest.timing import NO_TIME
from tools.formats.continuation import Continuation

_LATE = 1
"""Seconds: a trace is written at once."""
_LIMIT = 16 * 1024
"""Characters that are kept of one trace."""


class Trail:
    """Follows a file line by line; `last` is the time of the last dated line in epoch seconds, or NO_TIME."""

    def __init__(self, last: int) -> None:
        self.last = last
        self._taken = NO_TIME
        """When the runtime took the last line of the last message."""
        self.owner: tuple[int, int] | None = None
        """Number of the kind of the last message, and the line it began on."""
        self._continuation = Continuation()

    def settle(self, number: int, line: int, opening: str, second: int) -> None:
        """Note a dated message, to which what follows may belong."""
        self.begin(number, line, opening, second)

    def begin(self, number: int, line: int, opening: str, second: int) -> None:
        """Note a message, without a time where `second` is NO_TIME."""
        self.owner = number, line
        self._continuation.starts(opening)
        self._taken = second
        if second != NO_TIME:
            self.last = second

    def goes_on(self, body: str, *, dated: bool, failed: bool) -> bool:
        """Say whether a line goes on with the last message."""
        return self._continuation.goes_on(body, dated=dated, failed=failed)

    @property
    def idle(self) -> bool:
        """Whether the last message announced no further lines."""
        return self._continuation.idle

    def taken(self, second: int) -> None:
        """Note when the runtime took a further line of the last message."""
        if second != NO_TIME:
            self._taken = second

    def is_late(self, second: int) -> bool:
        """Tell whether the runtime took a line too long after the one above for both to be one text."""
        return self._taken != NO_TIME and second - self._taken > _LATE

    def extend(self, kind: Kind, body: str, line: int) -> None:
        """Add a line to the trace that a kind shows."""
        if len(kind.text) < _LIMIT:
            kind.text += f"\n{body}"
            kind.end_line = line
