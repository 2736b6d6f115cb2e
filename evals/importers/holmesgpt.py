"""HolmesGPT: alert investigations recorded as the answers of kubectl, Prometheus and other tools."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, TypeAdapter

from agent.errors import UserError
from agent.schema.incident import Incident
from evals.expectation import Expectation, ExpectedCause
from evals.importers import alertmanager, spantree, statements, toolcall
from evals.importers.casefolder import Absence, Piece, Recording, slug
from evals.importers.mechanisms import phrases_in
from evals.importers.toolcall import ToolCall
from evals.importers.upstream import Upstream
from tools.formats.records import Clock

LICENCE = "Apache-2.0"
NOTICE = """Recorded incident from the evaluation fixtures of HolmesGPT.
Source: https://github.com/robusta-dev/holmesgpt, commit c1ee1d43598b89ca59481615b40a3340a32f2202,
tests/llm/fixtures.
Licence: Apache-2.0, Copyright Robusta Dev.
Changes: the head that the recorder put before each tool's answer was taken off and its command kept
in the manifest; the alert was rewritten in Alertmanager's form, printed traces as OTLP JSON; the tables
that enrich a finding, lists of metric names and the trailer of log queries were left out.
"""
_NO_INCIDENT = re.compile(
    r"\b(?:no|not an?) (?:real |actual )?(?:issue|problem|incident)\b"
    r"|\bfalse (?:alarm|positive)\b|\bnothing (?:is )?wrong\b",
    re.IGNORECASE,
)
_NOTHING_THERE = re.compile(r"previous terminated container .* not found", re.DOTALL)


def _tuple_of(value: object) -> object:
    return (value,) if isinstance(value, str) else value or ()


class Truth(BaseModel):
    """Upstream's test_case.yaml; never leaves for the bundle, except the question that was asked."""

    expected_output: Annotated[tuple[str, ...], BeforeValidator(_tuple_of)]
    user_prompt: Annotated[tuple[str, ...], BeforeValidator(_tuple_of)] = ()


class Subject(BaseModel):
    """What an investigation was asked about."""

    name: str | None = None
    namespace: str | None = None
    kind: str | None = None


class Asked(BaseModel):
    """Upstream's investigate_request.json."""

    title: str = ""
    description: str = ""
    subject: Subject = Subject()


class Raw(BaseModel):
    """An alert as Alertmanager gave it."""

    status: str = "active"
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    startsAt: datetime  # noqa: N815 - Alertmanager's name
    endsAt: datetime | None = None  # noqa: N815
    generatorURL: str = ""  # noqa: N815
    fingerprint: str = ""


class Issue(BaseModel):
    """Upstream's issue_data.json: a Robusta finding, often with the raw alert."""

    name: str = ""
    title: str = ""
    description: str | None = None
    aggregation_key: str = ""
    priority: str = ""
    subject_type: str | None = None
    subject_name: str | None = None
    subject_namespace: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    creation_date: datetime | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    fingerprint: str = ""
    raw: Raw | None = None


def convert(upstream: Upstream) -> Recording:
    """Convert one incident folder; raise UserError where it is not of this dataset."""
    upstream.require("ground_truth.yaml")
    calls = tuple(toolcall.read_all(upstream))
    issue = upstream.json("issue_data.json", TypeAdapter(Issue)) if upstream.has("issue_data.json") else None
    if issue is None and not calls:
        raise UserError(
            f"{upstream.path} is not an incident of holmesgpt: issue_data.json is missing.",
            hint="An incident of holmesgpt holds issue_data.json or recorded tool answers (*.txt).",
        )
    truth = upstream.yaml("ground_truth.yaml", TypeAdapter(Truth))
    asked = Asked()
    if upstream.has("investigate_request.json"):
        asked = upstream.json("investigate_request.json", TypeAdapter(Asked))
    subject = _subject(asked, issue)
    case_id = upstream.neutral_id("cluster")
    title = _title(asked, issue, truth, subject)
    pieces = (*_alerts(issue), *_answers(calls))
    incident = Incident(
        id=case_id,
        title=title,
        summary=_summary(asked, issue, truth),
        services=(subject.name,) if subject.name else (),
    )
    return Recording(
        incident=incident,
        expectation=_expectation(case_id, title, truth, subject, pieces),
        pieces=pieces,
        clock=Clock(recorded_at=toolcall.recorded_at(calls)),
        notice=NOTICE,
        absences=tuple(_absences(calls)),
    )


def _subject(asked: Asked, issue: Issue | None) -> Subject:
    if asked.subject.name or issue is None:
        return asked.subject
    labels = (issue.raw.labels if issue.raw else issue.labels) or {}
    name = labels.get("pod") or labels.get("deployment") or labels.get("job_name") or issue.subject_name
    return Subject(
        name=name, namespace=labels.get("namespace") or issue.subject_namespace, kind=issue.subject_type
    )


def _title(asked: Asked, issue: Issue | None, truth: Truth, subject: Subject) -> str:
    told = (issue.title or issue.name if issue else "") or asked.title or _question(truth)
    told = told.strip().splitlines()[0].rstrip(".")[:120] if told.strip() else "Recorded investigation"
    return told if not subject.name or subject.name in told else f"{told}: {subject.name}"


