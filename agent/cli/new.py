"""`pm-agent new`: make an incident folder, by flags or by asking on a terminal."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from agent.cli import options
from agent.errors import ExitCode, UserError

if TYPE_CHECKING:
    from agent.schema.incident import Incident

EXAMPLES = """
pm-agent new --id INC-42 --title "Checkout slow" --start 2026-03-01T12:00:00Z --source 'logs/**'
pm-agent new --id INC-42 --title "Checkout slow" --severity SEV2 --start 2026-03-01T12:00:00+01:00 \\
    --end 2026-03-01T13:10:00+01:00 --service cart --service checkout --source export/ --zone Europe/Berlin
pm-agent new                                       # on a terminal: asks
"""


def configure(subparsers: options.Subparsers, name: str) -> None:
    """Add the command."""
    parser = options.add_command(subparsers, name, summary="make an incident folder", examples=EXAMPLES)
    parser.add_argument(
        "--id", metavar="ID", help="also the folder's name: letters, digits, dot, hyphen, underscore"
    )
    parser.add_argument("--title", help="one line that says what was seen")
    parser.add_argument("--severity", help="as your organisation writes it, such as SEV2")
    parser.add_argument("--start", metavar="TIME", help="RFC 3339 with a zone, such as 2026-03-01T12:00:00Z")
    parser.add_argument("--end", metavar="TIME", help="likewise")
    parser.add_argument("--service", metavar="NAME", action="append", default=[], help="affected; repeatable")
    parser.add_argument(
        "--source", metavar="PATH_OR_GLOB", action="append", default=[], help="evidence on disk; repeatable"
    )
    parser.add_argument("--zone", help="zone of time stamps that carry none: UTC, +08:00, Europe/Berlin")
    parser.add_argument(
        "--recorded-at", metavar="TIME", help="when the files were recorded; resolves ages like 5m"
    )
    parser.add_argument("--summary", help="what was reported when the incident was opened")
    options.add_home(parser)
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make the folder and print its path."""
    from datetime import UTC, datetime

    from agent.schema.base import to_second

    home = options.home_of(args)
    if sys.stdin.isatty() and sys.stderr.isatty():
        _ask_for_missing(args)
    if missing := [f"--{name}" for name in ("id", "title") if not getattr(args, name)]:
        raise UserError(
            f"An incident needs {' and '.join(missing)}.",
            hint="Give it as a flag, or run `pm-agent new` on a terminal to be asked.",
        )
    incident = _incident(args, home.path / args.id)
    folder = home.create(incident)
    if incident.start and incident.start > datetime.now(UTC):
        print(f"note: the start, {to_second(incident.start)}, lies in the future", file=sys.stderr)
    print(f"next: pm-agent draft --incident {folder.id}", file=sys.stderr)
    if args.json:
        options.print_json(
            {"incident": folder.id, "folder": folder.path, "incident_yaml": folder.incident_file}
        )
    else:
        print(folder.path)
    return ExitCode.OK


def _incident(args: argparse.Namespace, target: Path) -> Incident:
    from agent.schema.base import parse
    from agent.schema.incident import Incident

    data: dict[str, object] = {"id": args.id, "title": args.title, "services": args.service}
    for name in ("severity", "start", "end", "summary"):
        if value := getattr(args, name):
            data[name] = value
    if args.source:
        paths = [_relative(path, target) for path in args.source]
        source: dict[str, object] = {"paths": paths}
        if args.zone:
            source["assume_zone"] = args.zone
        if args.recorded_at:
            source["recorded_at"] = args.recorded_at
        data["sources"] = [source]
    elif args.zone or args.recorded_at:
        raise UserError("--zone and --recorded-at describe files.", hint="Name the files with --source.")
    return parse(Incident, data, where="the new incident")


def _relative(path: str, target: Path) -> str:
    """Write a path relative to the incident's folder, which is how incident.yaml means it."""
    found = Path(path)
    if not any(char in path for char in "*?[") and not found.exists():
        raise UserError(
            f"--source {path} does not exist.", hint="Name a file, a folder or a glob such as 'logs/**'."
        )
    return os.path.relpath(found.absolute(), target.absolute())


def _ask_for_missing(args: argparse.Namespace) -> None:
    questions: tuple[tuple[str, str], ...] = (
        ("id", "Id of the incident, such as INC-42"),
        ("title", "What was seen, in one line"),
        ("severity", "Severity (empty if none)"),
        ("start", "Start, such as 2026-03-01T12:00:00Z (empty if not known)"),
        ("end", "End (empty if not known)"),
    )
    if args.id and args.title:
        return
    for name, question in questions:
        if not getattr(args, name):
            setattr(args, name, _ask(question, required=name in {"id", "title"}))
    if not args.source:
        args.source = [
            path for path in _ask("Files or globs with evidence, comma-separated").split(",") if path.strip()
        ]


def _ask(question: str, *, required: bool = False, read: Callable[[], str] = input) -> str:
    while True:
        print(f"{question}: ", end="", file=sys.stderr, flush=True)
        if (answer := read().strip()) or not required:
            return answer
