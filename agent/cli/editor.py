"""The reviewer's own editor."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from agent.errors import UserError


def edit(file: Path) -> None:
    """Open a file in $VISUAL or $EDITOR and wait; raise UserError where that fails. No shell is involved."""
    command = _command()
    try:
        code = subprocess.run([*command, str(file)], check=False).returncode
    except OSError as error:
        raise UserError(
            f"The editor {command[0]!r} cannot be run: {error.strerror}.", hint="Set EDITOR to one that can."
        ) from error
    if code != 0:
        raise UserError(
            f"The editor {command[0]!r} ended with status {code}.", hint=f"The text is in {file}."
        )


def _command() -> list[str]:
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if chosen:
        try:
            words = shlex.split(chosen)
        except ValueError as error:
            raise UserError(f"EDITOR={chosen!r} cannot be read: {error}.") from error
        if words:
            return words
    for name in ("sensible-editor", "nano", "vi"):
        if found := shutil.which(name):
            return [found]
    raise UserError(
        "No editor is set.", hint="Set EDITOR, such as EDITOR=nano, or edit draft.md and run review."
    )
