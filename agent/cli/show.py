"""`pm-agent show`: one piece of evidence and the real lines or samples behind it."""

from __future__ import annotations

import argparse
import difflib
import sys
from typing import TYPE_CHECKING

from agent.cli import options
from agent.errors import ExitCode, NotAllowed, NotFound, UserError

_LINES = 2
_SAMPLES = 4

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from agent.digest import Excerpt
    from agent.schema.digest import Digest
    from agent.schema.evidence import Evidence
    from agent.store import Bundle, IncidentFolder


def configure(subparsers: options.Subparsers, name: str) -> None:
    """Add the command."""
    parser = options.add_command(
        subparsers,
        name,
        summary="print a piece of evidence with its real lines or samples",
        examples=f"pm-agent {name} INC-42 L4 --around 10\npm-agent {name} INC-42 M2 --json",
    )
    options.add_incident(parser)
    parser.add_argument("evidence", metavar="EVIDENCE", help="evidence id, such as L4")
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
    """Print one piece of evidence."""
    from agent.digest import excerpt

    folder = options.incident_of(args)
    computed, bundle = _digest_of(folder)
    item = computed.find(args.evidence.upper())
    if item is None:
        raise NotFound(
            f"{folder.id} has no evidence {args.evidence!r}.", hint=_near(args.evidence.upper(), computed)
        )
    context = (0 if args.json else _LINES) if args.around is None else max(0, args.around)
    try:
        found = excerpt(bundle, item, around=context)
    except NotAllowed as error:  # the artifacts were dropped or encrypted; what was computed of them stays
        if bundle.raw is None:
            raise
        found = ()
        print(f"{error.args[0]}\n  {error.hint}", file=sys.stderr)
    if args.json:
        options.print_json({"evidence": item.model_dump(mode="json"), "excerpts": [_plain(e) for e in found]})
    else:
        _print(item, found, _SAMPLES if args.around is None else context)
    return ExitCode.OK


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


def _near(wanted: str, computed: Digest) -> str:
    known = [item.id for item in computed.evidence]
    same_kind = sorted((name for name in known if name[:1] == wanted[:1]), key=lambda name: int(name[1:]))
    if not known:
        return "Its digest holds no evidence at all."
    close = difflib.get_close_matches(wanted, known, n=4, cutoff=0.3)
    if same_kind:
        return f"It has {same_kind[0]} to {same_kind[-1]}; near: {', '.join(close or same_kind[:4])}."
    kinds = ", ".join(sorted({name[:1] for name in known}))
    return f"It has evidence of the kinds {kinds}, such as {', '.join(known[:4])}."


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
        console.print(f"    [dim]{name}:[/dim] {marked(value)}")
    for index, part in enumerate(found):
        if part.series is None:
            _print_lines(console, part)
        else:
            _print_series(console, part, item, samples if index == 0 else None)


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
