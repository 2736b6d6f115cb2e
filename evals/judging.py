"""Judged documents: what the judge says of a post-mortem, kept as a cassette, replayed without a network."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from agent.checks import survey_document
from agent.checks.rulebook import families
from agent.drafting.judge import ModelJudge
from agent.drafting.model.anthropic_endpoint import AnthropicEndpoint
from agent.drafting.model.meter import Meter
from agent.drafting.model.paid import PaidCalls
from agent.errors import NotFound, UserError
from evals.cassettes import MODEL, opened

if TYPE_CHECKING:
    from agent.checks.report import Report

_WAIT = 1_800.0


def judged(document: Path, cassette: Path, *, record: bool) -> tuple[Report, ...]:
    """Check a document with the judge's replies of a cassette; where `record`, ask for those it lacks.

    Raise NotFound where the document or, in a replay, the cassette is not there, UserError where a reply is
    missing or one was not asked for.
    """
    if not document.is_file():
        raise NotFound(f"{document} does not exist.", hint="Name a post-mortem in Markdown.")
    if not record and not cassette.is_file():
        raise NotFound(
            f"{cassette} does not exist.", hint=f"`python -m evals.record --judge {document}` records it."
        )
    messages = {rule: family.message for rule, family in families().items()}
    with tempfile.TemporaryDirectory(prefix="pm-judge-") as home, opened(cassette, record=record) as tape:
        endpoint = AnthropicEndpoint(timeout=_WAIT, max_retries=0)
        meter = Meter(endpoint, PaidCalls(Path(home).resolve() / "replies.jsonl"))
        judge = ModelJudge(meter, model=MODEL, families=messages)
        survey = survey_document(document.read_text(encoding="utf-8"), judge=judge)
        if not record and not tape.all_played:
            left = len(tape) - tape.play_count
            raise UserError(f"{cassette}: {left} of its {len(tape)} replies were not asked for.")
        tape.drop_unused_requests = record
    return survey.reports
