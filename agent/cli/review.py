"""`pm-agent review`: read a draft with its findings, edit it, see what blocks approval."""

from __future__ import annotations

import argparse
import os
import re
import sys
from typing import TYPE_CHECKING

from agent.cli import options, reviewer

if TYPE_CHECKING:
    from rich.console import Console

    from agent.review import Edit, ReviewState
    from agent.schema.finding import ProcessState
    from agent.store import IncidentFolder


def configure(subparsers: options.Subparsers, name: str) -> None:
    """Add the command."""
    parser = options.add_command(
        subparsers,
        name,
        summary="read a draft with its findings, or edit it",
        description="Show the draft, its findings and what blocks approval.\n"
        "With --edit, open it in $VISUAL or $EDITOR, read it back, check it and record the change.\n"
        "A draft.md that was edited without this command is taken in first.",
        examples='pm-agent review checkout-down\npm-agent review checkout-down --edit --by "Dana (SRE)"',
    )
    options.add_incident(parser)
    parser.add_argument("--show", action="store_true", help="print without a pager and ask nothing")
    parser.add_argument("--edit", action="store_true", help="open the draft in $VISUAL or $EDITOR")
    parser.add_argument("--by", metavar="NAME", help="who edits (default: git's user.name, else the login)")
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Take edits in, then print the draft and what stands between it and approval."""
    from agent.checks import check_draft
    from agent.errors import ExitCode
    from agent.review import state_of, take_in, with_contradictions
    from agent.review.state import require_draft

    folder, at = options.incident_of(args), reviewer.now()
    by = args.by or reviewer.current_user()
    require_draft(folder)
    edits: list[Edit] = []
    if args.edit:
        edits.append(_edit(folder, by))
    elif taken := take_in(folder, by=by, now=at, check=check_draft):
        edits.append(taken)
    draft, _ = require_draft(folder)
    found = check_draft(draft, folder.read_digest(), now=at)
    state = state_of(folder, with_contradictions(folder, draft, found))
    if args.json:
        options.print_json(_document(folder, state, edits))
        return ExitCode.OK
    for edit in () if args.edit else edits:
        for line in (*edit.changes, *edit.notes):
            print(f"taken in: {line}", file=sys.stderr)
    if not args.edit:
        _show(folder, state, page=not args.show)
    if _asked_to_edit(args):
        reviewer.print_edit(folder, _edit(folder, by), as_json=False)
    elif args.edit:
        reviewer.print_edit(folder, edits[-1], as_json=False)
    return ExitCode.OK


def _edit(folder: IncidentFolder, by: str) -> Edit:
    """Let the reviewer edit a copy, so that draft.md is never half edited."""
    from agent.checks import check_draft
    from agent.cli.editor import edit
    from agent.review import apply_edit
    from agent.review.edits import KEPT_EDIT
    from agent.review.state import read_markdown

    version = folder.draft_version()
    copy = folder.path / KEPT_EDIT
    if copy.is_file():
        print(f"Opening {copy}, which could not be read back last time.", file=sys.stderr)
    else:
        folder.write_text(KEPT_EDIT, read_markdown(folder))
    edit(copy)
    text = read_markdown(folder, KEPT_EDIT)
    return apply_edit(folder, text, by=by, now=reviewer.now(), check=check_draft, expected=version)


def _asked_to_edit(args: argparse.Namespace) -> bool:
    if args.edit or args.show or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return input("Edit it now? [y/N] ").strip().casefold() in ("y", "yes")


def _document(folder: IncidentFolder, state: ReviewState, edits: list[Edit]) -> dict[str, object]:
    from agent.checks.pitfalls import pitfalls_of
    from agent.review import blockers

    return {
        "incident": folder.id,
        "stage": state.stage,
        "version": state.version,
        "approval": state.approval,
        "draft_md": folder.draft_markdown,
        "findings": state.findings,
        "open_questions": state.open_questions,
        "blockers": blockers(state),
        "process": _process(folder, state),
        "pitfalls": pitfalls_of(finding.rule for finding in state.findings),
        "changes": [line for edit in edits for line in edit.changes],
        "notes": [line for edit in edits for line in edit.notes],
    }


def _process(folder: IncidentFolder, state: ReviewState) -> tuple[ProcessState, ...]:
    from agent.checks import process_states
    from agent.review.state import require_draft

    return process_states(require_draft(folder)[0], now=reviewer.now(), reviews=state.events)


def _show(folder: IncidentFolder, state: ReviewState, *, page: bool) -> None:
    from contextlib import nullcontext

    from rich.console import Console
    from rich.markdown import Markdown

    from agent.review.state import read_markdown

    console = Console(highlight=False)
    text = read_markdown(folder)
    if not console.is_terminal:
        print(text)
        _show_remaining(Console(stderr=True, highlight=False), folder, state)
        return
    with console.pager(styles=reviewer.pager_shows_styles(os.environ)) if page else nullcontext():
        console.print(Markdown(_for_terminal(text), hyperlinks=False))
        _show_remaining(console, folder, state)


def _for_terminal(markdown: str) -> str:
    """Leave out what a terminal cannot use: the Mermaid chart and the targets of citations."""
    head, fence, rest = markdown.partition("```mermaid\n")
    text = head + rest.partition("\n```\n")[2] if fence else head
    return re.sub(r"\[([^\[\]\\]+)\]\(#[^()\s]*\)", r"\\[\1\\]", text)


def _show_remaining(console: Console, folder: IncidentFolder, state: ReviewState) -> None:
    from rich.table import Table
    from rich.text import Text

    from agent.review import blockers

    colours = {"error": "red", "warning": "yellow", "info": "dim"}
    if state.findings:
        table = Table(title="Findings", title_justify="left", box=None, pad_edge=False)
        for title in ("Level", "Rule", "Where", "Finding"):
            table.add_column(title, overflow="fold")
        for item in sorted(state.findings, key=lambda item: list(colours).index(item.level)):
            message = f"{item.message} {item.suggestion}".strip()
            cells = (
                Text(item.level, style=colours[item.level]),
                item.rule,
                Text(item.section),
                Text(message),
            )
            table.add_row(*cells)
        console.print(table)
    for step in _process(folder, state):
        style = {"done": "green", "overdue": "red"}.get(step.state, "")
        console.print(Text.assemble((f"{step.state:<9}", style), f" {step.step}: {step.detail}"))
    remaining = blockers(state)
    if state.approval_valid and state.approval:
        console.print(Text(f"Approved by {state.approval.by}."))
    elif remaining:
        console.print(Text(f"Before {state.incident} can be approved:", style="bold"))
        for line in remaining:
            console.print(Text(f"  - {line}"))
    else:
        console.print(Text(f'Nothing blocks approval: pm-agent approve {state.incident} --by "NAME"'))
