"""`pm-agent waive`: set open questions aside, with a reason."""

from __future__ import annotations

import argparse

from agent.cli import options, reviewer


def configure(subparsers: options.Subparsers, name: str) -> None:
    """Add the command."""
    parser = options.add_command(
        subparsers,
        name,
        summary="waive open questions of a draft, with a reason",
        description="Waive questions that cannot or need not be answered. The reason stands in the report.",
        examples='pm-agent waive checkout-down Q2 Q3 --reason "Logs of that day are gone." --by "Dana (SRE)"',
    )
    options.add_incident(parser)
    parser.add_argument("questions", metavar="QUESTION", nargs="+", help="ids of questions, such as Q1 Q3")
    parser.add_argument("--reason", metavar="TEXT", required=True, help="why nobody will answer")
    reviewer.add_by(parser)
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Record the waivers and print what still blocks approval."""
    from agent.checks import check_draft
    from agent.errors import ExitCode
    from agent.review import waive

    folder = options.incident_of(args)
    questions = tuple(dict.fromkeys(args.questions))
    edit = waive(folder, questions, args.reason, by=args.by, now=reviewer.now(), check=check_draft)
    reviewer.print_edit(folder, edit, as_json=args.json)
    return ExitCode.OK
