"""--since, --until and --service: what to look at, written into the incident's record."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.schema.incident import Window
    from agent.store import IncidentFolder


def add_scope(parser: argparse.ArgumentParser) -> None:
    """Add the three options."""
    parser.add_argument("--since", metavar="TIME", help="begin of the evidence, such as 2026-03-01T12:00:00Z")
    parser.add_argument("--until", metavar="TIME", help="end of the evidence")
    parser.add_argument(
        "--service", metavar="NAME", action="append", help="a service to ask about; may be repeated"
    )


def told_window(args: argparse.Namespace) -> Window | None:
    """Read --since and --until, which is now where it is not told; None without --since."""
    from datetime import UTC, datetime

    from agent.schema.base import parse
    from agent.schema.incident import Window

    if not args.since:
        return None
    until = args.until or datetime.now(UTC)
    return parse(Window, {"start": args.since, "end": until}, where="the command line")


def apply_scope(folder: IncidentFolder, args: argparse.Namespace) -> bool:
    """Write the options into incident.yaml, so that every later command means the same.

    Return whether the newest snapshot was collected for another window or record than the options say.
    Raise UserError where they contradict each other or the record.
    """
    from agent.collecting import window_of
    from agent.errors import UserError
    from agent.schema.base import parse
    from agent.schema.incident import Incident

    if not (args.since or args.until or args.service):
        return False
    before = folder.read_incident()
    data = before.model_dump(exclude_none=True)
    if args.since or args.until:
        known = window_of(before)
        since, until = args.since or (known and known.start), args.until or (known and known.end)
        if not (since and until):
            missing = "--until" if args.since else "--since"
            raise UserError(f"{folder.incident_file} has no time, so {missing} is needed too.")
        data["window"] = {"start": since, "end": until}
    if args.service:
        data["services"] = args.service
    after = parse(Incident, data, where="the command line")
    if after != before:
        folder.update_incident(after, keys=("window", "services"))
        print(f"{folder.incident_file}: window and services are now what you told", file=sys.stderr)
    bundle = folder.bundle()
    return after != before or (bundle is not None and bundle.manifest.window != window_of(after))
