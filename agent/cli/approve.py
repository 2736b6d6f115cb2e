"""`pm-agent approve`: a named person vouches for the draft; the report is written."""

from __future__ import annotations

import argparse
import sys

from agent.cli import options, reviewer


def configure(subparsers: options.Subparsers, name: str) -> None:
    """Add the command."""
    parser = options.add_command(
        subparsers,
        name,
        summary="approve a draft and write the final report",
        description="Approve the present version. Refused while error findings or open questions stand.",
        examples='pm-agent approve checkout-down --by "Dana (SRE)"',
    )
    options.add_incident(parser)
    reviewer.add_by(parser)
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Record the approval, finish the workflow, and print where the report is."""
    from agent.checks import check_draft
    from agent.errors import ExitCode
    from agent.review import approve

    folder = options.incident_of(args)
    decision = approve(folder, by=args.by, now=reviewer.now(), check=check_draft)
    reviewer.carry_on(folder, decision)
    report = folder.path / "postmortem.md"
    if args.json:
        result = {"incident": folder.id, "version": decision.version, "by": decision.by, "report": report}
        options.print_json(result)
    else:
        print(report)
    earlier = "" if decision.by == " ".join(args.by.split()) else "This version was approved already. "
    print(
        f"{earlier}Approved by {decision.by}. `pm-agent publish {folder.id} --to markdown:DIR` publishes it.",
        file=sys.stderr,
    )
    return ExitCode.OK
