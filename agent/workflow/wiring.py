"""Wiring: the stages that the product runs with."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from agent.checks import check_draft
from agent.collecting import fetch_source, seal, window_of
from agent.digest import digest
from agent.drafting.assembly import assemble
from agent.review import finalise, save_draft, state_of
from agent.schema.bundle import Manifest
from agent.schema.incident import Incident
from agent.store import IncidentFolder
from agent.workflow.stages import Part, Stages


def built_in() -> Stages:
    """Name the function behind each stage."""
    return Stages(
        fetch=fetch_source,
        seal=_seal,
        digest=digest,
        assemble=assemble,
        check=check_draft,
        save=save_draft,
        finalise=finalise,
        edited_by_hand=_edited_by_hand,
    )


def _seal(scratch: Path, incident: Incident, parts: tuple[Part, ...], now: datetime) -> Manifest:
    return seal(scratch, incident, window_of(incident), parts, lambda: now)


def _edited_by_hand(folder: IncidentFolder) -> bool:
    return state_of(folder).hand_edit != "none"
