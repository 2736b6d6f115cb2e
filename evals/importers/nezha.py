"""Nezha: logs, metrics and traces of Train-Ticket around one injected fault; no alerts, no events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, TypeAdapter

from agent.schema.base import format_utc
from agent.schema.incident import Incident, Window
from evals.expectation import Expectation, ExpectedCause
from evals.importers import statements
from evals.importers.casefolder import Absence, Piece, Recording
from evals.importers.mechanisms import phrases_for
from evals.importers.upstream import Upstream
from tools.formats.records import Clock

LICENCE = "MIT"
NOTICE = """Recorded incident from the Nezha dataset (Train-Ticket).
Source: https://github.com/IntelligentDDS/Nezha, commit d8140101fdb4e7dfb60d3ef9f64706f382b68470,
rca_data; FSE 2023.
Licence: MIT, Copyright (c) 2023 IntelligentDDS.
Changes: day-long metric files had been cut to the window and logs and traces thinned to some of the
trace ids; user tokens had been replaced. The files themselves were copied as they were.
"""
_FILES = {
    "logs.csv": ("logs", "container logs"),
    "metrics.csv": ("metrics", "metrics of every pod"),
    "front_service.csv": ("metrics", "metrics of the entry service"),
    "traces.csv": ("traces", "spans"),
}


class Described(BaseModel):
    """Upstream's incident.json."""

    system: str = "Train-Ticket"
    window_start_utc: datetime
    window_end_utc: datetime


class Truth(BaseModel):
    """The label; never leaves for the bundle."""

    inject_time_utc: datetime
    root_cause_service: str
    root_cause_pod: str = ""
    fault_type: str


def convert(upstream: Upstream) -> Recording:
    """Convert one incident folder; raise UserError where it is not of this dataset."""
    upstream.require("incident.json", "ground_truth.yaml", "logs.csv", "metrics.csv")
    described = upstream.json("incident.json", TypeAdapter(Described))
    truth = upstream.yaml("ground_truth.yaml", TypeAdapter(Truth))
    case_id = upstream.neutral_id("trainticket")
    window = Window(start=described.window_start_utc, end=described.window_end_utc)
    title = f"{described.system} between {format_utc(window.start)} and {format_utc(window.end)}"
    return Recording(
        incident=Incident(
            id=case_id,
            title=title,
            window=window,
            summary="Something disturbed the system within this window; when it began was not reported.",
        ),
        expectation=_expectation(case_id, title, described.system, truth),
        pieces=tuple(_pieces(upstream)),
        clock=Clock(zone="UTC"),
        notice=NOTICE,
        absences=(
            Absence("alertmanager", "alerts", "No alerts were recorded.", outcome="not recorded"),
            Absence(
                "kubectl", "events and objects", "Nothing of Kubernetes was recorded.", outcome="not recorded"
            ),
        ),
    )


def _pieces(upstream: Upstream) -> Iterator[Piece]:
    for name, (source, query) in _FILES.items():
        if upstream.has(name):
            yield Piece(source, name, upstream.bytes(name), query=query)


def _expectation(case_id: str, title: str, system: str, truth: Truth) -> Expectation:
    injected = truth.inject_time_utc
    injected = injected if injected.tzinfo else injected.replace(tzinfo=UTC)
    service = truth.root_cause_service
    component = tuple(dict.fromkeys((service, service.removeprefix("ts-"), truth.root_cause_pod or service)))
    phrases = phrases_for(truth.fault_type)
    return Expectation(
        id=case_id,
        title=title,
        system=f"{system} on Kubernetes",
        signals=(),
        licence=LICENCE,
        cause=ExpectedCause(component=component, phrases=phrases, label=truth.fault_type),
        must_state=(
            statements.naming(service, component),
            statements.mentioning(truth.fault_type, phrases),
            statements.dated(
                "tells of something in the three minutes from the fault on",
                injected,
                injected + timedelta(minutes=3),
            ),
        ),
    )
