"""`pm-agent reject`: a named person decides that this draft will not become a report."""

from __future__ import annotations

import argparse
import sys

from agent.cli import options, reviewer


def configure(subparsers: options.Subparsers, name: str) -> None:
    """Add the command."""
    parser = options.add_command(
        subparsers,
        name,
        summary="reject a draft, with a reason",
        examples='pm-agent reject checkout-down --reason "Two incidents in one window." --by "Dana (SRE)"',
    )
    options.add_incident(parser)
    parser.add_argument("--reason", metavar="TEXT", required=True, help="why it will not become a report")
    reviewer.add_by(parser)
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Record the rejection and end the workflow."""
    from agent.errors import ExitCode
    from agent.review import reject

    folder = options.incident_of(args)
    decision = reject(folder, by=args.by, reason=args.reason, now=reviewer.now())
    reviewer.carry_on(folder, decision)
    if args.json:
        options.print_json({"incident": folder.id, "stage": "rejected", "version": decision.version})
    print(f"Rejected by {decision.by}; the evidence and the draft are kept.", file=sys.stderr)
    return ExitCode.OK
