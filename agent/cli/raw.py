"""`pm-agent raw`: drop, encrypt or restore the raw artifacts of an incident."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from agent.cli import options

if TYPE_CHECKING:
    from agent.store import IncidentFolder


def configure(subparsers: options.Subparsers, name: str) -> None:
    """Add the command."""
    parser = options.add_command(
        subparsers,
        name,
        summary="drop, encrypt or restore the raw artifacts of an incident",
        description="Drop or encrypt the raw artifacts once they have been digested, or decrypt them again. "
        "The manifest with their hashes stays. `[collect] keep_raw` in pm-agent.toml does so after every "
        "approval; without an option this command says how they are kept. Recipients may be age or SSH "
        "keys, but --restore and `verify` read with a secret age key only; for SSH use the age command.",
        examples=f"pm-agent {name} checkout-down\npm-agent {name} checkout-down --drop\n"
        f'PM_AGENT_RAW_KEY="$(tail -1 age.key)" pm-agent {name} checkout-down --restore',
    )
    options.add_incident(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--drop", action="store_true", help="delete them; this cannot be undone")
    what.add_argument(
        "--encrypt", action="store_true", help="encrypt them for `raw_recipients` (needs pyrage)"
    )
    what.add_argument(
        "--restore", action="store_true", help="decrypt them with the secret age key in PM_AGENT_RAW_KEY"
    )
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do it, and print one row a snapshot."""
    from agent.errors import ExitCode

    folder = options.incident_of(args)
    if args.drop or args.encrypt or args.restore:
        _do(args, folder)
    rows = [_row(folder, name) for name in (path.name for path in folder.snapshots())]
    if args.json:
        options.print_json({"incident": folder.id, "snapshots": rows})
    else:
        for row in rows:
            since = f" since {row['at']}" if row["at"] else ""
            print(f"{row['snapshot']}: {row['readable']} of {row['artifacts']} readable; {row['raw']}{since}")
    return ExitCode.OK


def _do(args: argparse.Namespace, folder: IncidentFolder) -> None:
    import os
    from datetime import UTC, datetime

    from agent.errors import UserError
    from agent.raw import drop, encrypt, key_of, restore
    from agent.settings import read_settings

    spec, now = read_settings().collect, datetime.now(UTC)
    with folder.locked():
        if args.drop:
            done = f"{drop(folder, now)} artifacts dropped"
        elif args.encrypt:
            done = f"{encrypt(folder, spec.raw_recipients, now)} artifacts encrypted"
        elif key := key_of(spec, os.environ):
            done = f"{restore(folder, key)} artifacts restored"
        else:
            raise UserError(
                f"No key: {spec.raw_key_env} is not set.", hint="It takes an AGE-SECRET-KEY-1..., no SSH key."
            )
    print(done, file=sys.stderr)


def _row(folder: IncidentFolder, name: str) -> dict[str, object]:
    from agent.schema.base import format_utc

    bundle = folder.bundle(name)
    artifacts = bundle.manifest.artifacts if bundle else ()
    raw = bundle.raw if bundle else None
    return {
        "snapshot": name,
        "artifacts": len(artifacts),
        "readable": sum(bundle.holds(artifact) for artifact in artifacts) if bundle else 0,
        "raw": raw.treatment if raw else "kept",
        "at": format_utc(raw.at) if raw else None,
    }
