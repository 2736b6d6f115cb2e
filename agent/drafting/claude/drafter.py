"""The drafter that lets a model word the draft; every reply is held to the evidence before it is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import prompts
from agent import fitting
from agent.drafting import contradictions, revision
from agent.drafting.claude import investigating, rendering, shaping
from agent.drafting.claude.holding import Ledger, claim, claims, cleaned, usable, vaguer
from agent.drafting.claude.passages import SECTIONS, TEXTS, Passage, moved, passages, rewritten, worded
from agent.drafting.claude.replies import Reply, SaidRewrite
from agent.drafting.drafter import Analysis, Brief, Contradiction, Investigation, Narrative
from agent.drafting.fence import label_of
from agent.drafting.looks import Recording
from agent.drafting.model.meter import Meter, summary
from agent.drafting.model.request import Effort, Message, ModelRequest, Text
from agent.drafting.model.structured import Toolbox, UnusableReply, ask
from agent.drafting.narrative import narrate as offline_prose
from agent.drafting.questions import merge
from agent.errors import UserError
from agent.schema.digest import Digest
from agent.schema.finding import Finding
from agent.schema.incident import Incident
from agent.schema.postmortem import ActionItem, Claim, PostMortem, SectionName, TimelineRow
from agent.settings import InvestigationLimits

_CALLS: tuple[tuple[SectionName, ...], ...] = (
    ("summary", "impact", "detection", "response"),
    ("went_well", "went_badly", "lucky", "lessons", "prevention"),
)
"""Sections that are written in one call; the calls run side by side."""


def _today() -> date:
    return datetime.now(UTC).date()


class ClaudeDrafter:
    """Looks into the recording, then one call each for timeline, factors, actions, and two for the prose."""

    def __init__(
        self,
        meter: Meter,
        *,
        model: str,
        steps: Mapping[str, str] | None = None,
        effort: Effort = "medium",
        limits: InvestigationLimits | None = None,
        digest_tokens: int = fitting.DEFAULT,
        today: Callable[[], date] = _today,
    ) -> None:
        self._meter, self._model, self._steps = meter, model, dict(steps or {})
        self._effort: Effort = effort
        self._limits = limits or InvestigationLimits()
        self._digest_tokens = digest_tokens
        self._today = today
        self._rendered: tuple[tuple[Incident, Digest], tuple[str, str]] | None = None

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model

    @property
    def usage(self) -> Mapping[str, int | float]:
        """Calls, tokens, money and seconds so far."""
        return summary(self._meter.paid)

    @property
    def prompts(self) -> tuple[str, ...]:
        """Every prompt that was sent so far."""
        return self._meter.paid.prompts

    def investigate(self, brief: Brief, recording: Recording) -> Investigation | None:
        """Let the model look into the recording, within its own limits; what it weighed is kept."""
        if self._limits.rounds == 0 or not brief.digest.evidence:
            return None
        label = label_of(brief.digest)
        bench = investigating.Bench(recording, self._limits, self._meter.paid, label)
        told = {
            "limits": investigating.limits_text(self._limits),
            "standing": rendering.found_text(recording.standing(), label),
        }
        reply = self._ask(investigating.STEP, brief, told, bench)
        known = {item.id for item in recording.found} | {item.id for item in brief.digest.evidence}
        return Investigation(
            explanations=shaping.explanations(reply.hypotheses, known),
            not_recorded=tuple(bench.not_recorded),
            looked=tuple(bench.looked),
            looks=bench.looks,
            ended=bench.ended,
        )

    def timeline(self, brief: Brief) -> tuple[TimelineRow, ...]:
        """Let the model pick and word rows; times come from the evidence."""
        if not brief.digest.evidence:
            return ()
        weighed = rendering.explanations_text(brief.investigation, label_of(brief.digest))
        told = {"explanations": weighed, "notes": _notes(brief)}
        return shaping.timeline(self._ask("timeline", brief, told).rows, brief.digest)

    def analyse(self, brief: Brief, timeline: tuple[TimelineRow, ...]) -> Analysis:
        """Let the model weigh explanations; a cause without support is not established."""
        label = label_of(brief.digest)
        told = {
            "timeline": rendering.timeline_text(timeline, label),
            "explanations": rendering.explanations_text(brief.investigation, label),
            "notes": _notes(brief),
        }
        reply = self._ask("factors", brief, told)
        return shaping.analysis(reply, brief)

    def actions(self, brief: Brief, analysis: Analysis) -> tuple[ActionItem, ...]:
        """Let the model propose deliverables; without factors there are none."""
        if not analysis.factors:
            return ()
        told = rendering.factors_text(analysis.factors, label_of(brief.digest))
        reply = self._ask("actions", brief, {"factors": told, "notes": _notes(brief)})
        return shaping.actions(reply.actions, brief, analysis.factors, self._today)

    def narrate(self, brief: Brief, timeline: tuple[TimelineRow, ...], analysis: Analysis) -> Narrative:
        """Let the model write the sections, side by side; sentences without support are left out."""
        if analysis.cause.verdict == "no incident":
            return offline_prose(brief, analysis)
        label = label_of(brief.digest)
        told = {
            "timeline": rendering.timeline_text(timeline, label),
            "analysis": rendering.analysis_text(analysis, label),
            "notes": _notes(brief),
        }
        with ThreadPoolExecutor(max_workers=len(_CALLS)) as pool:
            waiting = [
                pool.submit(self._ask, "sections", brief, {"wanted": ", ".join(wanted), **told})
                for wanted in _CALLS
            ]
            replies = [future.result() for future in waiting]
        return _narrative(brief, analysis, replies)

    def contradictions(self, brief: Brief, draft: PostMortem) -> tuple[Contradiction, ...]:
        """Let the model compare passages once; a pair whose places do not exist is left out."""
        if draft.cause.verdict == "no incident":
            return ()
        told = dict(contradictions.passages(draft))
        text = rendering.draft_text(told.items(), draft, label_of(brief.digest))
        found = self._ask("contradictions", brief, {"draft": text}).contradictions
        return shaping.contradictions(found, told)

    def revise(self, brief: Brief, draft: PostMortem, findings: tuple[Finding, ...]) -> PostMortem:
        """Let the model reword what was refused; what it gives up is taken out and asked about."""
        known = {item.place: item for item in passages(draft)}
        refused = {f.section: known[f.section] for f in findings if f.level == "error" and f.section in known}
        settled, dropped = frozenset[str](), frozenset[str]()
        if refused:
            lines = rendering.refused_lines(refused.values(), findings)
            asked = rendering.fenced(lines, label_of(brief.digest))
            rewrites = {item.place: item for item in self._ask("revise", brief, {"claims": asked}).rewrites}
            draft, settled, dropped = _reworded(brief, draft, refused, rewrites)
        rest = tuple(
            item.model_copy(update={"section": moved(item.section, dropped)})
            for item in findings
            if item.section not in settled
        )
        return revision.revise(brief, draft, rest, self._today)

    def _ask(self, step: str, brief: Brief, values: Mapping[str, str], tools: Toolbox | None = None) -> Reply:
        label = label_of(brief.digest)
        rules, evidence = self._prefix(brief, label)
        found = rendering.found(brief, label)
        asked = prompts.load(step)
        shared = ["rules", "evidence", *(["found"] if found else [])]
        offered = investigating.tools() if self._limits.rounds else ()
        blocks = [Text(text=text, cached=True) for text in (evidence, found) if text]
        request = ModelRequest(
            step=step,
            model=self._steps.get(step, self._model),
            system=rules,
            messages=(Message(role="user", blocks=(*blocks, Text(text=asked.render(**values)))),),
            tools=offered,
            effort=self._effort,
            prompts=(
                *(prompts.load(name).reference for name in shared),
                asked.reference,
                *([investigating.reference()] if offered else []),
            ),
        )
        try:
            return ask(self._meter, request, Reply, tools)
        except UnusableReply as error:
            for key in error.keys:
                self._meter.paid.discard(key)
            raise UserError(
                str(error), hint="Finished stages are kept: run the same command again, or use --offline."
            ) from error

    def _prefix(self, brief: Brief, label: str) -> tuple[str, str]:
        """Render what every call begins with; once for all calls that know the same."""
        known = (brief.incident, brief.digest.with_found(()))
        if self._rendered is None or self._rendered[0] != known:
            self._rendered = known, rendering.prefix(brief, label, self._digest_tokens)
        return self._rendered[1]


def _notes(brief: Brief) -> str:
    return rendering.notes_text(brief, label_of(brief.digest))


def _narrative(brief: Brief, analysis: Analysis, replies: list[Reply]) -> Narrative:
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
    for name in SECTIONS:
        said: tuple[Claim, ...] = getattr(answered, name)
        by_people = [item for item in said if item.standing == "stated by a person"]
        sections[name] = (*written.get(name, ()), *by_people)
    asked = merge(ledger.asked, analysis.open_questions)
    return Narrative.model_validate({**sections, "open_questions": asked})


def _reworded(
    brief: Brief, draft: PostMortem, refused: Mapping[str, Passage], rewrites: Mapping[str, SaidRewrite]
) -> tuple[PostMortem, frozenset[str], frozenset[str]]:
    """Put the rewrites in place; a sentence that was given up, or made vague, becomes a question.

    With the draft come the places that are settled, and which of them were taken out.
    """
    ledger = Ledger()
    new: dict[str, Claim] = {}
    texts: dict[str, str] = {}
    dropped: set[str] = set()
    for place, old in refused.items():
        said = rewrites.get(place)
        if place.partition(".")[0] in TEXTS:
            if said and usable(text := cleaned(said.text), brief.digest, Ledger()):
                texts[place] = text
            continue
        told = claim(said, brief.digest, Ledger()) if said and not vaguer(old.text, said.text) else None
        if told is not None:
            new[place] = told
        elif place.partition(".")[0] in SECTIONS:
            dropped.add(place)
            ledger.ask(f"Is this so: {old.text}", evidence=old.evidence)
    gone = frozenset(dropped)
    changed = worded(rewritten(draft, new, gone), texts)
    asked = merge(ledger.asked, changed.open_questions)
    return changed.model_copy(update={"open_questions": asked}), gone.union(new, texts), gone
