"""`pm-agent show`: pieces of evidence with the real lines or samples behind them, and facts."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from agent.cli import options
from agent.errors import ExitCode, NotAllowed, UserError

_LINES = 2
_SAMPLES = 4

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from agent.digest import Excerpt
    from agent.schema.digest import Digest, Fact
    from agent.schema.evidence import Evidence
    from agent.store import Bundle, IncidentFolder


def configure(subparsers: options.Subparsers, name: str) -> None:
    """Add the command."""
    parser = options.add_command(
        subparsers,
        name,
        summary="print evidence with its real lines or samples, or facts",
        examples=f"pm-agent {name} INC-42 L4 --around 10\npm-agent {name} INC-42 A1 M3 fact-ended\n"
        f"pm-agent {name} INC-42 M2 --json",
    )
    options.add_incident(parser)
    parser.add_argument(
        "evidence",
        metavar="EVIDENCE",
        nargs="+",
        help="evidence id, such as L4, or a fact that a draft names, such as fact-ended",
    )
    parser.add_argument(
        "--around",
        metavar="N",
        type=int,
        default=None,
        help="lines or samples of context (default: 2 lines, 4 samples; with --json none)",
    )
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print pieces of evidence and facts, in the order in which they were asked for."""
    from agent.cli.naming import named
    from agent.schema.digest import Fact

    folder = options.incident_of(args)
    computed, bundle = _digest_of(folder)
    words = [word for given in args.evidence for word in given.split(",") if word.strip()]
    found = [named(word, computed) for word in words]
    if not found:
        raise UserError("No evidence was named.", hint="Name ids, such as L4, or facts, such as fact-ended.")
    context = (0 if args.json else _LINES) if args.around is None else max(0, args.around)
    documents: list[dict[str, object]] = []
    for number, item in enumerate(found):
        if args.json:
            documents.append(_document(item, computed, bundle, context))
            continue
        if number:
            print()
        if isinstance(item, Fact):
            _print_fact(item, computed)
        else:
            _print(item, _excerpts(bundle, item, context), _SAMPLES if args.around is None else context)
    if args.json:
        options.print_json(documents[0] if len(documents) == 1 else documents)
    return ExitCode.OK


def _excerpts(bundle: Bundle, item: Evidence, context: int) -> tuple[Excerpt, ...]:
    from agent.digest import excerpt

    try:
        return excerpt(bundle, item, around=context)
    except NotAllowed as error:  # the artifacts were dropped or encrypted; what was computed of them stays
        if bundle.raw is None:
            raise
        print(f"{error.args[0]}\n  {error.hint}", file=sys.stderr)
        return ()


def _document(item: Evidence | Fact, computed: Digest, bundle: Bundle, context: int) -> dict[str, object]:
    from agent.schema.digest import Fact

    if isinstance(item, Fact):
        behind = [found.model_dump(mode="json") for found in _behind(item, computed)]
        return {"fact": item.model_dump(mode="json"), "evidence": behind}
    excerpts = [_plain(part) for part in _excerpts(bundle, item, context)]
    return {"evidence": item.model_dump(mode="json"), "excerpts": excerpts}


def _behind(fact: Fact, computed: Digest) -> list[Evidence]:
    return [item for item in map(computed.find, fact.evidence) if item is not None]


def _digest_of(folder: IncidentFolder) -> tuple[Digest, Bundle]:
    """Read the digest that the draft cites; compute it where no draft was made or a snapshot is newer."""
    from agent.digest import digest
    from agent.naming import hidden_names
    from agent.settings import read_settings

    newest = folder.bundle()
    if newest is None:
        raise UserError(
            f"{folder.path} holds no snapshot yet.",
            hint=f"`pm-agent collect {folder.id}` makes one.",
            exit_code=ExitCode.NO_EVIDENCE,
        )
    written = folder.read_digest()
    if written is not None and (cited := folder.bundle(written.snapshot)) is not None:
        return written, cited
    incident = folder.read_incident()
    return digest(newest, incident, hidden_names(incident, read_settings())), newest


def _plain(found: Excerpt) -> dict[str, object]:
    if found.series is not None:
        return {
            "artifact": found.artifact,
            "series": found.series,
            "samples": [list(s) for s in found.samples],
        }
    shown: dict[str, object] = {
        "artifact": found.artifact,
        "first_line": found.first_line,
        "lines": list(found.lines),
    }
    return {**shown, "damage": found.damage} if found.damage else shown


def _print(item: Evidence, found: tuple[Excerpt, ...], samples: int) -> None:
    from rich.console import Console

    from agent.cli.text import marked

    console = Console(highlight=False, soft_wrap=True)
    console.print(f"[bold]{item.id}[/bold]  {marked(item.statement)}")
    console.print(f"    {_when(item)}  {item.severity}  {marked(item.service or '')}".rstrip())
    for name, value in item.attributes.items():
        console.print(f"    [dim]{name}:[/dim] {marked(_fitting(value, console))}")
    for index, part in enumerate(found):
        if part.series is None:
            _print_lines(console, part)
        else:
            _print_series(console, part, item, samples if index == 0 else None)


