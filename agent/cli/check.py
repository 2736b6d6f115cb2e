"""`pm-agent check`: report what stands in the way of a blameless, actionable post-mortem."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agent.cli.options import Subparsers, add_command, add_json
from agent.errors import ExitCode, PmAgentError, UserError

if TYPE_CHECKING:
    from agent.checks.configuration import Configuration
    from agent.checks.file_result import FileResult
    from agent.schema.judgement import Judge

_EXAMPLES = """
pm-agent check postmortem.md                      # one file, text output
pm-agent check docs/postmortems --gate warning    # a folder, strict
pm-agent check a.md b.md --rules B,A01 --json     # wording and owners only, as JSON
pm-agent check docs --format sarif > out.sarif    # for a code host
pm-agent check a.md --diff                        # mechanical edits, shown; --fix makes them
pm-agent check docs --baseline known.json --write-baseline
pm-agent check docs --gate warning --judge        # rules first, then Claude on what they leave open
"""
_MARKDOWN = {".md", ".markdown"}
_PLACE = ("line", "column", "end_line", "end_column")
_FIELDS = ("rule", "level", *_PLACE, "text", "message", "suggestion", "confidence")


def configure(subparsers: Subparsers, name: str) -> None:
    """Add the command to the parser."""
    parser = add_command(
        subparsers,
        name,
        summary="check any Markdown post-mortem: wording, action items, consistency",
        description="Check Markdown post-mortems, ours or not. Needs no key, no network and no evidence. "
        "`pm-agent rules` lists the rules; [check] in pm-agent.toml sets levels, people and baseline.",
        examples=_EXAMPLES,
    )
    parser.add_argument("paths", metavar="PATH", nargs="+", help="file, or folder to search for *.md")
    parser.add_argument(
        "--gate",
        choices=("error", "warning"),
        help="lowest level that makes the exit status 1 (default: the settings', else error)",
    )
    parser.add_argument(
        "--rules", metavar="LIST", help="report these rules or families only, such as B,A01,C"
    )
    parser.add_argument(
        "--format", choices=("text", "json", "sarif", "github"), help="how to print (default: text)"
    )
    parser.add_argument(
        "--judge",
        action="store_true",
        help="also ask Claude about sentences of factors and lessons that the rules leave open: it adds "
        "warnings, silences nothing; these sentences leave the machine, masked",
    )
    parser.add_argument(
        "--judge-cache",
        metavar="FILE",
        type=Path,
        default=Path(".pm-agent-judge.jsonl"),
        help="answers of the judge are kept in FILE and not asked for again (default: %(default)s)",
    )
    parser.add_argument("--baseline", metavar="FILE", type=Path, help="findings in FILE are known")
    parser.add_argument(
        "--write-baseline", action="store_true", help="record what is found in the baseline; exit 0"
    )
    parser.add_argument("--fix", action="store_true", help="make mechanical edits in the files")
    parser.add_argument("--diff", action="store_true", help="print mechanical edits as a diff, make none")
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check every file, print the findings and tell by the exit status whether the gate holds."""
    import gc
    import os

    from agent.checks.configuration import read_configuration
    from agent.checks.pattern_store import kept_patterns

    gc.set_threshold(100_000)  # a check is short, and would spend a tenth of it on looking for cycles
    wanted, form = _read_rules(args.rules), _read_form(args.format, as_json=args.json)
    chosen = read_configuration(os.environ.get("PM_AGENT_CONFIG"), cwd=Path.cwd())
    baseline: Path | None = args.baseline or chosen.baseline
    paths = [path for path in _find_files(args.paths) if not chosen.ignores(path)]
    judge = _find_judge(args.judge_cache) if args.judge else None
    with kept_patterns():
        results = [_examine(path, chosen, wanted, judge) for path in paths]
    _require_one_read(results)
    if args.write_baseline:
        if baseline is None:
            raise UserError("--write-baseline needs a file.", hint="Add --baseline FILE.")
        return _write_baseline(baseline, results)
    if baseline is not None:
        results = _without_known(results, baseline)
    if args.fix or args.diff:
        return _edit(results, write=args.fix and not args.diff)
    _print(results, form)
    gate = {"error"} if (args.gate or chosen.gate) == "error" else {"error", "warning"}
    failed = any(item.level in gate for result in results for item in result.reports)
    return ExitCode.FINDINGS if failed else ExitCode.OK


def _find_judge(cache: Path) -> Judge:
    from agent.checks.rulebook import families
    from agent.drafting.judge import choose_judge
    from agent.settings import read_settings

    messages = {rule: family.message for rule, family in families().items()}
    return choose_judge(read_settings(), cache=cache, families=messages)


