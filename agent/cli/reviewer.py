"""Who reviews, and how a recorded verdict goes on."""

from __future__ import annotations

import argparse
import getpass
import shutil
import subprocess
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.review import Edit
    from agent.schema.review import Decision
    from agent.store import IncidentFolder


def add_by(parser: argparse.ArgumentParser) -> None:
    """Add --by, the named person who decides; there is no default, so that nobody decides by accident."""
    parser.add_argument("--by", metavar="NAME", required=True, help='who decides, such as "Dana (SRE)"')


def current_user() -> str:
    """Name the person at the keyboard: git's user.name, else the login name."""
    if git := shutil.which("git"):
        found = subprocess.run(
            [git, "config", "user.name"], capture_output=True, text=True, check=False, timeout=10
        )
        if name := found.stdout.strip():
            return name
    return getpass.getuser()


def now() -> datetime:
    """Read the clock once a command."""
    return datetime.now(UTC)


def carry_on(folder: IncidentFolder, decision: Decision) -> None:
    """Hand a recorded decision to the workflow, which writes the report, drafts again or ends."""
    from agent.workflow.run import resume

    resume(folder, decision, now=now)


def print_edit(folder: IncidentFolder, edit: Edit, *, as_json: bool) -> None:
    """Report what became of an edit: one JSON document, or the changes line by line."""
    from agent.cli.options import print_json
    from agent.review import blockers, state_of

    state = state_of(folder, edit.findings)
    if as_json:
        print_json(
            {
                "incident": folder.id,
                "version": edit.version,
                "changes": edit.changes,
                "findings": edit.findings,
                "blockers": blockers(state),
            }
        )
        return
    for line in edit.changes or ("Nothing changed.",):
        print(line)
    for note in edit.notes:
        print(f"note: {note}", file=sys.stderr)
    remaining = blockers(state)
    print(
        f"{len(remaining)} to do before approval; `pm-agent review {folder.id}` lists them."
        if remaining
        else f'Nothing blocks approval: pm-agent approve {folder.id} --by "NAME"',
        file=sys.stderr,
    )


def pager_shows_styles(environment: MutableMapping[str, str]) -> bool:
    """Say whether the pager takes escape sequences; less does where it is told to, as git tells it."""
    pager = environment.get("MANPAGER") or environment.get("PAGER") or shutil.which("less") or ""
    program, _, options = pager.partition(" ")
    if Path(program).name != "less":
        return False
    told = environment.setdefault("LESS", "FRX") + options
    return "r" in told.casefold()
