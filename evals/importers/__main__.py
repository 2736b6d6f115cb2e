"""`python -m evals.importers DATASET SRC DST`: convert one recorded incident and print the case's folder."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from agent.errors import UserError
from evals.importers import CONVERTERS, import_case


def main(argv: Sequence[str] | None = None) -> int:
    """Convert one incident; the folder goes to stdout, an error to stderr."""
    parser = argparse.ArgumentParser(prog="python -m evals.importers", description=__doc__)
    parser.add_argument("dataset", choices=sorted(CONVERTERS))
    parser.add_argument("source", type=Path, metavar="SRC", help="one incident folder of the dataset")
    parser.add_argument(
        "destination", type=Path, metavar="DST", help="folder of cases; the case is made below it"
    )
    parser.add_argument("--gzip-over", metavar="BYTES", type=int, help="compress larger artifacts with gzip")
    args = parser.parse_args(argv)
    try:
        folder = import_case(args.dataset, args.source, args.destination, gzip_over=args.gzip_over)
    except UserError as error:
        sys.stderr.write(f"importers: {error}\n")
        return error.exit_code
    sys.stdout.write(f"{folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
