"""A small digest and a good draft of it, for graders to be tried on; tests break it in one way each."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.schema.digest import Digest
from agent.schema.evidence import Evidence, EvidenceKind, Pointer
from agent.schema.postmortem import (
    Cause,
    Claim,
    Factor,
    Header,
    OpenQuestion,
    PostMortem,
    Provenance,
    TimelineRow,
    Why,
)

AT = datetime(2026, 3, 12, 12, 30, tzinfo=UTC)


def evidence(evidence_id: str, kind: EvidenceKind, statement: str, service: str) -> Evidence:
    return Evidence(
        id=evidence_id,
        kind=kind,
        service=service,
        start=AT,
        statement=statement,
        pointers=(Pointer(artifact="logs/a.log", lines=(1, 1)),),
    )


@pytest.fixture
def digest() -> Digest:
    return Digest(
        incident="shop-1",
        snapshot="evidence",
        manifest_sha256="0" * 64,
        window=None,
        onset=AT,
        onset_source="evidence",
        evidence=(
            evidence("L1", "L", "orders logged 'Access denied for user' 12 times", "orders"),
            evidence("K1", "K", "Pod orders-1 restarted 4 times (CrashLoopBackOff)", "orders"),
            evidence("M1", "M", "Latency of frontend rose from 20 ms to 900 ms", "frontend"),
        ),
        facts=(),
        coverage=(),
        suspects=(),
    )


def factor(factor_id: str, title: str, text: str, component: str, cited: str) -> Factor:
    return Factor(
        id=factor_id,
        layer="immediate",
        category="change",
        title=title,
        component=component,
        claim=Claim(text=text, evidence=(cited,)),
        whys=(
            Why(question="Why?", answer="The user was refused.", evidence=("L1",), basis="evidenced"),
            Why(question="And why?", answer="Perhaps a rotation went unnoticed.", basis="assumed"),
        ),
    )


@pytest.fixture
def draft() -> PostMortem:
    slow = factor("F1", "Slow frontend", "Latency of frontend rose to 900 ms.", "frontend", "M1")
    denied = factor("F2", "Database refused the login", "orders logged 'Access denied'.", "orders", "L1")
    restarts = factor("F3", "Crash loop", "Pod orders-1 restarted 4 times.", "orders", "K1")
    return PostMortem(
        header=Header(incident="shop-1", title="Orders failed"),
        summary=(Claim(text="orders could not reach its database.", evidence=("L1",)),),
        impact=(),
        detection=(),
        timeline=(
            TimelineRow(
                time=AT,
                event="Access denied first logged",
                source="logs",
                actor="orders",
                evidence=("L1",),
            ),
        ),
        cause=Cause(
            verdict="probable",
            claim=Claim(text="The login of orders was refused.", evidence=("L1",), standing="inferred"),
            factors=("F2", "F3"),
        ),
        factors=(slow, denied, restarts),
        response=(),
        went_well=(),
        went_badly=(),
        lucky=(),
        lessons=(),
        actions=(),
        prevention=(),
        open_questions=(OpenQuestion(id="Q1", question="Who rotated the secret?", why_open="No chat."),),
        ruled_out=(),
        coverage=(),
        gaps=(),
        provenance=Provenance(drafter="offline", drafted_at=AT, pm_agent="0.1.0", digest_sha256="0" * 64),
    )
