"""`pm-agent show`: one piece of evidence and the real lines or samples behind it."""

from __future__ import annotations

import argparse
import difflib
from typing import TYPE_CHECKING

from agent.cli import options
from agent.errors import ExitCode, NotFound, UserError

if TYPE_CHECKING:
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
        "--around", metavar="N", type=int, default=0, help="lines or samples of context (default: 0)"
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
    found = excerpt(bundle, item, around=max(0, args.around))
    if args.json:
        options.print_json({"evidence": item.model_dump(mode="json"), "excerpts": [_plain(e) for e in found]})
    else:
        _print(item, found)
    return ExitCode.OK


def _digest_of(folder: IncidentFolder) -> tuple[Digest, Bundle]:
    """Read the digest that the draft cites; compute it where no draft was made or a snapshot is newer."""
    from agent.digest import digest

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
    return digest(newest, folder.read_incident()), newest


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
    return {"artifact": found.artifact, "first_line": found.first_line, "lines": list(found.lines)}


def _print(item: Evidence, found: tuple[Excerpt, ...]) -> None:
    from rich.console import Console

    from agent.cli.text import marked
    from agent.schema.base import format_utc

    console = Console(highlight=False, soft_wrap=True)
    start = format_utc(item.start) if item.start else "undated"
    end = f" to {format_utc(item.end)}" if item.end and item.end != item.start else ""
    console.print(f"[bold]{item.id}[/bold]  {marked(item.statement)}")
    console.print(f"{start}{end}  {item.severity}  {marked(item.service or '')}")
    for name, value in item.attributes.items():
        console.print(f"  {name}: {marked(value)}")
    for part in found:
        _print_excerpt(console, part)


def _print_excerpt(console: Console, part: Excerpt) -> None:
    from rich.table import Table

    from agent.cli.text import marked

    if part.series is None:
        first = part.first_line or 1
        last = first + max(0, len(part.lines) - 1)
        console.print(f"\n[bold]{marked(part.artifact)}:{first}-{last}[/bold]")
        for number, line in enumerate(part.lines, first):
            console.print(f"{number:>7}  {marked(line)}")
        return
    table = Table("Time", "Value", title=marked(f"{part.artifact}  {part.series}"), title_justify="left")
    for time, value in part.samples:
        table.add_row(time, f"{value:g}")
    console.print(table)
