"""`pm-agent check`: report what stands in the way of a blameless, actionable post-mortem."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agent.cli.options import Subparsers, add_command, add_json
from agent.errors import ExitCode, UserError

if TYPE_CHECKING:
    from agent.checks.report import Report

_EXAMPLES = """
pm-agent check postmortem.md                      # one file, text output
pm-agent check docs/postmortems --gate warning    # a folder, strict
pm-agent check a.md b.md --rules B,A01 --json     # wording and owners only, as JSON
"""
_MARKDOWN = {".md", ".markdown"}
_COLOURS = {"error": "\033[31m", "warning": "\033[33m", "info": "\033[36m"}
_FIELDS = (
    "rule",
    "level",
    "line",
    "column",
    "end_line",
    "end_column",
    "text",
    "message",
    "suggestion",
    "confidence",
)


def configure(subparsers: Subparsers, name: str) -> None:
    """Add the command to the parser."""
    parser = add_command(
        subparsers,
        name,
        summary="check any Markdown post-mortem: wording, action items, consistency",
        description="Check Markdown post-mortems, ours or not. Needs no key, no network and no evidence.",
        examples=_EXAMPLES,
    )
    parser.add_argument("paths", metavar="PATH", nargs="+", help="file, or folder to search for *.md")
    parser.add_argument(
        "--gate",
        choices=("error", "warning"),
        default="error",
        help="lowest level that makes the exit status 1 (default: error)",
    )
    parser.add_argument(
        "--rules", metavar="LIST", help="report these rules or families only, such as B,A01,C"
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check every file, print the findings and tell by the exit status whether the gate holds."""
    from agent.checks import check_document

    wanted = _read_rules(args.rules)
    results: list[tuple[str, str, tuple[Report, ...]]] = []
    for path in _find_files(args.paths):
        text = _read_text(path)
        found = check_document(text, path=str(path))
        results.append((str(path), text, tuple(item for item in found if item.rule.startswith(wanted))))
    if args.json:
        _print_json({"files": [_as_data(path, found) for path, _, found in results]})
    else:
        _print_text(results)
    gate = {"error"} if args.gate == "error" else {"error", "warning"}
    failed = any(item.level in gate for _, _, found in results for item in found)
    return ExitCode.FINDINGS if failed else ExitCode.OK


def _read_rules(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ("",)
    rules = tuple(part.strip().upper() for part in text.split(",") if part.strip())
    bad = [rule for rule in rules if rule[0] not in "ABCGP" or (rule[1:] and not rule[1:].isdigit())]
    if bad or not rules:
        raise UserError(
            f"--rules {text!r} names no rule that exists: {', '.join(bad) or 'it is empty'}.",
            hint="Give families (A, B, C, P) or rule ids, separated by commas, such as B,A01.",
        )
    return rules


def _find_files(names: list[str]) -> list[Path]:
    files: list[Path] = []
    for name in names:
        path = Path(name)
        if path.is_dir():
            found = sorted(
                item for item in path.rglob("*") if item.suffix.lower() in _MARKDOWN and item.is_file()
            )
            if not found:
                raise UserError(
                    f"{name} holds no Markdown file.", hint="Give a folder with *.md files, or a file."
                )
            files.extend(found)
        elif path.exists():
            files.append(path)
        else:
            raise UserError(
                f"{name} does not exist.", hint="Give a Markdown file, or a folder that holds some."
            )
    return list(dict.fromkeys(files))


def _read_text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(
            f"{path} cannot be read: {error.strerror}.", hint="Check the path and its rights."
        ) from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(
            f"{path} is not UTF-8 text: byte {error.start} cannot be read.",
            hint="Save the file as UTF-8, or leave it out.",
        ) from error
    if "\0" in text:
        raise UserError(f"{path} is not text: it holds NUL bytes.", hint="Give a Markdown file.")
    return text


def _print_json(data: object) -> None:
    import json

    print(json.dumps(data, indent=2, ensure_ascii=False))


def _as_data(path: str, found: tuple[Report, ...]) -> dict[str, object]:
    return {"path": path, "findings": [{name: getattr(item, name) for name in _FIELDS} for item in found]}


def _print_text(results: list[tuple[str, str, tuple[Report, ...]]]) -> None:
    colour = sys.stdout.isatty()
    counts = {"error": 0, "warning": 0, "info": 0}
    for path, text, found in results:
        lines = text.splitlines()
        for item in found:
            counts[item.level] += 1
            _print_finding(path, lines, item, colour=colour)
    files = f"{len(results)} file{'s' if len(results) != 1 else ''}"
    print(f"{files}: {counts['error']} errors, {counts['warning']} warnings, {counts['info']} notes")


def _print_finding(path: str, lines: list[str], item: Report, *, colour: bool) -> None:
    level = f"{_COLOURS[item.level]}{item.level}\033[0m" if colour else item.level
    print(f"{path}:{item.line}:{item.column} {level} {item.rule} {' '.join(item.message.split())}")
    source = lines[item.line - 1] if item.line <= len(lines) else ""
    end = item.end_column - 1 if item.end_line == item.line else len(source)
    begin = max(0, item.column - 41) if len(source) > 100 else 0
    shown = source[begin : begin + 100]
    lead = "".join("\t" if char == "\t" else " " for char in source[begin : item.column - 1])
    mark = "^" * max(1, min(end, begin + 100) - (item.column - 1))
    print(f"    {shown}\n    {lead}{mark}")
    if item.suggestion:
        print(f"    {item.suggestion}")
