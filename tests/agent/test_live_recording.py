"""A recorded incident in a real server gives the same evidence as from files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from agent.collecting import collect
from agent.digest import digest
from agent.schema.digest import Digest
from agent.schema.incident import Incident, SourceSpec, Window
from agent.settings import Settings
from agent.store import Home
from tests.agent.specs import files_spec
from tests.tools.servers import alertmanager, prometheus, victoria_metrics
from tests.tools.test_sources_alertmanager import RECORDED as FIRING
from tests.tools.test_sources_alertmanager import legal
from tools.formats import read
from tools.formats.records import AlertRecord, Series
from tools.sources.alertmanager import NO_HISTORY

RECORDED = Path(__file__).parents[2] / "evals" / "incidents" / "boutique-4392eb" / "bundle" / "evidence"
STEP = 5.0
ZONE = timedelta(hours=8)
"""The recording's alerts are in UTC and its metrics eight hours later; a live system has one clock."""

Serving = Callable[
    [Path, Sequence[tuple[dict[str, str], list[tuple[float, float]]]]], AbstractContextManager[str]
]
Row = tuple[dict[str, str], list[tuple[float, float]]]


def recorded_series() -> list[Row]:
    rows: list[Row] = []
    for record in read(RECORDED / "metrics" / "metrics.csv").records:
        assert isinstance(record, Series)
        labels = {"__name__": record.metric, "service": record.service or "", **record.labels}
        rows.append((labels, list(zip(record.times, record.values, strict=True))))
    return rows


def recorded_alerts(first: float, last: float) -> list[Row]:
    rows: list[Row] = []
    for record in read(RECORDED / "alertmanager" / "alerts.json").records:
        assert isinstance(record, AlertRecord)
        assert record.starts_at
        assert record.ends_at
        start, end = ((moment + ZONE).timestamp() for moment in (record.starts_at, record.ends_at))
        times = [first + STEP * n for n in range(int((last - first) // STEP) + 1)]
        labels = {"__name__": "ALERTS", "alertname": record.name, "alertstate": "firing", **record.labels}
        rows.append((labels, [(at, 1.0) for at in times if start <= at <= end]))
    return rows


def as_files(folder: Path, rows: Sequence[Row]) -> None:
    """Write the rows as the answers of range queries, one file a metric."""
    folder.mkdir()
    for name in {labels["__name__"] for labels, _ in rows}:
        result = [
            {"metric": labels, "values": [[at, repr(value)] for at, value in values]}
            for labels, values in rows
            if labels["__name__"] == name
        ]
        answer = {"status": "success", "data": {"resultType": "matrix", "result": result}}
        (folder / f"{name}.json").write_text(json.dumps(answer))


def drafted_from(home: Path, spec: SourceSpec, window: Window, note: str = "") -> Digest:
    record = Incident(id="recorded", title="Service latency", window=window, sources=(spec,))
    folder = Home(home).create(record)
    bundle = collect(folder, record, settings=Settings(), now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    (request,) = bundle.manifest.requests
    assert (request.outcome, request.note) == ("ok", note)
    return digest(bundle, record)


def shown(found: Digest) -> Mapping[str, tuple[object, ...]]:
    return {
        e.id: (e.kind, e.statement, e.service, e.start, e.end, e.severity, e.salience) for e in found.evidence
    }


@pytest.mark.parametrize("server", [prometheus, victoria_metrics])
def test_evidence_and_facts_are_the_same_as_from_files(server: Serving, tmp_path: Path) -> None:
    series = recorded_series()
    first, last = series[0][1][0][0], series[0][1][-1][0]
    rows = [*series, *recorded_alerts(first, last)]
    window = Window(start=datetime.fromtimestamp(first, UTC), end=datetime.fromtimestamp(last, UTC))
    as_files(tmp_path / "answers", rows)
    filed = drafted_from(tmp_path / "a", files_spec("../../answers/*.json", recorded_at=window.end), window)
    with server(tmp_path / "server", rows) as url:
        names = {labels["__name__"] for labels, _ in series}
        told = {
            "kind": "prometheus",
            "url": url,
            "step": STEP,
            "discover": False,
            "queries": {name: name for name in names},
        }
        live = drafted_from(tmp_path / "b", SourceSpec.model_validate(told), window)
    assert {item.kind for item in filed.evidence} == {"M", "A"}
    assert len(filed.evidence) > 10
    assert shown(live) == shown(filed)
    assert live.facts == filed.facts
    assert (live.onset, live.suspects) == (filed.onset, filed.suspects)


def test_alerts_of_a_real_alertmanager_are_the_same_as_from_files(tmp_path: Path) -> None:
    """Those that fire: it forgets what has resolved, and takes no label name with a dot."""
    recorded = json.loads(FIRING.read_bytes())
    for one in recorded:
        one["labels"], one["annotations"] = legal(one["labels"]), legal(one["annotations"])
    storm = {
        **recorded[0],
        "labels": {**recorded[0]["labels"], "alertname": "PodLost", "severity": "critical"},
    }
    starts = datetime.fromisoformat(recorded[0]["startsAt"])
    window = Window(start=starts - timedelta(hours=1), end=starts + timedelta(hours=1))
    (tmp_path / "alerts.json").write_text(json.dumps([*recorded, storm]))
    filed = drafted_from(tmp_path / "a", files_spec("../../alerts.json"), window)
    with alertmanager(tmp_path / "server") as url:
        until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        body = [
            {key: one[key] for key in ("labels", "annotations", "startsAt")} for one in (*recorded, storm)
        ]
        httpx.post(
            f"{url}/api/v2/alerts", json=[{**one, "endsAt": until} for one in body], trust_env=False
        ).raise_for_status()
        spec = SourceSpec.model_validate({"kind": "alertmanager", "url": url})
        live = drafted_from(tmp_path / "b", spec, window, note=NO_HISTORY)
    assert {item.kind for item in filed.evidence} == {"A"}
    assert len(filed.evidence) == 2
    assert shown(live) == shown(filed)
    assert live.facts == filed.facts
    assert (live.onset, live.suspects) == (filed.onset, filed.suspects)


pytestmark = pytest.mark.timeout(120)
