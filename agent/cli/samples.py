"""`pm-agent samples`: recorded incidents that can be drafted without any set-up."""

from __future__ import annotations

import argparse
import sys

from agent.cli import options
from agent.errors import ExitCode

EXAMPLES = """
pm-agent samples
pm-agent samples --json
"""


def configure(subparsers: options.Subparsers, name: str) -> None:
    """Add the command."""
    parser = options.add_command(
        subparsers, name, summary="list recorded incidents that can be drafted at once", examples=EXAMPLES
    )
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print a line a sample, or the JSON list."""
    from agent.samples import catalogue

    samples = catalogue()
    if args.json:
        options.print_json([sample.model_dump(mode="json", exclude={"folder"}) for sample in samples])
        return ExitCode.OK
    width = max((len(sample.id) for sample in samples), default=0)
    for sample in samples:
        print(f"{sample.id:<{width}}  {sample.title}  [{sample.system}; {', '.join(sample.signals)}]")
    if samples:
        print(f"\nnext: pm-agent draft --incident {samples[0].id}", file=sys.stderr)
    else:
        print("No installed package offers samples.", file=sys.stderr)
    return ExitCode.OK
