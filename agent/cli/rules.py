"""`pm-agent rules`: every rule of the checks in one line each."""

from __future__ import annotations

import argparse

from agent.cli.options import Subparsers, add_command, add_json
from agent.errors import ExitCode

_EXAMPLES = """
pm-agent rules
pm-agent rules --json
"""


def configure(subparsers: Subparsers, name: str) -> None:
    """Add the command to the parser."""
    parser = add_command(subparsers, name, summary="list the rules of the checks", examples=_EXAMPLES)
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the rules, a family after the other."""
    from agent.checks.rule_pages import FAMILIES, pages

    if args.json:
        import json

        rows = [
            {"rule": page.rule, "name": page.name, "level": page.level, "title": page.title}
            for page in pages().values()
        ]
        print(json.dumps(rows, indent=2))
        return ExitCode.OK
    family = ""
    for page in pages().values():
        if page.rule[0] != family:
            print(f"{'' if not family else chr(10)}{FAMILIES[page.rule[0]]}")
            family = page.rule[0]
        print(f"  {page.rule}  {page.level:7}  {page.title}")
    return ExitCode.OK
