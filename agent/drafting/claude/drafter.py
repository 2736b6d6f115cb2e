"""The drafter that lets a model word the draft; every reply is held to the evidence before it is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import get_args

import prompts
from agent.drafting import revision
from agent.drafting.claude import rendering, shaping
from agent.drafting.claude.holding import Ledger, claim, claims
from agent.drafting.claude.replies import Reply, SaidRewrite
from agent.drafting.drafter import Analysis, Brief, Narrative
from agent.drafting.model.meter import Meter, summary
from agent.drafting.model.request import Effort, Message, ModelRequest, Text
from agent.drafting.model.structured import UnusableReply, ask
from agent.drafting.narrative import narrate as offline_prose
from agent.drafting.questions import merge
from agent.errors import UserError
from agent.schema.finding import Finding
from agent.schema.postmortem import ActionItem, Claim, PostMortem, SectionName, TimelineRow

_CALLS: tuple[tuple[SectionName, ...], ...] = (
    ("summary", "impact"),
    ("detection", "response"),
    ("went_well", "went_badly", "lucky"),
    ("lessons", "prevention"),
)
"""Sections that are written in one call; the calls run side by side."""
_NAMES: tuple[SectionName, ...] = get_args(SectionName)


def _today() -> date:
    return datetime.now(UTC).date()


class ClaudeDrafter:
    """Drafts by one call each for timeline, factors and actions, and four side by side for the prose."""

    def __init__(
        self,
        meter: Meter,
        *,
        model: str,
        steps: Mapping[str, str] | None = None,
        effort: Effort = "medium",
        today: Callable[[], date] = _today,
    ) -> None:
        self._meter, self._model, self._steps = meter, model, dict(steps or {})
        self._effort: Effort = effort
        self._today = today

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model

    @property
    def usage(self) -> Mapping[str, int | float]:
        """Calls, tokens, money and seconds so far."""
        return summary(self._meter.paid)

    def timeline(self, brief: Brief) -> tuple[TimelineRow, ...]:
        """Let the model pick and word rows; times come from the evidence."""
        if not brief.digest.evidence:
            return ()
        return shaping.timeline(self._ask("timeline", brief, notes=self._notes(brief)).rows, brief.digest)

    def analyse(self, brief: Brief, timeline: tuple[TimelineRow, ...]) -> Analysis:
        """Let the model weigh explanations; a cause without support is not established."""
        told = rendering.timeline_text(timeline, self._label)
        return shaping.analysis(self._ask("factors", brief, timeline=told, notes=self._notes(brief)), brief)

    def actions(self, brief: Brief, analysis: Analysis) -> tuple[ActionItem, ...]:
        """Let the model propose deliverables; without factors there are none."""
        if not analysis.factors:
            return ()
        told = rendering.factors_text(analysis.factors, self._label)
        reply = self._ask("actions", brief, factors=told, notes=self._notes(brief))
        return shaping.actions(reply.actions, brief, analysis.factors, self._today)

    def narrate(
        self,
        brief: Brief,
        timeline: tuple[TimelineRow, ...],
        analysis: Analysis,
        actions: tuple[ActionItem, ...],  # noqa: ARG002 - protocol
    ) -> Narrative:
        """Let the model write the sections, side by side; sentences without support are left out."""
        if analysis.cause.verdict == "no incident":
            return offline_prose(brief, analysis)
        told = {
            "timeline": rendering.timeline_text(timeline, self._label),
            "analysis": rendering.analysis_text(analysis, self._label),
            "notes": self._notes(brief),
        }
        with ThreadPoolExecutor(max_workers=len(_CALLS)) as pool:
            waiting = [
                pool.submit(self._ask, "sections", brief, wanted=", ".join(wanted), **told)
                for wanted in _CALLS
            ]
            replies = [future.result() for future in waiting]
        ledger = Ledger()
        written: dict[SectionName, tuple[Claim, ...]] = {}
        for wanted, reply in zip(_CALLS, replies, strict=True):
            for section in reply.sections:
                if section.name in wanted:
                    written[section.name] = claims(section.claims, brief.digest, ledger)
        if not written.get("summary"):
            written["summary"] = (analysis.cause.claim,)
        answered = offline_prose(brief, analysis)
        sections: dict[str, object] = {}
        for name in _NAMES:
            said: tuple[Claim, ...] = getattr(answered, name)
            by_people = [item for item in said if item.standing == "stated by a person"]
            sections[name] = (*written.get(name, ()), *by_people)
        asked = merge(ledger.asked, analysis.open_questions)
        return Narrative.model_validate({**sections, "open_questions": asked})

    def revise(self, brief: Brief, draft: PostMortem, findings: tuple[Finding, ...]) -> PostMortem:
        """Let the model reword refused sentences once; what is refused again is taken out and asked about."""
        if draft.provenance.revisions == 0:
            draft, settled = self._reworded(brief, draft, findings)
            findings = tuple(item for item in findings if item.section not in settled)
        return revision.revise(brief, draft, findings, self._today)

    def _reworded(
        self, brief: Brief, draft: PostMortem, findings: tuple[Finding, ...]
    ) -> tuple[PostMortem, set[str]]:
        places: dict[str, tuple[str, int]] = {}
        lines: list[str] = []
        for finding in findings:
            name, _, number = finding.section.partition(".")
            section: tuple[Claim, ...] = getattr(draft, name) if name in _NAMES else ()
            index = int(number) - 1 if number.isdigit() else -1
            if finding.level == "error" and 0 <= index < len(section):
                places[finding.section] = (name, index)
                told = section[index]
                lines += [
                    f"place {finding.section}: {told.text} [{', '.join((*told.evidence, *told.facts))}]",
                    f"  {finding.rule}: {finding.message}. {finding.suggestion}",
                ]
        if not places:
            return draft, set()
        asked = rendering.fenced(lines, self._label)
        rewrites = {item.place: item for item in self._ask("revise", brief, claims=asked).rewrites}
        return _replaced(brief, draft, places, rewrites), set(places)

    @property
    def _label(self) -> str:
        return self._meter.paid.label

    def _notes(self, brief: Brief) -> str:
        return rendering.notes_text(brief, self._label)

    def _ask(self, step: str, brief: Brief, **values: str) -> Reply:
        rules, evidence = rendering.prefix(brief, self._label)
        wanted = prompts.load(step).render(**values)
        request = ModelRequest(
            step=step,
            model=self._steps.get(step, self._model),
            system=rules,
            messages=(Message(role="user", blocks=(Text(text=evidence, cached=True), Text(text=wanted))),),
            effort=self._effort,
        )
        try:
            return ask(self._meter, request, Reply)
        except UnusableReply as error:
            for key in error.keys:
                self._meter.paid.discard(key)
            raise UserError(
                str(error), hint="Finished stages are kept: run the same command again, or use --offline."
            ) from error


def _replaced(
    brief: Brief,
    draft: PostMortem,
    places: Mapping[str, tuple[str, int]],
    rewrites: Mapping[str, SaidRewrite],
) -> PostMortem:
    """Put the rewrites in place; a sentence that was given up becomes a question."""
    ledger = Ledger()
    changed: dict[str, list[Claim | None]] = {}
    for place, (name, index) in places.items():
        section = changed.setdefault(name, list(getattr(draft, name)))
        old = section[index]
        said = rewrites.get(place)
        section[index] = claim(said, brief.digest, ledger) if said else None
        if old is not None and section[index] is None:
            ledger.ask(f"Is this so: {old.text}", evidence=old.evidence)
    update: dict[str, object] = {
        name: tuple(item for item in section if item is not None) for name, section in changed.items()
    }
    update["open_questions"] = merge(ledger.asked, draft.open_questions)
    return draft.model_copy(update=update)
