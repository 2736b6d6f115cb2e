"""What can go wrong, by audience.

    PmAgentError
    +-- UserError        the user gave something that cannot be used: what, where, what to do next
    |   +-- NotFound     an incident, file or evidence id that does not exist
    |   +-- NotAllowed   a step that the review rules refuse (publishing an unapproved draft)
    +-- ToolRefused      a tool says no to a model, which may adapt

Anything else that is raised is a defect of ours and shows its traceback.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command's exit status means; the same for every command."""

    OK = 0
    FINDINGS = 1
    """`check`: findings at the gate; `verify`: something does not verify; `eval`: a case failed."""
    UNUSABLE = 2
    """The command line or an input cannot be used."""
    NOT_FOUND = 3
    NOT_ALLOWED = 4
    NO_EVIDENCE = 5
    """Every source failed or was empty, so there is nothing to draft from."""
    INTERRUPTED = 130


class PmAgentError(Exception):
    """Anything that pm-agent raises on purpose."""


class UserError(PmAgentError):
    """Say in one message what was wrong and where; `hint` says what to do next."""

    exit_code: ExitCode = ExitCode.UNUSABLE

    def __init__(self, message: str, *, hint: str | None = None, exit_code: ExitCode | None = None) -> None:
        super().__init__(message)
        self.hint = hint
        if exit_code is not None:
            self.exit_code = exit_code

    def __str__(self) -> str:
        message = str(self.args[0])
        return f"{message}\n  {self.hint}" if self.hint else message


class NotFound(UserError):  # noqa: N818 - reads as the outcome it is
    """Something that was named does not exist."""

    exit_code: ExitCode = ExitCode.NOT_FOUND


class NotAllowed(UserError):  # noqa: N818
    """A step that is refused in the present state; the message says what must come first."""

    exit_code: ExitCode = ExitCode.NOT_ALLOWED


class ToolRefused(PmAgentError):  # noqa: N818
    """A read-only tool refuses a model's request; the text is shown to the model."""
