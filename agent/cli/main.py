"""The command line's entry: parsing, dispatch and what a user sees of an error."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from agent.errors import ExitCode, UserError

COMMANDS: tuple[tuple[str, str], ...] = (
    ("samples", "samples"),
    ("new", "new"),
    ("collect", "collect"),
    ("draft", "draft"),
    ("status", "status"),
    ("digest", "digest"),
    ("show", "show"),
    ("verify", "verify"),
    ("check", "check"),
    ("rules", "rules"),
    ("explain", "explain"),
    ("review", "review"),
    ("answer", "answer"),
    ("waive", "waive"),
    ("request-changes", "request_changes"),
    ("approve", "approve"),
    ("reject", "reject"),
    ("publish", "publish"),
    ("eval", "eval"),
    ("skill", "skill"),
)
"""Command and its module in agent.cli, in the order of an incident's life."""

EXIT_CODES = """exit status:
  0 done   1 findings or failures   2 unusable input   3 not found   4 not allowed now
  5 no evidence at all   130 interrupted"""


def build_parser() -> argparse.ArgumentParser:
    """Build the whole parser; command modules import nothing heavy until they run."""
    parser = argparse.ArgumentParser(
        prog="pm-agent",
        description="Draft blameless incident post-mortems in which every statement cites evidence.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    parser.add_argument(
        "--config",
        metavar="FILE",
        help="settings file (default: $PM_AGENT_CONFIG, or the nearest pm-agent.toml from here upwards)",
    )
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, module in COMMANDS:
        importlib.import_module(f"agent.cli.{module}").configure(subparsers, name)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; data goes to stdout, progress and errors to stderr."""
    parser = build_parser()
    args = parser.parse_args(argv)
    if args.version:
        from importlib.metadata import version

        print(f"pm-agent {version('pm-agent')}")
        return ExitCode.OK
    if args.config:
        os.environ["PM_AGENT_CONFIG"] = args.config
    if not hasattr(args, "run"):
        parser.print_help()
        return ExitCode.UNUSABLE
    try:
        return int(args.run(args))
    except UserError as error:
        print(f"pm-agent: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(
            "pm-agent: interrupted; what was finished is kept, run the same command to go on.",
            file=sys.stderr,
        )
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK


if __name__ == "__main__":
    sys.exit(main())
