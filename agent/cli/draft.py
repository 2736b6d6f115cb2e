"""`pm-agent draft`: from evidence to a draft that waits for review."""

from __future__ import annotations

import argparse
import shutil
import sys
from typing import TYPE_CHECKING

from agent.cli import options
from agent.cli.scoping import add_scope, apply_scope, told_window
from agent.errors import ExitCode

if TYPE_CHECKING:
    from agent.schema.postmortem import PostMortem
    from agent.settings import Settings
    from agent.store import IncidentFolder
    from agent.workflow.outcome import DraftOutcome

EXAMPLES = """
pm-agent samples                                   # recorded incidents to try
pm-agent draft --incident boutique-4392eb         # a sample is copied into the home first
pm-agent draft --incident INC-42 --json            # one JSON document on stdout
pm-agent draft --incident PABC123                 # with [incidents] in pm-agent.toml: recorded from there
pm-agent draft --incident INC-42 --recollect       # fetch the evidence again, as a new snapshot
pm-agent draft --incident INC-42 --since 2026-03-01T12:00:00Z --until 2026-03-01T14:00:00Z
pm-agent draft --incident INC-42 --offline         # no model, no source: only what was recorded
pm-agent draft --incident INC-42 --redraft         # even where people have worked on the draft
"""
DESCRIPTION = """Collect and seal the evidence, compute the digest, draft, check, and stop for a person.
A run that was interrupted goes on where it stopped. Prints the path of draft.md."""


def configure(subparsers: options.Subparsers, name: str) -> None:
    """Add the command."""
    parser = options.add_command(
        subparsers, name, summary="draft a post-mortem", description=DESCRIPTION, examples=EXAMPLES
    )
    parser.add_argument(
        "--incident",
        metavar="ID",
        required=True,
        help="an incident folder, an id below the home, a sample's id, or with [incidents] a pager's id",
    )
    options.add_home(parser)
    parser.add_argument(
        "--drafter",
        choices=("auto", "offline", "claude"),
        help="who writes (default: the settings, else auto)",
    )
    parser.add_argument(
        "--budget-usd", type=float, metavar="USD", help="stop before a model call that would cost more in all"
    )
    parser.add_argument(
        "--max-seconds", type=float, metavar="S", help="make no further model call after this time"
    )
    parser.add_argument(
        "--offline",
        action="store_true",
        help="touch no network: no model, and of the sources only what was recorded",
    )
    parser.add_argument(
        "--recollect", action="store_true", help="fetch the evidence again, as a new snapshot"
    )
    parser.add_argument(
        "--redraft", action="store_true", help="write anew even where people have worked on it"
    )
    add_scope(parser)
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Draft, show progress on stderr, print the path or the JSON document on stdout."""
    from datetime import UTC, datetime

    from agent.cli.display import display
    from agent.cli.locating import locate
    from agent.drafting.choosing import choose
    from agent.schema.base import parse
    from agent.settings import Settings, read_settings

    settings = read_settings()
    known = options.home_of(args)
    folder = locate(args.incident, known, None if args.offline else settings, told_window(args))
    rescoped = apply_scope(folder, args)
    told = {"budget_usd": args.budget_usd, "max_seconds": args.max_seconds}
    given = {key: value for key, value in told.items() if value is not None}
    settings = parse(Settings, {**dict(settings), **given}, where="the command line")
    if args.offline or settings.offline:
        settings = settings.model_copy(update={"offline": True})
        rescoped = _recorded_only(folder, settings, recollect=args.recollect, rescoped=rescoped)
    writer = "offline" if settings.offline else args.drafter or settings.drafter
    drafter = choose(writer, settings, folder=folder)
    with display() as progress:
        from agent.workflow.run import run_draft

        outcome = run_draft(
            folder,
            drafter=drafter,
            settings=settings,
            now=lambda: datetime.now(UTC),
            progress=progress,
            fresh=args.redraft,
            recollect=args.recollect,
            rescoped=rescoped,
        )
    _summarise(folder, outcome)
    if args.json:
        options.print_json(outcome)
    else:
        print(outcome.draft_md)
    return ExitCode.OK


def _recorded_only(folder: IncidentFolder, settings: Settings, *, recollect: bool, rescoped: bool) -> bool:
    """Return whether another scope may be collected offline; raise UserError where a recording would go."""
    from agent.errors import UserError
    from agent.sourcing import declared, is_live

    sources = declared(folder.read_incident(), folder.incident_file, settings)
    live = [source.spec.name for source in sources if is_live(source)]
    snapshots = folder.snapshots()
    if not live or not snapshots:
        return rescoped
    if recollect:
        raise UserError(
            f"--offline asks no live source, so --recollect would lose what {', '.join(live)} gave.",
            hint="Leave out one of the two.",
        )
    if rescoped:
        recorded = f"{snapshots[-1].name} was collected for another window or services"
        print(f"offline: {recorded}; what it does not hold is not recorded", file=sys.stderr)
    return False


def _summarise(folder: IncidentFolder, outcome: DraftOutcome) -> None:
    draft = folder.read_draft()
    if draft is None:
        return
    lines = summary_lines(draft, outcome)
    if sys.stderr.isatty():
        lines = [wrapped(line, shutil.get_terminal_size().columns) for line in lines]
    print("\n".join(lines), file=sys.stderr)


def wrapped(line: str, width: int) -> str:
    """Break a line of the summary between words, its further lines under its first word."""
    import textwrap

    return textwrap.fill(
        line, width, subsequent_indent=" " * 13, break_long_words=False, break_on_hyphens=False
    )


def summary_lines(draft: PostMortem, outcome: DraftOutcome) -> list[str]:
    """Say what was found and what comes next, in a few plain lines."""
    from agent.cli.text import printable

    counts = outcome.findings
    lines = [
        "",
        printable(draft.header.title),
        f"  cause      {draft.cause.verdict}: {printable(draft.cause.claim.text)}",
        f"  evidence   {outcome.evidence} pieces, {outcome.claims} statements",
        f"  actions    {len(draft.actions)} proposed",
        f"  findings   {counts.error} errors, {counts.warning} warnings, {counts.info} notes",
        f"  questions  {outcome.open_questions} open",
    ]
    if used := outcome.usage:
        money = f", {used['usd']:.3f} USD at list prices" if "usd" in used else ", no list price"
        share = f"{used['cache_read_share']:.0%} from the cache"
        lines.append(
            f"  model      {outcome.drafter}: {used['calls']} calls, {used['input_tokens']} tokens in "
            f"({share}), {used['output_tokens']} out{money}, {used['seconds']:.0f} s of waiting"
        )
    lines += [f"  gap        {printable(gap)}" for gap in outcome.gaps[:5]]
    if len(outcome.gaps) > 5:
        lines.append(f"  gap        and {len(outcome.gaps) - 5} more, in the report's coverage table")
    return [*lines, "", f"next: pm-agent review {outcome.incident}", ""]
