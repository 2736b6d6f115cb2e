"""Which drafter writes."""

from __future__ import annotations

from typing import Literal

from agent.drafting.drafter import Drafter
from agent.drafting.offline import OfflineDrafter
from agent.errors import UserError

Name = Literal["auto", "offline", "claude"]


def choose(name: Name, settings: object = None) -> Drafter:  # noqa: ARG001 - a later drafter needs it
    """Give the drafter of that name; "auto" is the best one that this version and its settings have."""
    if name == "claude":
        raise UserError(
            "This version drafts offline only; the drafter 'claude' is not part of it.",
            hint="Use --drafter offline, or leave the option out.",
        )
    return OfflineDrafter()
