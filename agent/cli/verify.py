"""`pm-agent verify`: prove offline that evidence and citations are what they claim to be."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from agent.cli import options

if TYPE_CHECKING:
    from agent.review.verification import Checked


def configure(subparsers: options.Subparsers, name: str) -> None:
    """Add the command."""
    parser = options.add_command(
        subparsers,
        name,
        summary="re-check hashes and every citation, offline",
        description="Re-hash every sealed artifact, resolve every pointer, look up every citation. "
        "Encrypted artifacts are looked into with the secret age key in PM_AGENT_RAW_KEY.",
        examples="pm-agent verify checkout-down\npm-agent verify checkout-down --json",
    )
    options.add_incident(parser)
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print what was checked; every problem stands on its own line, the first one first."""
    from agent.errors import ExitCode
    from agent.raw import key_of
    from agent.review.verification import verify
    from agent.settings import read_settings

    folder = options.incident_of(args)
    spec = read_settings().collect
    result = verify(folder, key_of(spec, os.environ))
    if args.json:
        options.print_json(result)
    else:
        for problem in result.problems:
            print(f"{problem.where}: {problem.message}")
        checked = result.checked
        for line in _withheld(checked, spec.raw_key_env):
            print(line, file=sys.stderr)
        print(
            f"{'Verified' if result.ok else 'Not verified'}: {checked.artifacts} artifacts, "
            f"{checked.evidence} pieces of evidence, {checked.claims} statements"
            + (f"; {len(result.problems)} problems." if result.problems else "."),
            file=sys.stdout if result.ok else sys.stderr,
        )
    return ExitCode.OK if result.ok else ExitCode.FINDINGS


def _withheld(checked: Checked, variable: str) -> list[str]:
    """Say what could not be looked at although nothing is wrong with it."""
    lines: list[str] = []
    if checked.dropped:
        lines.append(f"{checked.dropped} artifacts were dropped by setting; only their hashes are kept.")
    if checked.locked:
        lines.append(f"{checked.locked} artifacts are encrypted; put the secret age key into {variable}.")
    if checked.unresolved:
        lines.append(f"{checked.unresolved} pointers lead into them and were not followed.")
    return lines
