"""The evaluation: each case drafted by the real path in a home of its own, then graded."""

from __future__ import annotations

import shutil
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from agent.checks import check_draft
from agent.drafting.choosing import Name, choose
from agent.drafting.drafter import Drafter
from agent.errors import NotFound, UserError
from agent.schema.digest import Digest
from agent.schema.finding import Finding
from agent.schema.postmortem import PostMortem
from agent.settings import Settings
from agent.store import IncidentFolder
from agent.workflow.run import run_draft
from evals.expectation import Expectation, read_expectation
from evals.graders import abstention, cause, grounding, statements
from evals.results import CaseResult, Evaluation, count_levels, sum_up
from evals.samples import BUNDLED

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Drafted:
    """What one run of the draft path left behind."""

    draft: PostMortem
    digest: Digest
    findings: tuple[Finding, ...]
    seconds: float


def evaluate(
    *,
    cases: Path | None = None,
    drafter: Name = "offline",
    only: str | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Draft and grade every case below a folder, by default the bundled ones.

    `only` names one case. Raise UserError where there is none; a case that breaks is unscored, not dropped.
    """
    settings = Settings()
    writer = choose(drafter, settings)
    results: list[CaseResult] = []
    for folder in _folders(cases or BUNDLED, only):
        result = _attempt(folder, writer, settings)
        results.append(result)
        if progress:
            progress(f"{result.id}: {result.outcome} in {result.seconds:.1f} s {result.error}".rstrip())
    return Evaluation(drafter=writer.name, cases=tuple(results), totals=sum_up(tuple(results)))


def grade(drafted: Drafted, expected: Expectation) -> CaseResult:
    """Grade one draft."""
    draft = drafted.draft
    ranks = cause.grade(draft, expected.cause)
    recall = statements.must_state(draft, expected.must_state)
    unwanted = statements.must_not_state(draft, expected.must_not_state)
    violations = (*unwanted, *abstention.overreach(draft, expected))
    invented = grounding.invented(drafted.findings)
    hallucinated = grounding.hallucinated(draft, drafted.digest)
    abstained = abstention.abstained(draft)
    graded = expected.cause.graded and not expected.should_abstain
    found = abstained if expected.should_abstain else not graded or (ranks.cause_rank or 4) <= 3
    clean = not (violations or invented or hallucinated)
    return CaseResult(
        id=expected.id,
        cause_rank=ranks.cause_rank,
        must_state=recall,
        invented_facts=len(invented),
        hallucinated_citations=len(hallucinated),
        abstained=abstained,
        should_abstain=expected.should_abstain,
        findings=count_levels(drafted.findings),
        seconds=round(drafted.seconds, 3),
        outcome="pass" if found and clean else "fail",
        component_rank=ranks.component_rank,
        cause_graded=graded,
        verdict=draft.cause.verdict,
        expected=_label(expected),
        violations=violations,
        invented=invented,
        hallucinated=hallucinated,
    )


def _folders(cases: Path, only: str | None) -> tuple[Path, ...]:
    if not cases.is_dir():
        raise NotFound(f"{cases} is not a folder of cases.", hint="`python -m evals.importers` makes cases.")
    found = tuple(folder for folder in sorted(cases.iterdir()) if (folder / "bundle").is_dir())
    if not found:
        raise UserError(
            f"{cases} holds no case.",
            hint="A case is a folder with bundle/ and expect.yaml; see CONTRIBUTING.md.",
        )
    chosen = tuple(folder for folder in found if only is None or folder.name == only)
    if not chosen:
        raise NotFound(f"No case {only!r} in {cases}.", hint=f"It holds {', '.join(f.name for f in found)}.")
    return chosen


def _attempt(folder: Path, writer: Drafter, settings: Settings) -> CaseResult:
    started = time.monotonic()
    expected: Expectation | None = None
    try:
        expected = read_expectation(folder / "expect.yaml")
        return grade(_draft(folder / "bundle", expected.id, writer, settings), expected)
    except Exception as error:  # noqa: BLE001 - whatever breaks in the part under test is a result, shown and counted
        return _unscored(folder, expected, error, time.monotonic() - started)


def _draft(bundle: Path, case_id: str, writer: Drafter, settings: Settings) -> Drafted:
    with tempfile.TemporaryDirectory(prefix="pm-agent-eval-") as home:
        target = Path(home).resolve() / case_id
        shutil.copytree(bundle, target)
        folder = IncidentFolder(target)
        started = time.monotonic()
        run_draft(folder, drafter=writer, settings=settings, now=_now)
        seconds = time.monotonic() - started
        draft, digest = folder.read_draft(), folder.read_digest()
        if draft is None or digest is None:
            raise UserError(f"Drafting {case_id} left no draft.json or no digest.json.")
        return Drafted(draft, digest, check_draft(draft, digest, now=_now()), seconds)


def _unscored(folder: Path, expected: Expectation | None, error: Exception, seconds: float) -> CaseResult:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = "" if isinstance(error, UserError) else f" ({Path(frame.filename).name}:{frame.lineno})"
    return CaseResult(
        id=expected.id if expected else folder.name,
        must_state=statements.Recall(hit=0, of=len(expected.must_state) if expected else 0),
        should_abstain=expected.should_abstain if expected else False,
        seconds=round(seconds, 3),
        outcome="unscored",
        cause_graded=bool(expected and expected.cause.graded and not expected.should_abstain),
        expected=_label(expected) if expected else "",
        error=f"{type(error).__name__}: {error}{place}",
    )


def _label(expected: Expectation) -> str:
    if expected.verdict:
        return expected.verdict
    where = expected.cause.component[0] if expected.cause.component else ""
    return f"{where}: {expected.cause.label}".strip(": ")


def _now() -> datetime:
    return datetime.now(UTC)
