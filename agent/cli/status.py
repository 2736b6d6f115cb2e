"""`pm-agent status`: how far each post-mortem is, and what is due when."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from agent.cli import options, reviewer

if TYPE_CHECKING:
    from agent.review.overview import Overview
    from agent.store import IncidentFolder


def configure(subparsers: options.Subparsers, name: str) -> None:
    """Add the command."""
    parser = options.add_command(
        subparsers,
        name,
        summary="show how far each post-mortem is and what is due",
        examples="pm-agent status\npm-agent status checkout-down --json",
    )
    parser.add_argument("incident", metavar="ID", nargs="?", help="one incident (default: all of the home)")
    options.add_home(parser)
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print one row an incident; one that cannot be read is named on stderr and the rest still shown."""
    from agent.errors import ExitCode, UserError
    from agent.review.overview import overview

    home = options.home_of(args)
    folders: tuple[IncidentFolder, ...] = (home.open(args.incident),) if args.incident else home.incidents()
    rows: list[Overview] = []
    unreadable = 0
    for folder in folders:
        try:
            rows.append(overview(folder, now=reviewer.now()))
        except UserError as error:
            unreadable += 1
            print(f"{folder.id}: {error}", file=sys.stderr)
    if args.json:
        options.print_json(rows)
    elif rows:
        _print_table(rows)
        if args.incident:
            _print_process(rows[0])
    elif not unreadable:
        print(f"{home.path} holds no incident yet; `pm-agent new` makes one.", file=sys.stderr)
    return ExitCode.UNUSABLE if unreadable else ExitCode.OK


def _print_table(rows: list[Overview]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("Incident", "State", "Findings", "Open", "Age", "Distribute by (UTC)", "Follow-up"):
        table.add_column(title, overflow="fold")
    for row in rows:
        counts = ", ".join(f"{count} {level}" for level, count in sorted(row.findings.items()))
        due = f"{row.distribute_by:%Y-%m-%d %H:%M}" if row.distribute_by else "end not known"
        state = row.stage + (", edited by hand" if row.edited else "")
        table.add_row(
            Text(row.incident),
            Text(state),
            Text(counts or "none"),
            str(row.open_questions),
            "" if row.age_days is None else f"{row.age_days} d",
            Text(f"{due}{' (late)' if row.late else ''}", style="red" if row.late else ""),
            str(row.follow_up_on or ""),
        )
    Console(highlight=False).print(table)


def _print_process(row: Overview) -> None:
    for step in row.process:
        print(f"  {step.state:<9} {step.step}: {step.detail}")
