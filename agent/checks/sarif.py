"""Findings as SARIF 2.1.0, the format that code hosts read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from agent.checks.baseline import fingerprint
from agent.checks.file_result import FileResult
from agent.checks.fixing import Edit
from agent.checks.report import Report
from agent.checks.rule_pages import pages

Json = dict[str, object]
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def write_sarif(results: Sequence[FileResult], *, version: str) -> Json:
    """Write one run with every result; silenced ones carry their justification."""
    rules = sorted(pages().values(), key=lambda page: page.rule)
    index = {page.rule: number for number, page in enumerate(rules)}
    driver: Json = {
        "name": "pm-agent check",
        "version": version,
        "rules": [
            {
                "id": page.rule,
                "name": page.name,
                "shortDescription": {"text": page.title},
                "fullDescription": {"text": page.why},
                "help": {"text": f"Instead: {page.rewrite}", "markdown": f"**Instead:** {page.rewrite}"},
                "defaultConfiguration": {"level": _LEVELS[page.level]},
            }
            for page in rules
        ],
    }
    found: list[Json] = []
    for result in results:
        lines = result.text.splitlines()
        edits = dict(result.edits)
        rows = [(report, None) for report in result.reports]
        rows += [(item.report, item) for item in result.silenced]
        for report, silenced in sorted(rows, key=lambda row: (row[0].line, row[0].column, row[0].rule)):
            entry = _result(result, report, lines, index[report.rule])
            if report in edits:
                entry["fixes"] = [_fix(result, edits[report])]
            if silenced is not None:
                entry["suppressions"] = [{"kind": silenced.kind, "justification": silenced.reason}]
            found.append(entry)
    run: Json = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": found}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(result: FileResult, report: Report, lines: list[str], number: int) -> Json:
    message: Json = {"text": report.message + (f" {report.suggestion}" if report.suggestion else "")}
    if report.suggestion:
        message["markdown"] = f"{_escape(report.message)}\n\n**Instead:** {_escape(report.suggestion)}"
    return {
        "ruleId": report.rule,
        "ruleIndex": number,
        "level": _LEVELS[report.level],
        "rank": round(report.confidence * 100, 1),
        "message": message,
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(result.path)},
                    "region": {
                        "startLine": report.line,
                        "startColumn": report.column,
                        "endLine": report.end_line,
                        "endColumn": report.end_column,
                    },
                }
            }
        ],
        "partialFingerprints": {"ruleAndWords/v1": fingerprint(report, lines)},
    }


def _fix(result: FileResult, edit: Edit) -> Json:
    return {
        "description": {"text": "mechanical edit"},
        "artifactChanges": [
            {
                "artifactLocation": {"uri": _uri(result.path)},
                "replacements": [
                    {
                        "deletedRegion": {"charOffset": edit.start, "charLength": edit.end - edit.start},
                        "insertedContent": {"text": edit.text},
                    }
                ],
            }
        ],
    }


def _escape(text: str) -> str:
    return text.replace("<", "&lt;")


def _uri(path: str) -> str:
    pure = Path(path)
    return pure.as_uri() if pure.is_absolute() else quote(pure.as_posix())
