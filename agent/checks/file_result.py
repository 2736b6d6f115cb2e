"""What was found in one file, as every way of printing it takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from agent.checks.document_process import State
    from agent.checks.fixing import Edit
    from agent.checks.pitfalls import Pitfall
    from agent.checks.report import Report
    from agent.checks.suppression import Silenced


class FileResult(NamedTuple):
    """What was found in one file."""

    path: str
    text: str
    reports: tuple[Report, ...]
    silenced: tuple[Silenced, ...] = ()
    edits: tuple[tuple[Report, Edit], ...] = ()
    process: tuple[State, ...] = ()
    pitfalls: tuple[Pitfall, ...] = ()
    read: bool = True
    """False: nothing of it could be read; `reports` says why."""
