"""The drawing of the graph in docs/workflow.md; `python -m agent.workflow.drawing --write` refreshes it."""
# Signatures of langgraph are typed in part only:
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from agent.workflow.graph import build

DOCUMENT = Path(__file__).parents[2] / "docs" / "workflow.md"
BEGIN, END = "<!-- graph: begin -->", "<!-- graph: end -->"
REFRESH = "python -m agent.workflow.drawing --write"


def mermaid() -> str:
    """Draw the graph as LangGraph itself does."""
    return build().compile().get_graph().draw_mermaid().strip()


def embedded(document: str) -> str:
    """Return the document with the present drawing between its markers; raise ValueError without them."""
    head, begin, rest = document.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the markers {BEGIN} and {END} are missing")
    return f"{head}{BEGIN}\n```mermaid\n{mermaid()}\n```\n{END}{tail}"


def main() -> int:
    """Compare the document with the graph, or with --write bring it up to date."""
    parser = argparse.ArgumentParser(prog="python -m agent.workflow.drawing", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the drawing into docs/workflow.md")
    args = parser.parse_args()
    present = DOCUMENT.read_text(encoding="utf-8")
    wanted = embedded(present)
    if args.write:
        DOCUMENT.write_text(wanted, encoding="utf-8")
        return 0
    if present != wanted:
        sys.stderr.write(f"{DOCUMENT} does not show the graph as it is: run `{REFRESH}`\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
