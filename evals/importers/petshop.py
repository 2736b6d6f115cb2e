"""PetShop: metrics of an AWS application around one injected performance issue; no logs, no alerts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from pydantic import BaseModel, TypeAdapter

from agent.schema.incident import Incident
from evals.expectation import Expectation, ExpectedCause
from evals.importers import statements
from evals.importers.casefolder import Piece, Recording
from evals.importers.upstream import Upstream
from tools.formats.records import Clock

LICENCE = "CC-BY-4.0"
NOTICE = """Recorded incident from the PetShop dataset, Amazon Science.
Source: https://github.com/amazon-science/petshop-root-cause-analysis, commit
1c5992dc46a02c988a027e2219036d59e8158a91.
Licence of the data: Creative Commons Attribution 4.0 International
(https://creativecommons.org/licenses/by/4.0/).
Attribution: Amazon Science, PetShop dataset.
Changes: files renamed, the symptom split from the answer, the fault-free recording cut to its first
48 samples.
"""
_FILES = {
    "metrics.csv": ("metrics", "CloudWatch statistics around the symptom"),
    "baseline_metrics.csv": ("metrics", "CloudWatch statistics of a fault-free month"),
    "graph.csv": ("topology", "call graph"),
}


class Symptom(BaseModel):
    """What was noticed."""

    node: str
    metric: str
    timestamp: int


class Described(BaseModel):
    """Upstream's incident.json."""

    system: str = "PetShop (AWS)"
    symptom: Symptom


class Truth(BaseModel):
    """The label; never leaves for the bundle."""

    root_cause_node: str
    root_cause_metric: str | None = None


def convert(upstream: Upstream) -> Recording:
    """Convert one incident folder; raise UserError where it is not of this dataset."""
    upstream.require("incident.json", "ground_truth.yaml", *_FILES)
    described = upstream.json("incident.json", TypeAdapter(Described))
    truth = upstream.yaml("ground_truth.yaml", TypeAdapter(Truth))
    symptom = described.symptom
    case_id = upstream.neutral_id("petshop")
    title = f"{symptom.metric.capitalize()} of {symptom.node} out of its range"
    return Recording(
        incident=Incident(
            id=case_id,
            title=title,
            start=datetime.fromtimestamp(symptom.timestamp, UTC),
            services=(symptom.node,),
            summary=f"The {symptom.metric} of {symptom.node} left its usual range.",
        ),
        expectation=_expectation(case_id, title, described.system, truth),
        pieces=tuple(_pieces(upstream)),
        clock=Clock(zone="UTC"),
        notice=NOTICE,
    )


def _pieces(upstream: Upstream) -> Iterator[Piece]:
    for name, (source, query) in _FILES.items():
        yield Piece(source, name, upstream.bytes(name), query=query)


def _expectation(case_id: str, title: str, system: str, truth: Truth) -> Expectation:
    node = truth.root_cause_node
    component = tuple(dict.fromkeys((node, node.rpartition("_")[0] or node)))
    return Expectation(
        id=case_id,
        title=title,
        system=system,
        signals=(),
        licence=LICENCE,
        cause=ExpectedCause(
            component=component,
            phrases=(truth.root_cause_metric,) if truth.root_cause_metric else (),
            label=truth.root_cause_metric or "",
        ),
        must_state=(statements.naming(node, component),),
        unknowable=("end", "which change was made to the component"),
    )
