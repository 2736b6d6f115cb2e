"""Locating an incident: a path, a folder of the home, or a recorded sample."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from agent.errors import NotFound, UserError
from agent.samples import catalogue, install
from agent.store import Home, IncidentFolder

if TYPE_CHECKING:
    from agent.schema.incident import Window
    from agent.settings import Settings

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


def locate(
    incident: str, home: Home, settings: Settings | None = None, window: Window | None = None
) -> IncidentFolder:
    """Open an incident, copying a sample in on first use; raise NotFound with near matches.

    With settings that name a provider of incidents, one that is nowhere here is recorded from there;
    `window` says when it was.
    Raise UserError for a folder that is no incident folder.
    """
    if (folder := home.find(incident)) is not None:
        return folder
    samples = {sample.id: sample for sample in catalogue()}
    if incident in samples:
        return install(samples[incident], home)
    for candidate in (Path(incident), home.path / incident):
        if candidate.is_dir():
            raise UserError(
                f"{candidate} is a folder without incident.yaml, so it is not an incident yet.",
                hint=f"Make one from its files: pm-agent new --id ID --title TITLE --source '{candidate}/**'",
            )
        if candidate.is_file():
            raise UserError(
                f"{candidate} is a file; --incident takes the incident's folder or id.",
                hint="Evidence files go into an incident with `pm-agent new --source FILE`.",
            )
    if settings and settings.incidents and _ID.fullmatch(incident):
        from agent.recording import record  # only for those who have a provider

        return record(incident, home, settings, window=window)
    known = [*(folder.id for folder in home.incidents()), *samples]
    near = get_close_matches(incident, known, n=3, cutoff=0.5)
    said = f"Did you mean {' or '.join(near)}?" if near else f"{home.path} and the samples hold no such id."
    raise NotFound(
        f"No incident {incident!r}. {said}",
        hint="`pm-agent samples` lists recorded ones, `pm-agent status` yours, `pm-agent new` makes one.\n"
        '  A pager\'s ids are taken with `[incidents] provider = "pagerduty"` in pm-agent.toml, or\n'
        '  "github", "prometheus", "alertmanager".',
    )
