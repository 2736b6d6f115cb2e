"""`python -m evals.record CASE...`: draft bundled incidents with a model and keep its replies as cassettes.

The model is whatever answers at ANTHROPIC_BASE_URL, by default the vendor's API, with ANTHROPIC_API_KEY. A
recording that was cut off goes on where it stopped; one made with other prompts is started anew with --fresh.
`--judge DOCUMENT` keeps what the judge of `pm-agent check --judge` says of a post-mortem in Markdown.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from agent.errors import PmAgentError, UserError
from agent.workflow.progress import StageEvent
from evals.cassettes import taped
from evals.judging import judged

FOLDER = Path("tests/evals/cassettes")


def main(argv: list[str] | None = None) -> int:
    """Record every case; say what each cost and whether its draft has errors."""
    parser = argparse.ArgumentParser(prog="python -m evals.record", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help="ids of bundled incidents")
    parser.add_argument(
        "--judge", type=Path, action="append", default=[], metavar="DOCUMENT", help="judge its wording too"
    )
    parser.add_argument("--out", type=Path, default=FOLDER, help=f"their folder (default: {FOLDER})")
    parser.add_argument("--fresh", action="store_true", help="forget earlier recordings of these")
    args = parser.parse_args(argv)
    if not args.cases and not args.judge:
        parser.error("name a CASE, or a document by --judge")
    failed = sum([_judge(document, args.out, fresh=args.fresh) for document in args.judge])
    for case in args.cases:
        cassette = path_of(case, args.out)
        if args.fresh:
            cassette.unlink(missing_ok=True)
        try:
            made = taped(case, cassette, record=True, progress=_tell)
        except PmAgentError as error:
            failed += 1
            sys.stderr.write(f"{case}: {error}\n")
            continue
        errors = sum(finding.level == "error" for finding in made.findings)
        used = made.outcome.usage
        sys.stdout.write(
            f"{cassette}: {used['calls']} calls, cause {made.draft.cause.verdict}, {errors} errors, "
            f"{used['counted_uncached_tokens']} uncached tokens in, "
            f"{used['counted_cached_share']:.0%} cached, "
            f"{used['counted_output_tokens']} out, {used.get('counted_usd', 0):.3f} USD at list prices\n"
        )
    return 1 if failed else 0


def _judge(document: Path, folder: Path, *, fresh: bool) -> bool:
    """Record what the judge says of a document; tell whether that failed."""
    cassette = judgement_of(document, folder)
    if fresh:
        cassette.unlink(missing_ok=True)
    try:
        reports = judged(document, cassette, record=True)
    except PmAgentError as error:
        sys.stderr.write(f"{document}: {error}\n")
        return True
    for report in reports:
        sys.stdout.write(f"{document}:{report.line}: {report.rule} {report.level} {report.message}\n")
    return False


def judgement_of(document: Path, folder: Path = FOLDER) -> Path:
    """Name the cassette of a judged document."""
    return folder / "judge" / f"{document.stem}.yaml.gz"


def path_of(case: str, folder: Path = FOLDER) -> Path:
    """Name a case's cassette."""
    if not case or "/" in case or case.startswith("."):
        raise UserError(f"{case!r} is no id of a bundled incident.")
    return folder / f"{case}.yaml.gz"


def _tell(event: StageEvent) -> None:
    if event.kind == "finished":
        sys.stderr.write(f"  {event.stage}: {event.seconds:.1f} s {event.note}\n")


if __name__ == "__main__":
    sys.exit(main())
