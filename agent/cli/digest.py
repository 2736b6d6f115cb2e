"""`pm-agent digest`: what the newest snapshot shows, ranked."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from agent import fitting
from agent.cli import options
from agent.errors import ExitCode, UserError

if TYPE_CHECKING:
    from rich.console import Console

    from agent.schema.digest import Digest


def configure(subparsers: options.Subparsers, name: str) -> None:
    """Add the command."""
    parser = options.add_command(
        subparsers,
        name,
        summary="rank what the evidence shows: evidence, facts, suspects",
        description="Compute ranked evidence, facts and suspects from the newest snapshot; writes nothing.",
        examples=f"pm-agent {name} INC-42\npm-agent {name} INC-42 --top 50\n"
        f"pm-agent {name} INC-42 --json --budget 20000",
    )
    options.add_incident(parser)
    options.add_json(parser)
    parser.add_argument(
        "--top", metavar="N", type=_positive, default=25, help="rows of evidence to print (default: 25)"
    )
    parser.add_argument(
        "--budget",
        metavar="TOKENS",
        type=_budget,
        help="tokens that the digest takes in a prompt; evidence of the lowest ranks is left out and counted"
        f" (default with --json: {fitting.DEFAULT}, at most {fitting.MOST})",
    )
    parser.set_defaults(run=run)


def _budget(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= fitting.MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of tokens from 1 to {fitting.MOST}")
    return int(text)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of at least 1")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Print the digest."""
    from agent.cli.display import paces
    from agent.digest import digest
    from agent.naming import hidden_names
    from agent.settings import read_settings

    folder = options.incident_of(args)
    bundle = folder.bundle()
    if bundle is None:
        raise UserError(
            f"{folder.path} holds no snapshot yet.",
            hint=f"`pm-agent collect {folder.id}` makes one.",
            exit_code=ExitCode.NO_EVIDENCE,
        )
    incident = folder.read_incident()
    with paces():
        computed = digest(bundle, incident, hidden_names(incident, read_settings()))
    if args.json or args.budget:
        from agent.drafting.claude.rendering import fitted

        computed = fitted(computed, args.budget or fitting.DEFAULT).digest
    if args.json:
        options.print_json(computed)
    else:
        _print(computed, args.top)
    return ExitCode.OK


def _print(computed: Digest, top: int) -> None:
    from rich.console import Console

    from agent.cli.text import marked

    console = Console(highlight=False, soft_wrap=False)
    source = {"record": "from the record", "evidence": "estimated from evidence"}
    began = computed.fact("started")
    shown = f"{began.text} ({source[computed.onset_source]})" if computed.onset else "not known"
    console.print(f"[bold]{marked(computed.incident)}[/bold]  snapshot {computed.snapshot}, onset {shown}")
    _print_suspects(console, computed)
    _print_evidence(console, computed, top)
    _print_facts(console, computed)
    for note in computed.notes:
        console.print(f"Note: {marked(note)}")


def _print_suspects(console: Console, computed: Digest) -> None:
    from rich.table import Table

    from agent.cli.text import marked

    if not computed.suspects:
        console.print("No component stands out.")
        return
    table = Table("", "Suspect", "Kind", "Score", "Why", "Evidence", title="Suspects", title_justify="left")
    for rank, suspect in enumerate(computed.suspects, 1):
        table.add_row(
            str(rank),
            marked(suspect.component),
            suspect.component_kind,
            f"{suspect.score:.2f}",
            marked(suspect.reason),
            ", ".join(suspect.evidence),
        )
    console.print(table)


def _print_evidence(console: Console, computed: Digest, top: int) -> None:
    from rich.table import Table

    from agent.cli.text import marked
    from agent.schema.base import to_second

    title = f"Evidence, {min(top, len(computed.evidence))} of {len(computed.evidence)}"
    table = Table("Id", "Time", "Severity", "What", "Rank", title=title, title_justify="left")
    for item in computed.evidence[:top]:
        time = to_second(item.start) if item.start else "undated"
        table.add_row(item.id, time, item.severity, marked(item.statement), f"{item.salience:.2f}")
    console.print(table)


def _print_facts(console: Console, computed: Digest) -> None:
    from rich.table import Table

    from agent.cli.text import marked

    table = Table("Fact", "Value", "How", title="Facts", title_justify="left")
    for fact in computed.facts:
        table.add_row(fact.label, marked(fact.text), marked(fact.note))
    console.print(table)
