"""`pm-agent publish`: put an approved report where people read it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from agent.cli import options, reviewer


def configure(subparsers: options.Subparsers, name: str) -> None:
    """Add the command."""
    parser = options.add_command(
        subparsers,
        name,
        summary="publish an approved report",
        description="Publish the approved version, and only that: a draft that changed since is refused.",
        examples="""
pm-agent publish checkout-down --to markdown:docs/postmortems --dry-run
pm-agent publish checkout-down --to markdown:docs/postmortems
""",
    )
    options.add_incident(parser)
    parser.add_argument("--to", metavar="SINK", required=True, help="where to, such as markdown:DIR")
    parser.add_argument(
        "--by", metavar="NAME", help="who publishes (default: git's user.name, else the login)"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be written and write nothing")
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Publish and print the files."""
    from agent.errors import ExitCode
    from agent.review import publish_markdown

    target = _folder(args.to)
    folder = options.incident_of(args)
    published = publish_markdown(
        folder, target, by=args.by or reviewer.current_user(), now=reviewer.now(), dry_run=args.dry_run
    )
    if args.json:
        options.print_json(
            {
                "incident": folder.id,
                "version": published.version,
                "by": published.by,
                "files": published.files,
                "dry_run": args.dry_run,
            }
        )
    else:
        print("\n".join(str(file) for file in published.files))
    print("Nothing was written: dry run." if args.dry_run else f"Published to {target}.", file=sys.stderr)
    return ExitCode.OK


def _folder(sink: str) -> Path:
    from agent.errors import UserError

    kind, _, target = sink.partition(":")
    if kind != "markdown" or not target:
        raise UserError(
            f"--to {sink!r} names no place to publish to.",
            hint="Write markdown:DIR, such as markdown:docs/postmortems.",
        )
    return Path(target)
