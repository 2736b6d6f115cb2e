"""Compare the findings in published post-mortems with what a person said of them.

`python -m benchmarks.published DIR [--json]`; DIR holds *.md files. Wording findings count at warning and
above, findings on action items at error level. published.csv has the verdicts: document, line, rule, "right"
or "wrong", why.
A verdict without a finding is a false alarm that is gone, or a right finding that was lost.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import NamedTuple

from agent.checks import check_document
from benchmarks.rows import ratio, report

VERDICTS = Path(__file__).with_name("published.csv")


class Place(NamedTuple):
    """What a verdict is about."""

    document: str
    line: int
    rule: str


def read_verdicts() -> dict[Place, str]:
    """Read the verdicts by place."""
    with VERDICTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {Place(row["document"], int(row["line"]), row["rule"]): row["verdict"] for row in rows}


def _documents(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.md") if path.stem != "README")


def find_places(folder: Path) -> dict[Place, str]:
    """Check every document; return the level by place."""
    found: dict[Place, str] = {}
    for path in _documents(folder):
        for item in check_document(path.read_text(encoding="utf-8")):
            wording = item.rule[0] == "B" and item.level != "info"
            if wording or (item.rule[0] == "A" and item.level == "error"):
                found[Place(path.stem, item.line, item.rule)] = item.level
    return found


def compare(folder: Path) -> dict[str, object]:
    """Count right, wrong and unread findings, and what has gone."""
    verdicts, found = read_verdicts(), find_places(folder)
    documents = len(_documents(folder))
    wrong = [place for place in found if verdicts.get(place) == "wrong"]
    wording = [place for place in wrong if place.rule[0] == "B"]
    unread = [place for place in found if place not in verdicts]
    lost = [place for place, verdict in verdicts.items() if verdict == "right" and place not in found]
    gone = [place for place, verdict in verdicts.items() if verdict == "wrong" and place not in found]
    return {
        "documents": documents,
        "findings": len(found),
        "right": sum(verdicts.get(place) == "right" for place in found),
        "wrong": len(wrong),
        "false alarms of wording a document": ratio(len(wording), documents),
        "false errors of wording in 100": ratio(
            100 * sum(found[place] == "error" for place in wording), documents
        ),
        "false alarms that are gone": len(gone),
        "unread": [f"unread: {place.document}:{place.line} {place.rule}" for place in unread],
        "lost": [f"lost: {place.document}:{place.line} {place.rule}" for place in lost],
    }


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description="Compare findings in published post-mortems with verdicts.")
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder with *.md")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    args = parser.parse_args()
    report(compare(args.folder), as_json=args.json)


if __name__ == "__main__":
    main()