def _examine(
    path: Path, chosen: Configuration, wanted: tuple[str, ...], judge: Judge | None = None
) -> FileResult:
    from agent.checks import survey_document
    from agent.checks.file_result import FileResult
    from agent.checks.fixing import find_edit
    from agent.checks.reading import read_text
    from agent.checks.report import Report

    text = read_text(path)
    if isinstance(text, Report):
        return FileResult(path=str(path), text="", reports=(text,), read=False)
    try:
        survey = survey_document(text, configuration=chosen, judge=judge)
    except PmAgentError as error:
        if judge is None:
            raise
        print(f"warning: {path}: judged by the rules alone: {error}", file=sys.stderr)
        survey = survey_document(text, configuration=chosen)
    kept = tuple(item for item in survey.reports if item.rule.startswith(wanted))
    edits = ((item, find_edit(text, item, chosen.roster)) for item in kept)
    return FileResult(
        path=str(path),
        text=text,
        reports=kept,
        silenced=tuple(item for item in survey.silenced if item.report.rule.startswith(wanted)),
        edits=tuple((item, edit) for item, edit in edits if edit is not None),
        process=survey.process,
        pitfalls=survey.pitfalls,
    )


def _require_one_read(results: list[FileResult]) -> None:
    if results and not any(result.read for result in results):
        first = results[0].reports[0]
        raise UserError(f"{first.message}.", hint=first.suggestion)


def _write_baseline(file: Path, results: list[FileResult]) -> int:
    from agent.checks.baseline import write_baseline
    from agent.checks.listing import counted

    count = write_baseline(
        file, ((Path(result.path), result.text.splitlines(), result.reports) for result in results)
    )
    print(f"{file}: {counted(count, 'finding')} known from now on", file=sys.stderr)
    return ExitCode.OK


def _without_known(results: list[FileResult], file: Path) -> list[FileResult]:
    from agent.checks.baseline import Baseline

    baseline = Baseline(file)
    left: list[FileResult] = []
    for result in results:
        new, known = baseline.split(Path(result.path), result.text.splitlines(), result.reports)
        edits = tuple((item, edit) for item, edit in result.edits if item in new)
        left.append(result._replace(reports=new, silenced=(*result.silenced, *known), edits=edits))
    return left


def _edit(results: list[FileResult], *, write: bool) -> int:
    """Print the edits as a diff, or make them; exit 1 where `--diff` has any."""
    import difflib

    from agent.checks.fixing import apply_edits
    from agent.checks.listing import counted

    count = 0
    for result in results:
        edited = apply_edits(result.text, (edit for _, edit in result.edits))
        if edited == result.text:
            continue
        count += len(result.edits)
        if write:
            Path(result.path).write_bytes(edited.encode("utf-8"))
        else:
            old, new = result.text.splitlines(keepends=True), edited.splitlines(keepends=True)
            sys.stdout.writelines(difflib.unified_diff(old, new, result.path, result.path))
    print(f"{counted(count, 'mechanical edit')}{' made' if write else ''}", file=sys.stderr)
    return ExitCode.OK if write or not count else ExitCode.FINDINGS


def _read_form(form: str | None, *, as_json: bool) -> str:
    if as_json and form not in {None, "json"}:
        raise UserError(f"--json and --format {form} ask for two formats.", hint="Give one of them.")
    return "json" if as_json else form or "text"


def _read_rules(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ("",)
    from agent.checks.rule_pages import pages

    rules = tuple(part.strip().upper() for part in text.split(",") if part.strip())
    known = {name for rule in pages() for name in (rule, rule[0])}
    bad = [rule for rule in rules if rule not in known]
    if bad or not rules:
        raise UserError(
            f"--rules {text!r} names no rule that exists: {', '.join(bad) or 'it is empty'}.",
            hint="Give families (A, B, C, P, S) or ids, separated by commas, such as B,A01. "
            "`pm-agent rules` lists them.",
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


def _print(results: list[FileResult], form: str) -> None:
    match form:
        case "json":
            _print_json({"files": [_as_data(result) for result in results]})
        case "sarif":
            from importlib.metadata import version

            from agent.checks.sarif import write_sarif

            _print_json(write_sarif(results, version=version("pm-agent")))
        case "github":
            from agent.checks.annotations import annotate

            for result in results:
                for item in result.reports:
                    print(annotate(result.path, item))
        case _:
            _print_text(results)


def _print_json(data: object) -> None:
    import json

    print(json.dumps(data, indent=2, ensure_ascii=False))


def _as_data(result: FileResult) -> dict[str, object]:
    rows = [{name: getattr(item, name) for name in _FIELDS} for item in result.reports]
    process = [
        {"step": one.step, "state": one.state, "detail": one.detail, "due": one.due} for one in result.process
    ]
    pitfalls = [
        {"pitfall": one.pitfall, "findings": one.findings, "rules": one.rules} for one in result.pitfalls
    ]
    return {"path": result.path, "findings": rows, "process": process, "pitfalls": pitfalls}


def _print_text(results: list[FileResult]) -> None:
    from agent.checks.listing import list_report, list_totals

    colour = sys.stdout.isatty()
    for result in results:
        lines = result.text.splitlines()
        for item in result.reports:
            for line in list_report(result.path, lines, item, colour=colour):
                print(line)
    every = [item for result in results for item in result.reports]
    print(list_totals(len(results), every, sum(len(result.silenced) for result in results)))
