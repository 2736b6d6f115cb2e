"""NAB, realKnownCause: one metric of a production system; a single series cannot carry a cause."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import BaseModel, TypeAdapter

from agent.schema.incident import Incident
from evals.expectation import Expectation, Statement
from evals.importers import statements
from evals.importers.casefolder import Piece, Recording
from evals.importers.upstream import Upstream
from tools.formats.records import Clock

LICENCE = "MIT"
NOTICE = """Recorded incident from the Numenta Anomaly Benchmark, data/realKnownCause.
Source: https://github.com/numenta/NAB, commit ea702d75cc2258d9d7dd35ca8e5e2539d71f3140.
Licence: MIT, Copyright 2014-2024 Numenta Inc.
Changes: the file was renamed.
"""


class Described(BaseModel):
    """Upstream's incident.json."""

    description: str


class Truth(BaseModel):
    """The label; never leaves for the bundle."""

    known_cause: str
    anomaly_windows: tuple[tuple[datetime, datetime], ...] = ()


def convert(upstream: Upstream) -> Recording:
    """Convert one incident folder; raise UserError where it is not of this dataset."""
    upstream.require("incident.json", "ground_truth.yaml", "metrics.csv")
    described = upstream.json("incident.json", TypeAdapter(Described))
    truth = upstream.yaml("ground_truth.yaml", TypeAdapter(Truth))
    case_id = upstream.neutral_id("series")
    return Recording(
        incident=Incident(
            id=case_id, title="One metric of a production system", summary=described.description
        ),
        expectation=Expectation(
            id=case_id,
            title="One metric of a production system",
            system="A production server, one metric",
            signals=(),
            licence=LICENCE,
            must_state=tuple(_noticed(start, end) for start, end in truth.anomaly_windows),
            unknowable=("cause", truth.known_cause),
            should_abstain=True,
            verdict="not established",
        ),
        pieces=(Piece("metrics", "metrics.csv", upstream.bytes("metrics.csv"), query="the series"),),
        clock=Clock(),
        notice=NOTICE,
    )


def _noticed(start: datetime, end: datetime) -> Statement:
    first, last = (value if value.tzinfo else value.replace(tzinfo=UTC) for value in (start, end))
    return statements.dated(f"tells of something between {start} and {end}", first, last)
