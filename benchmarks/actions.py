"""Measure the action-item rules: `python -m benchmarks.actions PATH [--half b] [--wrong] [--json]`.

PATH is a folder with action_items_dev.jsonl (markdown, incident_date, label, defects) or items.txt, or a
file: texts, each of which is written in one of four layouts, or Markdown, each item under "=== defects".
An item counts as incomplete where any A rule reports an error.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from agent.checks import check_document
from benchmarks.rows import Row, arguments, ratio, read_rows, report

_RULES = {
    "missing_owner": "A01",
    "invalid_owner": "A01",
    "no_deadline": "A02",
    "fuzzy_deadline": "A02",
    "invalid_date": "A02",
    "past_deadline": "A02",
    "no_priority": "A03",
    "invalid_priority": "A03",
    "vague": "not concrete",
    "not_verifiable": "not concrete",
    "punitive": "A07",
}
_MERGED = {"A05": "not concrete", "A06": "not concrete"}


_LAYOUTS = (
    "| Action | Owner | Due | Priority |\n|---|---|---|---|\n| {text} | {owner} | {due} | {priority} |",
    "- [ ] {text} (owner: {owner}, due: {due}, priority: {priority})",
    "- **{priority}** {text}. Owner: {owner}. Due: {due}.",
    "1. {text}\n   - Owner: {owner}\n   - Due date: {due}\n   - Priority: {priority}",
)


def _written_items(path: Path, half: str) -> Iterator[Row]:
    """Read one text a line; a layout that would read an empty field differently is left to the others."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    for number, line in enumerate(lines):
        defects, text, owner, due, priority = (part.strip() for part in line.split("|"))
        plain = bool(owner and due and priority) and not {",", "."} & set(owner + due)
        layout = _LAYOUTS[number % 4] if plain else _LAYOUTS[0 if number % 2 else 3]
        if half == "all" or (number % 2 == 0) == (half == "a"):
            yield {
                "text": text,
                "incident_date": "2026-03-03",
                "label": "complete" if defects == "complete" else "incomplete",
                "defects": [] if defects == "complete" else [defects],
                "markdown": layout.format(text=text, owner=owner, due=due, priority=priority),
            }


_OPENING = re.compile(r"^=== (?P<defects>[a-z_, ]+?)(?: @(?P<day>\d{4}-\d\d-\d\d))?$", re.MULTILINE)


def _formed_items(path: Path, half: str) -> Iterator[Row]:
    """Read a file of items in their own Markdown; its half "a" is every other one."""
    text = path.read_text(encoding="utf-8")
    openings = list(_OPENING.finditer(text))
    ends = [*(found.start() for found in openings[1:]), len(text)]
    for number, (found, end) in enumerate(zip(openings, ends, strict=True)):
        if half == "all" or (number % 2 == 0) == (half == "a"):
            defects = [name for name in found["defects"].split(", ") if name != "complete"]
            markdown = text[found.end() : end].strip("\n")
            yield {
                "text": markdown,
                "incident_date": found["day"] or "2026-03-03",
                "label": "incomplete" if defects else "complete",
                "defects": defects,
                "markdown": markdown,
            }


def _items(path: Path, half: str) -> Iterator[Row]:
    if path.suffix == ".jsonl":
        return read_rows(path, half)
    formed = _OPENING.search(path.read_text(encoding="utf-8"))
    return _formed_items(path, half) if formed else _written_items(path, half)


def score_items(path: Path, half: str, *, listed: bool = False) -> dict[str, object]:
    """Score items as complete or not, and their defects by rule; list the errors if asked to."""
    counts: Counter[str] = Counter()
    differ: list[str] = []
    for row in _items(path, half):
        head = f"# Post-mortem\n\n**Date**: {row['incident_date']}\n\n## Action items\n\n"
        found = check_document(f"{head}{row['markdown']}\n")
        errors = [item.rule for item in found if item.rule[0] == "A" and item.level == "error"]
        reported = {_MERGED.get(rule, rule) for rule in errors}
        expected = {_RULES[name] for name in cast("list[str]", row["defects"])}
        incomplete = row["label"] == "incomplete"
        counts[f"{'incomplete' if incomplete else 'complete'} {'reported' if reported else 'silent'}"] += 1
        if "A07" in expected:  # a punitive item may be called vague too
            expected.discard("not concrete")
            reported.discard("not concrete")
        if reported != expected:
            differ.append(f"{row['text']}: expected {sorted(expected)}, reported {sorted(reported)}")
        counts["defect hit"] += len(reported & expected)
        counts["defect false"] += len(reported - expected)
        counts["defect missed"] += len(expected - reported)
    hit, false, missed = (
        counts["incomplete reported"],
        counts["complete reported"],
        counts["incomplete silent"],
    )
    right, wrong = counts["defect hit"], counts["defect false"] + counts["defect missed"]
    return {
        "half": half,
        "items": hit + false + missed + counts["complete silent"],
        "F1 complete or not": ratio(2 * hit, 2 * hit + false + missed),
        "false alarms": f"{false} of {false + counts['complete silent']}",
        "F1 defects": ratio(2 * right, 2 * right + wrong),
    } | ({"wrong": differ} if listed else {})


def main() -> None:
    """Measure and print."""
    args = arguments("Measure the action-item rules.")
    written = args.folder / "items.txt"
    path = written if written.is_file() else args.folder / "action_items_dev.jsonl"
    if args.folder.is_file():
        path = args.folder
    report(score_items(path, args.half, listed=args.wrong), as_json=args.json)


if __name__ == "__main__":
    main()
