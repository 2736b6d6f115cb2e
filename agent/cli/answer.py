"""`pm-agent answer`: settle an open question with what a person knows."""

from __future__ import annotations

import argparse

from agent.cli import options, reviewer


def configure(subparsers: options.Subparsers, name: str) -> None:
    """Add the command."""
    parser = options.add_command(
        subparsers,
        name,
        summary="answer an open question of a draft",
        description="Answer an open question. It is recorded with your name and the draft is checked again.",
        examples='pm-agent answer checkout-down Q1 "The pool was raised to 40 at 10:05." --by "Dana (SRE)"',
    )
    options.add_incident(parser)
    parser.add_argument("question", metavar="QUESTION", help="id of the question, such as Q1")
    parser.add_argument("text", metavar="TEXT", help="the answer, in a sentence or more")
    reviewer.add_by(parser)
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Record the answer and print what still blocks approval."""
    from agent.checks import check_draft
    from agent.errors import ExitCode
    from agent.review import answer

    folder = options.incident_of(args)
    edit = answer(folder, args.question, args.text, by=args.by, now=reviewer.now(), check=check_draft)
    reviewer.print_edit(folder, edit, as_json=args.json)
    return ExitCode.OK
