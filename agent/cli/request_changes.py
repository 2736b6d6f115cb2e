"""`pm-agent request-changes`: send a draft back to the drafter."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from agent.cli import options, reviewer

if TYPE_CHECKING:
    from agent.store import IncidentFolder


def configure(subparsers: options.Subparsers, name: str) -> None:
    """Add the command."""
    parser = options.add_command(
        subparsers,
        name,
        summary="send a draft back to the drafter with a comment",
        description="Record what shall change and have it written again: with --section that section alone, "
        "and all others stay as they are; without, the whole draft. Answers carry over. The offline drafter "
        "writes by rule: what it cannot follow comes back as an open question.",
        examples="pm-agent request-changes checkout-down --section impact "
        '--comment "Say how many orders failed." --by "Dana (SRE)"',
    )
    options.add_incident(parser)
    parser.add_argument("--section", metavar="S", help="section it is about, such as impact or action-items")
    parser.add_argument("--comment", metavar="TEXT", required=True, help="what shall change")
    reviewer.add_by(parser)
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Record the request, re-draft, and print where the new draft is."""
    from agent.errors import ExitCode
    from agent.review import request_changes, state_of

    folder = options.incident_of(args)
    decision = request_changes(
        folder, section=args.section, comment=args.comment, by=args.by, now=reviewer.now()
    )
    edits, before = _edits_since_draft(folder), folder.read_draft()
    reviewer.carry_on(folder, decision)
    state, after = state_of(folder), folder.read_draft()
    known = {question.question for question in before.open_questions} if before else set[str]()
    asked = [question for question in after.open_questions if question.question not in known] if after else []
    if args.json:
        options.print_json(
            {
                "incident": folder.id,
                "stage": state.stage,
                "version": state.version,
                "section": decision.section,
                "open_questions": [question.id for question in asked],
            }
        )
    else:
        print(folder.draft_markdown)
    if decision.section:
        print(f"Only {decision.section} went back to the drafter; the rest is as it was.", file=sys.stderr)
    else:
        print("The request was recorded and the draft written anew.", file=sys.stderr)
    for question in asked:
        print(f"{question.id}: {question.question}\n    {question.why_open}", file=sys.stderr)
    if edits and not decision.section:
        print(
            f"{edits} edits of the former draft are in it no more; it is kept in history/.", file=sys.stderr
        )
    return ExitCode.OK


def _edits_since_draft(folder: IncidentFolder) -> int:
    actions = [event.action for event in folder.reviews()]
    last = max((index for index, action in enumerate(actions) if action == "drafted"), default=0)
    return actions[last:].count("edited")
