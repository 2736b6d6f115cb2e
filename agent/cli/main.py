"""The command line's entry: parsing, dispatch and what a user sees of an error."""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from agent.bounding import interruptible
from agent.cli.parser import Parser, did_you_mean
from agent.errors import ExitCode, UserError

COMMANDS: tuple[tuple[str, str], ...] = (
    ("samples", "samples"),
    ("new", "new"),
    ("collect", "collect"),
    ("draft", "draft"),
    ("doctor", "doctor"),
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
    ("raw", "raw"),
    ("eval", "eval"),
    ("skill", "skill"),
)
"""Command and its module in agent.cli, in the order of an incident's life."""

_GARBAGE = 50_000
"""New objects after which Python looks for cycles: most that a command makes live as long as it."""
_HELP = ("-h", "--help")
_GLOBAL = (*_HELP, "--version", "--config")
EPILOG = """examples:
  pm-agent draft --incident boutique-4392eb   # recorded; no key, no network
  pm-agent review boutique-4392eb             # the draft, and what blocks it
  pm-agent new                                # your own; asks on a terminal

exit status:
  0 done                  3 not found             130 interrupted
  1 findings or failures  4 not allowed now
  2 unusable input        5 no evidence at all"""


def build_parser(only: str = "") -> argparse.ArgumentParser:
    """Build the parser of every command, or of one; command modules import nothing heavy until they run."""
    parser = _start_parser()
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, module in COMMANDS:
        if only in {"", name}:
            importlib.import_module(f"agent.cli.{module}").configure(subparsers, name)
    return parser


def _start_parser() -> Parser:
    parser = Parser(
        prog="pm-agent",
        description="Draft blameless incident post-mortems in which every statement cites evidence.",
        epilog=EPILOG,
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    parser.add_argument(
        "--config",
        metavar="FILE",
        help="settings file (default: $PM_AGENT_CONFIG, or the nearest pm-agent.toml from here upwards)",
    )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command, that of the process by default; data goes to stdout, progress and errors to stderr."""
    if argv is not None:
        return _main(argv)
    gc.set_threshold(_GARBAGE)
    try:
        return _main(sys.argv[1:])
    finally:
        gc.freeze()  # the process ends: a search for cycles would take a tenth of the time of a check


def _main(words: Sequence[str]) -> int:
    parser = build_parser(_find_command(words))
    args = parser.parse_args(words)
    if args.version:
        from importlib.metadata import version

        print(f"pm-agent {version('pm-agent')}")
        return ExitCode.OK
    if not hasattr(args, "run"):
        parser.print_help(sys.stderr)
        return ExitCode.UNUSABLE
    with _configured(args.config), interruptible():
        return _run(args)


@contextmanager
def _configured(file: str | None) -> Generator[None]:
    """Let every reader of settings find the named file, for as long as the command runs."""
    before = os.environ.get("PM_AGENT_CONFIG")
    if file:
        os.environ["PM_AGENT_CONFIG"] = file
    try:
        yield
    finally:
        if file and before is None:
            del os.environ["PM_AGENT_CONFIG"]
        elif file and before is not None:
            os.environ["PM_AGENT_CONFIG"] = before


def _run(args: argparse.Namespace) -> int:
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


def _find_command(words: Sequence[str]) -> str:
    """Return the command, "" where help about all is asked for or none is named.

    Refuse an unknown command, or an option that stands before its command, and say what was meant.
    """
    names = [name for name, _ in COMMANDS]
    rest = iter(words)
    for word in rest:
        if word == "--config":
            next(rest, None)
        elif word in _HELP:
            return ""
        elif word in _GLOBAL or word.startswith("--config="):
            continue
        elif word.startswith("-"):
            _start_parser().error(
                f"unknown option {word} before a command.{did_you_mean(word, _GLOBAL)} "
                "Options of a command stand after it, as in `pm-agent status --home DIR`."
            )
        elif word not in names:
            _start_parser().error(f"unknown command {word!r}.{did_you_mean(word, names)}")
        else:
            return word
    return ""


if __name__ == "__main__":
    sys.exit(main())
