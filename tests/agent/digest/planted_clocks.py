"""Incidents of which the truth about the clocks is known: requests that spans and logs both show."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import digest_bundles

from agent.schema.incident import Incident
from agent.store import Bundle, Home

BEGIN = datetime(2026, 3, 20, 12, tzinfo=UTC)
ONSET = BEGIN + timedelta(minutes=30)
MINUTES = 60


@dataclass(frozen=True, slots=True)
class Log:
    """One log of the requests; `ahead` is by how many seconds its clock is, `wait` what it waits for each."""

    name: str
    form: str
    ahead: float = 0.0
    wait: float = 0.02
    first: int = 0
    every: int = 1
    """Which requests it shows: from the first on, one of so many."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request."""

    name: str
    start: datetime
    seconds: float


def requests(many: int, seed: int) -> list[Request]:
    rng = random.Random(seed)
    starts = sorted(rng.uniform(0, 60.0 * MINUTES) for _ in range(many))
    return [
        Request(f"{rng.getrandbits(128):032x}", BEGIN + timedelta(seconds=start), rng.expovariate(8))
        for start in starts
    ]


def bundle(
    home: Path, logs: Sequence[Log], *, many: int, seed: int = 1, spans_of: int = 1, spans: bool = True
) -> tuple[Bundle, Incident]:
    """Seal logs, and the spans of one request of `spans_of`."""
    incident = Incident(id="clocks", title="Requests fail", start=ONSET)
    folder = Home(home).create(incident)
    made = requests(many, seed)
    with folder.new_snapshot() as scratch:
        for kind in ("logs", "traces"):
            (scratch / kind).mkdir()
        if spans:
            write(scratch / "traces" / "spans.csv", span_rows(made[::spans_of], seed))
        for log in logs:
            write(scratch / "logs" / f"{log.name}.log", lines(log, made[log.first :: log.every], seed))
        files = sorted(path for path in scratch.rglob("*") if path.is_file())
        digest_bundles.seal(scratch, incident.id, files)
    found = folder.bundle()
    assert found is not None
    return found, incident


def write(path: Path, rows: Iterable[str]) -> None:
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")


def span_rows(made: Sequence[Request], seed: int) -> Iterable[str]:
    rng = random.Random(seed + 1)
    yield "TraceID,SpanID,ParentID,ServiceName,OperationName,StartTimeUnixNano,EndTimeUnixNano"
    for request in made:
        low, high = (
            int(time.timestamp() * 1e9)
            for time in (request.start, request.start + timedelta(seconds=request.seconds))
        )
        yield f"{request.name},{rng.getrandbits(64):016x},root,api,GET /,{low},{high}"


def lines(log: Log, made: Sequence[Request], seed: int) -> Iterable[str]:
    rng = random.Random(f"{seed} {log.name}")
    for request in made:
        time = request.start + timedelta(seconds=log.ahead + log.wait + rng.expovariate(20))
        yield line(log.form, time, f"handled order {rng.randint(1, 9999)}", request.name)
        yield line(log.form, time, f"cache hit in {rng.randint(1, 99)} ms", request.name)
        if request.start >= ONSET and rng.random() < 0.3:
            yield line(log.form, time, "payment gateway refused the connection", request.name, "error")


def line(form: str, time: datetime, message: str, name: str, level: str = "info") -> str:
    """Write a record; only the text form names no zone."""
    millis = f"{time:%Y-%m-%d %H:%M:%S}.{time.microsecond // 1000:03d}"
    zoned = millis.replace(" ", "T") + "Z"
    match form:
        case "json":
            return json.dumps({"ts": zoned, "level": level, "msg": message, "trace_id": name})
        case "logfmt":
            return f'time={zoned} level={level} msg="{message}" request_id={name}'
        case _:
            stamp = millis.replace(".", ",")
            return f"{stamp} {level.upper()} [http-{len(message)}] shop.Api - {message} traceId={name}"
