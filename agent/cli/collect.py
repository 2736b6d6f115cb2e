"""`pm-agent collect`: ask every source and seal what came back as a new snapshot."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from agent.cli import options
from agent.cli.scoping import add_scope, apply_scope
from agent.errors import ExitCode

if TYPE_CHECKING:
    from agent.schema.bundle import Request
    from agent.store import Bundle


def configure(subparsers: options.Subparsers, name: str) -> None:
    """Add the command."""
    parser = options.add_command(
        subparsers,
        name,
        summary="collect and seal the evidence of an incident",
        examples="pm-agent collect checkout-outage\npm-agent collect checkout-outage --service cart --json",
    )
    options.add_incident(parser)
    add_scope(parser)
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Collect and print one row a request."""
    import sys
    from datetime import UTC, datetime

    from agent.cli.display import paces
    from agent.collecting import collect
    from agent.settings import read_settings
    from agent.sourcing import declared

    folder = options.incident_of(args)
    apply_scope(folder, args)
    settings, incident = read_settings(), folder.read_incident()
    count = len(declared(incident, folder.incident_file, settings))
    named = f"{count} sources" if count != 1 else "1 source"
    print(f"collecting from {named} ...", file=sys.stderr, flush=True)
    with folder.locked(), paces():
        bundle = collect(folder, incident, settings=settings, now=lambda: datetime.now(UTC))
    if args.json:
        options.print_json(
            {
                "incident": incident.id,
                "snapshot": bundle.name,
                "manifest_sha256": bundle.manifest_sha256,
                "artifacts": len(bundle.manifest.artifacts),
                "requests": bundle.manifest.requests,
            }
        )
    else:
        _print(bundle)
    return ExitCode.OK


def _print(bundle: Bundle) -> None:
    rows = [("SOURCE", "QUERY", "OUTCOME", "ROWS", "BYTES", "NOTE"), *map(_row, bundle.manifest.requests)]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        print("   ".join((*cells, row[5])).rstrip())
    print(f"\n{bundle.name}: {len(bundle.manifest.artifacts)} artifacts, sealed.")


def _row(request: Request) -> tuple[str, str, str, str, str, str]:
    query = request.query if len(request.query) <= 40 else request.query[:37] + "..."
    return request.source, query, request.outcome, str(request.rows), str(request.bytes), request.note