def _summary(asked: Asked, issue: Issue | None, truth: Truth) -> str | None:
    annotations = issue.raw.annotations if issue and issue.raw else {}
    told = (issue.description if issue else "") or annotations.get("description") or asked.description
    return (told or _question(truth)).strip() or None


def _question(truth: Truth) -> str:
    lines = [line.strip() for prompt in truth.user_prompt for line in prompt.splitlines()]
    return " ".join(re.sub(r"<@\w+>", "", line) for line in lines if line and "•" not in line).strip()


def _alerts(issue: Issue | None) -> Iterator[Piece]:
    if issue is None:
        return
    if issue.raw is not None:
        raw = issue.raw
        alert = alertmanager.Alert(
            labels=raw.labels,
            annotations=raw.annotations,
            starts_at=_utc(raw.startsAt),
            ends_at=_utc(raw.endsAt) if raw.endsAt else None,
            state=raw.status,
            generator=raw.generatorURL,
            fingerprint=raw.fingerprint,
        )
    elif (started := issue.starts_at or issue.creation_date) is not None:
        alert = _finding(issue, _utc(started))
    else:
        return
    yield Piece(
        "alertmanager", "alerts.json", alertmanager.dump([alert]), query="the alert that was investigated"
    )


def _finding(issue: Issue, started: datetime) -> alertmanager.Alert:
    labels = dict(issue.labels or {})
    labels.setdefault("alertname", issue.aggregation_key or issue.name or issue.title)
    labels.setdefault("severity", issue.priority.lower() or "none")
    if issue.subject_type and issue.subject_name:
        labels.setdefault(issue.subject_type, issue.subject_name)
    if issue.subject_namespace:
        labels.setdefault("namespace", issue.subject_namespace)
    annotations = dict(issue.annotations or {})
    annotations.setdefault("summary", issue.title)
    if issue.description:
        annotations.setdefault("description", issue.description)
    return alertmanager.Alert(
        labels=labels,
        annotations=annotations,
        starts_at=started,
        ends_at=_utc(issue.ends_at) if issue.ends_at else None,
        fingerprint=issue.fingerprint,
    )


def _utc(value: datetime) -> datetime:
    """Robusta writes UTC and at times leaves the zone out."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _answers(calls: tuple[ToolCall, ...]) -> Iterator[Piece]:
    seen: set[tuple[str, str, str]] = set()
    for call in calls:
        key = (call.source, call.labels.get("pod", ""), call.body)
        if _absence(call) is None and key not in seen:  # two tools may have fetched one log
            seen.add(key)
            traces = spantree.is_span_tree(call.body)
            yield Piece(
                call.source,
                f"{slug(call.title)}{'.jsonl' if traces else call.suffix}",
                spantree.otlp_lines(call.body) if traces else call.body.encode(),
                query=call.query,
                labels=call.labels,
            )


def _absences(calls: tuple[ToolCall, ...]) -> Iterator[Absence]:
    yield from (found for call in calls if (found := _absence(call)) is not None)


def _absence(call: ToolCall) -> Absence | None:
    if call.tool == "list_available_metrics":
        return Absence(call.source, call.query, "A list of metric names, not kept.", outcome="not recorded")
    if not call.body.strip():
        return Absence(call.source, call.query, "The answer was empty.")
    if _NOTHING_THERE.search(call.body) and len(call.body.splitlines()) <= 3:
        return Absence(call.source, call.query, call.body.strip().splitlines()[0][:300])
    return None


def _expectation(
    case_id: str, title: str, truth: Truth, subject: Subject, pieces: tuple[Piece, ...]
) -> Expectation:
    sentences = truth.expected_output
    nothing = any(_NO_INCIDENT.search(text) for text in sentences)
    told = tuple(text for text in sentences if not _NO_INCIDENT.search(text))
    return Expectation(
        id=case_id,
        title=title,
        system="A Kubernetes cluster with Prometheus",
        signals=(),
        licence=LICENCE,
        cause=ExpectedCause() if nothing else _cause(told, subject, pieces),
        must_state=tuple(
            statements.sentence(text) for text in told if not nothing or statements.anchors(text)
        ),
        should_abstain=nothing,
        verdict="no incident" if nothing else None,
    )


def _cause(sentences: tuple[str, ...], subject: Subject, pieces: tuple[Piece, ...]) -> ExpectedCause:
    """Take names that the bundle holds too, and the words of every mechanism that is spoken of.

    Where the text tells a mechanism and no name, it is about the alert's own subject.
    """
    phrases = phrases_in(sentences)
    told = [name for text in sentences for name in statements.anchors(text)]
    held = [name for name in told if any(name.encode() in piece.data for piece in pieces)]
    component = [form for name in held for form in (name, name.partition(":")[0])]
    if phrases and not component and subject.name:
        component = [subject.name]
    graded = bool(phrases)
    return ExpectedCause(
        component=tuple(dict.fromkeys(component)) if graded else (),
        phrases=phrases,
        label=" ".join(sentences)[:200] if graded else "",
    )
