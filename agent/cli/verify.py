"""`pm-agent verify`: prove offline that evidence and citations are what they claim to be."""

from __future__ import annotations

import argparse
import sys

from agent.cli import options


def configure(subparsers: options.Subparsers, name: str) -> None:
    """Add the command."""
    parser = options.add_command(
        subparsers,
        name,
        summary="re-check hashes and every citation, offline",
        description="Re-hash every sealed artifact, resolve every pointer, look up every citation.",
        examples="pm-agent verify checkout-down\npm-agent verify checkout-down --json",
    )
    options.add_incident(parser)
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print what was checked; every problem stands on its own line, the first one first."""
    from agent.errors import ExitCode
    from agent.review.verification import verify

    folder = options.incident_of(args)
    result = verify(folder)
    if args.json:
        options.print_json(result)
    else:
        for problem in result.problems:
            print(f"{problem.where}: {problem.message}")
        checked = result.checked
        print(
            f"{'Verified' if result.ok else 'Not verified'}: {checked.artifacts} artifacts, "
            f"{checked.evidence} pieces of evidence, {checked.claims} statements"
            + (f"; {len(result.problems)} problems." if result.problems else "."),
            file=sys.stdout if result.ok else sys.stderr,
        )
    return ExitCode.OK if result.ok else ExitCode.FINDINGS
