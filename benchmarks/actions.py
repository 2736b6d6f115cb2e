"""Measure the action-item rules: `python -m benchmarks.actions DIR [--half b] [--json]`.

DIR holds action_items_dev.jsonl (markdown, incident_date, label, defects). An item counts as incomplete where
any A rule reports an error.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import cast

from agent.checks import check_document
from benchmarks.rows import arguments, ratio, read_rows, report

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


def score_items(path: Path, half: str) -> dict[str, object]:
    """Score items as complete or not, and their defects by rule."""
    counts: Counter[str] = Counter()
    for row in read_rows(path, half):
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
    }


def main() -> None:
    """Measure and print."""
    args = arguments("Measure the action-item rules.")
    report(score_items(args.folder / "action_items_dev.jsonl", args.half), as_json=args.json)


if __name__ == "__main__":
    main()
