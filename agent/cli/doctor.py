"""`pm-agent doctor`: is each configured source reachable and with what rights, and is the rest in order."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from agent.cli import options
from agent.errors import ExitCode

if TYPE_CHECKING:
    from agent.doctor import Examination

_COLOURS = {"ok": "green", "warning": "yellow", "failed": "red"}


def configure(subparsers: options.Subparsers, name: str) -> None:
    """Add the command."""
    parser = options.add_command(
        subparsers,
        name,
        summary="see whether sources, model endpoint and home are usable",
        description="Ask every source of `[[sources]]` in pm-agent.toml with a few cheap requests whether a "
        "fetch would work, and look at the model endpoint, the home, the raw artifacts and the versions. "
        "Ends with 1 where something failed.",
        examples="pm-agent doctor\npm-agent doctor INC-42     # its sources, and is its window still there\n"
        "pm-agent doctor --json",
    )
    parser.add_argument(
        "incident",
        metavar="ID",
        nargs="?",
        help="look at this incident's sources and window (default: the last hour)",
    )
    options.add_home(parser)
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Examine everything, print a table or JSON."""
    from agent.collecting import window_of
    from agent.doctor import examine_all, recent
    from agent.schema.incident import Incident
    from agent.settings import read_settings
    from agent.sourcing import declared

    settings, home = read_settings(), options.home_of(args)
    folder = home.open(args.incident) if args.incident else None
    incident = folder.read_incident() if folder else None
    file = folder.incident_file if folder else home.path
    sources = declared(incident or Incident(id="none", title="none"), file, settings)
    window = (window_of(incident) if incident else None) or recent()
    rows = examine_all(sources, incident, window, settings, home=folder.path if folder else home.path)
    if args.json:
        options.print_json(rows)
    else:
        _print(rows)
    return ExitCode.FINDINGS if any(row.state == "failed" for row in rows) else ExitCode.OK


def _print(rows: tuple[Examination, ...]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from agent.cli.text import printable

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("State", "What", "Kind", "Detail, and what to do"):
        table.add_column(title, overflow="fold")
    for row in rows:
        told = Text(printable(row.detail))
        if row.suggestion:
            told.append(f"\n-> {printable(row.suggestion)}", style="bold")
        state = Text(row.state, style=_COLOURS[row.state])
        table.add_row(state, Text(printable(row.subject)), Text(row.kind), told)
    Console(highlight=False).print(table)
