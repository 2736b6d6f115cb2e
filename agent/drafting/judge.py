"""Claude as the judge of wording that the rules leave open; replies are kept by the hash of the request."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import prompts
from agent.drafting.fence import fence, plain
from agent.drafting.model.anthropic_endpoint import AnthropicEndpoint
from agent.drafting.model.endpoint import Endpoint
from agent.drafting.model.meter import Budget, Meter
from agent.drafting.model.paid import PaidCalls
from agent.drafting.model.request import Message, ModelRequest, Text
from agent.drafting.model.structured import ask
from agent.errors import UserError
from agent.schema.base import Model
from agent.schema.judgement import Judgement, Question
from agent.settings import Settings
from tools.redact import Redactor

_BATCH = 12
"""Sentences of one request."""
_KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")
_SYSTEM = "You check the wording of incident reports. You answer with JSON only."
Rule = Literal[
    "",
    "B01",
    "B02",
    "B03",
    "B04",
    "B05",
    "B06",
    "B07",
    "B08",
    "B09",
    "B10",
    "B11",
    "B12",
    "B13",
    "B14",
    "B15",
]


class JudgedSentence(Model):
    """What the model says of one sentence."""

    number: int
    rule: Rule
    span: str
    rewrite: str


class JudgeReply(Model):
    """What the model says of a batch."""

    sentences: tuple[JudgedSentence, ...]


class ModelJudge:
    """Asks a model in batches; what it does not answer counts as no blame."""

    def __init__(self, endpoint: Endpoint, *, model: str, families: Mapping[str, str]) -> None:
        self._endpoint, self._model = endpoint, model
        self._families = "\n".join(f"{rule}: {message}" for rule, message in sorted(families.items()))

    def judge(self, questions: Sequence[Question]) -> list[Judgement | None]:
        """Answer every question; raise UnusableReply or UserError where the model gives nothing usable."""
        answers: list[Judgement | None] = []
        for start in range(0, len(questions), _BATCH):
            answers.extend(self._batch(questions[start : start + _BATCH]))
        return answers

    def _batch(self, questions: Sequence[Question]) -> list[Judgement | None]:
        listed = "\n".join(_written(number, question) for number, question in enumerate(questions, 1))
        label = hashlib.sha256(listed.encode()).hexdigest()[:16]  # no text holds its own hash
        text = prompts.load("judge").render(
            families=self._families, label=label, sentences=fence(listed, label).text
        )
        message = Message(role="user", blocks=(Text(text=text),))
        request = ModelRequest(
            step="judge",
            model=self._model,
            system=_SYSTEM,
            messages=(message,),
            max_tokens=4_000,
            effort="low",
        )
        reply = ask(self._endpoint, request, JudgeReply)
        said = {item.number: item for item in reply.sentences if item.rule and item.span}
        return [
            Judgement(said[number].rule, said[number].span, said[number].rewrite) if number in said else None
            for number in range(1, len(questions) + 1)
        ]


def _written(number: int, question: Question) -> str:
    redactor = Redactor(salt=b"judge")
    sentence, before, after = (
        plain(redactor.text(text)).text for text in (question.sentence, question.before, question.after)
    )
    doubts = ", ".join(question.doubts) or "none"
    where = f"{question.section}; in doubt: {doubts}"
    return f"{number}. [{where}] {sentence}\n   before: {before}\n   after: {after}"


def choose_judge(
    settings: Settings, *, cache: Path, families: Mapping[str, str], environ: Mapping[str, str] | None = None
) -> ModelJudge:
    """Make the judge that the settings name; replies are kept in `cache`. Raise UserError without a key."""
    environ = os.environ if environ is None else environ
    if not any(environ.get(key) for key in _KEYS):
        raise UserError(
            "--judge needs a key: neither ANTHROPIC_API_KEY nor ANTHROPIC_AUTH_TOKEN is set.",
            hint="Set one of them, or check without --judge: the rules need no model.",
        )
    paid = PaidCalls(cache)
    meter = Meter(AnthropicEndpoint(), paid, Budget(settings.budget_usd, settings.max_seconds))
    return ModelJudge(meter, model=settings.model, families=families)
