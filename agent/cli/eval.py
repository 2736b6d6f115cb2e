"""`pm-agent eval`: draft recorded incidents and measure the drafts against what is known of them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from agent.cli.options import Subparsers, add_command, add_json, print_json
from agent.errors import ExitCode, UserError

if TYPE_CHECKING:
    from rich.console import RenderableType


class Measured(Protocol):
    """What an evaluation hands back: a document, and the same for people."""

    @property
    def unscored(self) -> int:
        """How many cases could not be drafted or graded."""
        ...

    def render(self) -> RenderableType:
        """Lay it out for a terminal."""
        ...


class Evaluate(Protocol):
    """The evaluation that an installed package offers."""

    def __call__(
        self, *, cases: Path | None, drafter: str, only: str | None, progress: Callable[[str], None]
    ) -> Measured:
        """Draft and grade cases."""
        ...


def configure(subparsers: Subparsers, name: str) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        name,
        summary="draft recorded incidents and measure the drafts",
        description="Draft recorded incidents, each in a home of its own, and grade the drafts against what "
        "is known of them. Exit status 1 where a case could not be drafted or graded.",
        examples="""
pm-agent eval
pm-agent eval --case cluster-7b5950
pm-agent eval --cases ./cases --drafter offline --json
""",
    )
    parser.add_argument(
        "--cases", metavar="DIR", type=Path, help="folder with one folder a case (default: the bundled ones)"
    )
    parser.add_argument("--case", metavar="ID", dest="only", help="only this case")
    parser.add_argument(
        "--drafter",
        choices=("auto", "offline", "claude"),
        default="offline",
        help="who writes (default: offline)",
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Evaluate, print the results, and say with the exit status whether every case was scored."""
    measured = _evaluation()(cases=args.cases, drafter=args.drafter, only=args.only, progress=_note)
    if args.json:
        print_json(measured)
    else:
        from rich.console import Console

        Console().print(measured.render())
    return ExitCode.FINDINGS if measured.unscored else ExitCode.OK


def _evaluation() -> Evaluate:
    from importlib.metadata import entry_points

    found = next(iter(entry_points(group="pm_agent.evaluations")), None)
    if found is None:
        raise UserError(
            "No installed package offers an evaluation (entry-point group pm_agent.evaluations).",
            hint="Install pm-agent itself; its evals package registers one.",
        )
    evaluate: Evaluate = found.load()
    return evaluate


def _note(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
