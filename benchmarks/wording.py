"""Measure the wording rules: `python -m benchmarks.wording DIR [--half b] [--wrong] [--json]`.

DIR holds dev.jsonl (text, context, label, family, severity), or blameful.txt and acceptable.txt, and is
scored by sentence; or *.md files of real post-mortems, where each finding is listed to be read by a person.
"""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

from agent.checks import check_document
from agent.checks.report import Report
from benchmarks.rows import Row, arguments, ratio, read_rows, report

_HEADINGS = {
    "summary": "Summary",
    "timeline": "Timeline",
    "factor": "Contributing factors",
    "action": "Action items",
    "lesson": "Lessons learned",
    "impact": "Impact",
    "detection": "Detection",
    "response": "Response",
    "quote": "Summary",
    "code": "Summary",
}


def as_document(row: Row) -> str:
    """Write one labelled sentence as a document with the usual headings."""
    text = str(row["text"])
    if row["context"] == "code":
        text = f"```\n{text}\n```"
    return f"# Post-mortem\n\n**Date**: 2026-03-03\n\n## {_HEADINGS[str(row['context'])]}\n\n{text}\n"


def wording_findings(text: str) -> list[Report]:
    """Return what the wording rules report at warning and above."""
    return [item for item in check_document(text) if item.rule[0] == "B" and item.level != "info"]


def score_rows(path: Path, half: str, *, listed: bool = False) -> dict[str, object]:
    """Score precision, recall and false alarms at warning and above; list the errors if asked to."""
    wrong: list[str] = []
    counts: Counter[str] = Counter()
    families: dict[str, Counter[str]] = {}
    started = time.process_time()
    for row in read_rows(path, half):
        found = wording_findings(as_document(row))
        reported = bool(found)
        blameful = row["label"] == "blameful"
        if reported != blameful:
            rules = ", ".join(f"{item.rule} {item.text!r}" for item in found) or "silent"
            wrong.append(f"{row['family']} {row['context']}: {row['text']} [{rules}]")
        counts[f"{'blameful' if blameful else 'ok'} {'hit' if reported else 'silent'}"] += 1
        if blameful:
            families.setdefault(str(row["family"]), Counter())["hit" if reported else "missed"] += 1
    hit, missed = counts["blameful hit"], counts["blameful silent"]
    false, silent = counts["ok hit"], counts["ok silent"]
    return {
        "half": half,
        "rows": hit + missed + false + silent,
        "precision": ratio(hit, hit + false),
        "recall": ratio(hit, hit + missed),
        "false alarms": f"{false} of {false + silent}",
        "seconds": round(time.process_time() - started, 3),
        "families": {name: dict(found) for name, found in sorted(families.items())},
    } | ({"wrong": wrong} if listed else {})


def score_documents(folder: Path) -> dict[str, object]:
    """Count the findings in real documents, and list them."""
    files = sorted(folder.rglob("*.md"))
    listed: list[str] = []
    errors = 0
    for path in files:
        for item in wording_findings(path.read_text(encoding="utf-8")):
            errors += item.level == "error"
            listed.append(f"{path.name}:{item.line}:{item.column} {item.level} {item.rule} {item.text}")
    return {
        "documents": len(files),
        "findings": len(listed),
        "errors": errors,
        "findings per document": ratio(len(listed), len(files)),
        "listed": listed,
    }


def measure_speed(sentences: list[str]) -> dict[str, object]:
    """Check one long document of these sentences, everything included; the best of five, one core."""
    wanted = 5_000
    many = (sentences * (wanted // max(1, len(sentences)) + 1))[:wanted]
    paragraphs = ("\n\n".join(f"{part}" for part in many)) + "\n"
    text = f"# Post-mortem\n\n**Date**: 2026-03-03\n\n## Contributing factors\n\n{paragraphs}"
    best = float("inf")
    for _ in range(5):
        started = time.process_time()
        check_document(text)
        best = min(best, time.process_time() - started)
    return {"sentences per second": round(len(many) / best)}


def main() -> None:
    """Measure and print."""
    args = arguments("Measure the wording rules.")
    sentences = (args.folder / "blameful.txt").is_file()
    rows = args.folder if sentences else args.folder / "dev.jsonl"
    if sentences or rows.is_file():
        found = score_rows(rows, args.half, listed=args.wrong)
        result = found | measure_speed([str(row["text"]) for row in read_rows(rows, "all")])
    else:
        result = score_documents(args.folder)
    report(result, as_json=args.json)


if __name__ == "__main__":
    main()
