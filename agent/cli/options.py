"""Options that several commands share, and how data leaves a command."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.cli.parser import EXAMPLES

if TYPE_CHECKING:
    from agent.store import Home, IncidentFolder

Subparsers = Any
"""What argparse returns from add_subparsers; the type is private there."""


def add_command(
    subparsers: Subparsers, name: str, *, summary: str, examples: str, description: str = ""
) -> argparse.ArgumentParser:
    """Add a command whose help ends with examples."""
    return subparsers.add_parser(
        name,
        help=summary,
        description=description or summary[:1].upper() + summary[1:] + ".",
        epilog=EXAMPLES + "\n".join(f"  {line}" for line in examples.strip().splitlines()),
    )


def add_home(parser: argparse.ArgumentParser) -> None:
    """Add --home, the folder that holds one folder an incident."""
    parser.add_argument(
        "--home",
        metavar="DIR",
        type=Path,
        help="folder that holds the incidents (default: $PM_AGENT_HOME, else the settings, "
        "else ./postmortems)",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add --json, which makes stdout one JSON document."""
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout")


def add_incident(parser: argparse.ArgumentParser) -> None:
    """Add the positional incident id and --home."""
    parser.add_argument("incident", metavar="ID", help="incident id below the home, or a path to its folder")
    add_home(parser)


def home_of(args: argparse.Namespace) -> Home:
    """Open the home that the arguments name, or else the settings."""
    from agent.settings import read_settings
    from agent.store import Home

    return Home(args.home or read_settings().home)


def incident_of(args: argparse.Namespace) -> IncidentFolder:
    """Open the incident that the arguments name; raise NotFound with what there is instead."""
    return home_of(args).open(args.incident)


def print_json(data: object) -> None:
    """Print one JSON document on stdout; pydantic models and paths are understood."""
    from pydantic_core import to_json

    sys.stdout.write(to_json(data, indent=2).decode() + "\n")