def _print_fact(fact: Fact, computed: Digest) -> None:
    """Print a fact, how it was computed or what is missing, and each piece of evidence behind it."""
    from rich.console import Console

    from agent.cli.text import marked
    from agent.report.appendix import describe_pointer

    console = Console(highlight=False, soft_wrap=True)
    console.print(f"[bold]{marked(fact.label)}[/bold]  {marked(fact.text)}")
    if fact.note:
        console.print(f"    [dim]{'how' if fact.known else 'why'}:[/dim] {marked(fact.note)}")
    for item in _behind(fact, computed):
        console.print(f"\n[bold]{item.id}[/bold]  {marked(item.statement)}\n    {_when(item)}")
        console.print(f"    [dim]{marked(describe_pointer(item.pointers[0]))}[/dim]")


def _when(item: Evidence) -> str:
    from agent.digest.wording import duration
    from agent.schema.base import to_second

    if item.start is None:
        return "undated"
    if item.end is None or item.end == item.start:
        return to_second(item.start)
    lasted = duration((item.end - item.start).total_seconds())
    return f"{to_second(item.start)} to {to_second(item.end)} ({lasted})"


def _print_lines(console: Console, part: Excerpt) -> None:
    """Print the lines that are evidence as they are and those around them dimmed."""
    from rich.markup import escape

    from agent.cli.text import marked, verbatim

    first = part.first_line or 1
    low, high = part.cited or (first, first + len(part.lines) - 1)
    console.print(f"\n[bold]{marked(part.artifact)}:{low}{f'-{high}' if high > low else ''}[/bold]")
    for number, line in enumerate(part.lines, first):
        text = f"{number:>7}  {escape(verbatim(_fitting(line, console)))}"
        console.print(f"[bold]>[/bold] {text}" if low <= number <= high else f"[dim]  {text}[/dim]")
    last = first + len(part.lines) - 1
    if part.lines and last < high:
        console.print(f"[dim]        {high - last} more lines, to line {high}[/dim]")
    if part.damage:
        console.print(
            f"        [yellow]{marked(part.artifact)} breaks off here: {marked(part.damage)}[/yellow]"
        )


def _fitting(line: str, console: Console) -> str:
    """Cut a line on a terminal after two of its rows; a pipe gets all of it."""
    most = 2 * console.width - 14
    return f"{line[: most - 1]}…" if console.is_terminal and len(line) > most else line


def _print_series(console: Console, part: Excerpt, item: Evidence, samples: int | None) -> None:
    """Draw a series with marks where the evidence begins and ends; list samples there if asked."""
    from agent.cli.sparkline import marks, scale, sparkline
    from agent.cli.text import marked
    from agent.digest.wording import number

    console.print(
        f"\n[bold]{marked(part.artifact)}[/bold]  {marked(part.series or '')}  {part.judged_as}".rstrip()
    )
    width = max(20, min(96, console.width - 16)) if console.is_terminal else 60
    rows = sparkline(part.course, width=width)
    if not rows:
        console.print("    [dim]no samples that are numbers[/dim]")
        return
    high, low = scale(part.course)
    labels = [number(high), *[""] * (len(rows) - 2), number(low)]
    for label, row in zip(labels, rows, strict=True):
        console.print(f"{label:>10} [dim]│[/dim]{row}")
    moments = [(time.timestamp(), sign) for time, sign in ((item.start, "^"), (item.end, "$")) if time]
    console.print(f"{'':>10} [dim]╵[/dim]{marks(part.course, moments, width=width)}")
    first, last = _clock(part.course[0][0]), _clock(part.course[-1][0])
    told = "^ begins" + (", $ is over" if item.end else "")
    console.print(f"{'':>12}[dim]{first} to {last}, {len(part.course)} samples; {told}[/dim]")
    if samples is not None:
        for line in _listed(part.course, [time for time, _ in moments], samples):
            console.print(line)


def _clock(seconds: float) -> str:
    from datetime import UTC, datetime

    from agent.digest.wording import instant

    return instant(datetime.fromtimestamp(seconds, UTC))


def _listed(course: Sequence[tuple[float, float]], moments: Sequence[float], around: int) -> list[str]:
    """List the samples around each moment; what is left out between them is counted."""
    from bisect import bisect_left

    from agent.digest.wording import number

    times = [time for time, _ in course]
    marked = [min(bisect_left(times, moment - 0.001), len(times) - 1) for moment in moments]
    wanted = sorted(
        {i for at in marked for i in range(max(0, at - around), min(len(times), at + around + 1))}
    )
    lines: list[str] = []
    for position, index in enumerate(wanted):
        left_out = index - wanted[position - 1] - 1 if position else 0
        if left_out:
            lines.append(f"[dim]{'':12}{left_out} more[/dim]")
        sign = ("^$"[marked.index(index)] if len(marked) > 1 else "^") if index in marked else " "
        lines.append(f"{sign:>10}  {_clock(times[index])}  {number(course[index][1]):>12}")
    return lines
