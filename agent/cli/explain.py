"""`pm-agent explain B03`: why a rule exists, what it reports and how to write instead."""

from __future__ import annotations

import argparse
import dataclasses
import difflib

from agent.cli.options import Subparsers, add_command, add_json
from agent.errors import ExitCode, NotFound

_EXAMPLES = """
pm-agent explain B03
pm-agent explain B03 A05 --json
"""


def configure(subparsers: Subparsers, name: str) -> None:
    """Add the command to the parser."""
    parser = add_command(subparsers, name, summary="explain a rule of the checks", examples=_EXAMPLES)
    parser.add_argument("rules", metavar="RULE", nargs="+", help="rule id, such as B03")
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print each rule's page."""
    from agent.checks.rule_pages import pages, render_page

    wanted = [str(name).upper() for name in args.rules]
    for name in wanted:
        if name not in pages():
            near: list[str] = difflib.get_close_matches(name, pages(), n=1)
            hint = f"Did you mean {near[0]}? " if near else ""
            raise NotFound(f"There is no rule {name}.", hint=f"{hint}pm-agent rules lists them.")
    found = [pages()[name] for name in wanted]
    if args.json:
        import json

        print(json.dumps([dataclasses.asdict(page) for page in found], indent=2))
    else:
        print("\n".join(render_page(page) for page in found), end="")
    return ExitCode.OK
