"""Spans as the OpenTelemetry collector's file exporter writes them: graph, slow service and suspect."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from digest_bundles import seal

from agent.digest.engine import digest
from agent.digest.excerpts import excerpt
from agent.schema.digest import Digest
from agent.schema.incident import Incident
from agent.store import Bundle, Home

START = datetime(2026, 3, 20, 5, 0, tzinfo=UTC)
ONSET = START + timedelta(minutes=10)
_CLIENT, _SERVER = 3, 2


def _attribute(key: str, value: str | int) -> dict[str, object]:
    typed = {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}
    return {"key": key, "value": typed}


def _span(
    chance: random.Random, trace: str, parent: str, name: str, began: float, length: float, *,
    kind: int = _SERVER, failed: bool = False,
) -> dict[str, object]:  # fmt: skip
    """One span with what real exporters add: typed attributes, events, links, counts of what was dropped."""
    made: dict[str, object] = {
        "traceId": trace,
        "spanId": f"{chance.getrandbits(64):016x}",
        "parentSpanId": parent,
        "flags": 257,
        "name": name,
        "kind": kind,
        "startTimeUnixNano": str(int(began * 1e9)),
        "endTimeUnixNano": str(int((began + length) * 1e9)),
        "attributes": [_attribute("http.request.method", "POST"), _attribute("server.port", 8080)],
        "droppedAttributesCount": 0,
        "status": {"code": 2, "message": "deadline exceeded"} if failed else {},
    }
    if failed:
        made["events"] = [
            {"timeUnixNano": str(int(began * 1e9)), "name": "exception",
             "attributes": [_attribute("exception.message", "deadline exceeded")]}
        ]  # fmt: skip
    return made


def _export(service: str, *spans: dict[str, object]) -> dict[str, object]:
    pod = f"{service}-7d9f8c6b5-x2x9k"
    return {
        "resource": {
            "attributes": [
                _attribute("service.name", service),
                _attribute("telemetry.sdk.language", "go"),
                _attribute("k8s.pod.name", pod),
                {"key": "process.args", "value": {"arrayValue": {"values": [{"stringValue": "/app"}]}}},
            ]
        },
        "scopeSpans": [{"scope": {"name": "otelhttp", "version": "0.58.0"}, "spans": list(spans)}],
        "schemaUrl": "https://opentelemetry.io/schemas/1.26.0",
    }  # fmt: skip


def _exports() -> list[dict[str, object]]:
    """Twenty minutes of checkout calling payment and stock; payment is slow and fails from 05:10 on."""
    chance, found = random.Random(7), list[dict[str, object]]()
    for second in range(0, 1200, 3):
        began = (START + timedelta(seconds=second)).timestamp()
        trace = f"{chance.getrandbits(128):032x}"
        late = second >= 600
        pays = 0.9 + 0.2 * chance.random() if late else 0.03 + 0.01 * chance.random()
        failed = late and chance.random() < 0.4
        top = _span(chance, trace, "", "POST /checkout", began, pays + 0.03, failed=failed)
        calls = _span(
            chance, trace, str(top["spanId"]), "payment.Charge", began + 0.002, pays + 0.004, kind=_CLIENT,
            failed=failed,
        )  # fmt: skip
        serves = _span(
            chance, trace, str(calls["spanId"]), "payment.Charge", began + 0.004, pays, failed=failed
        )
        stock = _span(
            chance, trace, str(top["spanId"]), "stock.Reserve", began + 0.001, 0.01 + 0.002 * chance.random()
        )
        found += [_export("checkout", top, calls), _export("payment", serves), _export("stock", stock)]
    return found


def _text(form: str) -> str:
    exports = _exports()
    if form == "lines":
        parts = [exports[at : at + 30] for at in range(0, len(exports), 30)]
        return "".join(json.dumps({"resourceSpans": part}) + "\n" for part in parts)
    return json.dumps({"resourceSpans": exports}, indent=2 if form == "indented" else None)


@pytest.fixture(params=["lines", "document", "indented"])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Digest, Bundle]:
    folder = Home(tmp_path).create(Incident(id="otlp", title="Checkout is slow", start=ONSET))
    with folder.new_snapshot() as scratch:
        (scratch / "traces.json").write_text(_text(request.param))
        seal(scratch, "otlp", [scratch / "traces.json"])
    bundle = folder.bundle()
    assert bundle is not None
    return digest(bundle, folder.read_incident()), bundle


def test_the_graph_is_read_off_the_parents(made: tuple[Digest, Bundle]) -> None:
    found, _ = made
    assert {(edge.caller, edge.callee) for edge in found.topology} == {
        ("checkout", "payment"),
        ("checkout", "stock"),
    }


def test_the_service_that_became_slow_and_failed_is_the_first_suspect(
    made: tuple[Digest, Bundle],
) -> None:
    found, _ = made
    assert found.suspects[0].component == "payment"
    assert "stock" not in {suspect.component for suspect in found.suspects}
    changes = {(e.service, e.attributes["change"]) for e in found.evidence if e.kind == "T"}
    assert {("payment", "latency"), ("payment", "errors")} <= changes


def test_evidence_points_at_lines_of_the_export(made: tuple[Digest, Bundle]) -> None:
    found, bundle = made
    item = next(e for e in found.evidence if e.kind == "T" and e.service == "payment")
    assert item.start is not None
    assert abs((item.start - ONSET).total_seconds()) <= 60
    shown = excerpt(bundle, item, around=0)
    assert shown[0].artifact == "traces.json"
    assert all(part.lines for part in shown)
