"""A log with a planted incident: `python -m benchmarks.generate --lines N --out FILE --truth TRUTH.json`.

Fourteen services with three pods each, as `kubectl logs --prefix --timestamps` prints them, in five formats
(logfmt, JSON, klog, access log, Java with stack traces), over two hours; the incident runs from 13:00 to 13:30.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

SERVICES = [
    "frontend",
    "cart",
    "checkout",
    "payment",
    "shipping",
    "catalog",
    "search",
    "recommend",
    "email",
    "currency",
    "ads",
    "auth",
    "orders",
    "inventory",
]
FORMATS = ("logfmt", "json", "klog", "access", "java")
BEGIN = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
START, END = BEGIN + timedelta(hours=1), BEGIN + timedelta(hours=1, minutes=30)
SECONDS = 7200
_SAFE = "bcdfghjklmnpqrstvwxz2456789"

Random = random.Random
Write = Callable[[Random], str]


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of message of a service; `weight` is its share of the service's lines."""

    level: str
    text: str
    write: Write
    weight: float
    trace: int = 0
    status: int = 0


def _hex(rng: Random, length: int) -> str:
    return f"{rng.getrandbits(length * 4):0{length}x}"


def _templates(service: str) -> list[Template]:
    other = SERVICES[(SERVICES.index(service) + 3) % len(SERVICES)]
    return [
        Template("info", "request served", lambda r: f"request served id={_hex(r, 16)} in {r.randint(1, 900)} ms", 40),
        Template("info", "cache hit", lambda r: f"cache hit for key {service}:{r.randint(1, 99999)}", 18),
        Template("info", "call", lambda r: f"called {other} at 10.{r.randint(0, 9)}.{r.randint(0, 255)}.{r.randint(1, 254)}:8080 took {r.random() * 90:.2f}ms", 14),
        Template("debug", "span", lambda r: f"span closed trace_id={_hex(r, 32)} parent={_hex(r, 16)}", 12),
        Template("info", "pool", lambda r: f"{service} pool size {r.randint(2, 30)} of 32, {r.randint(0, 9)} waiting", 8),
        Template("info", "checkpoint", lambda r: f"{service} checkpoint {r.randint(1000, 999999)} written, {r.randint(1, 64)} segments", 4),
        Template("warning", "slow", lambda r: f"slow query on table {service}_items: {r.randint(200, 4000)} ms", 1.2),
        Template("warning", "retry", lambda r: f"retry {r.randint(1, 3)} of 3 for {other} after deadline", 0.9),
        Template("error", "timeout", lambda r: f"{service} lost connection to {other}: read timeout after {r.randint(500, 3000)} ms", 0.25),
    ]  # fmt: skip


def _planted(service: str, form: str) -> list[Template]:
    """List what a service says during the incident alone, the more telling for its format."""
    if form == "access":
        return [Template("error", "GET 503", lambda r: "", 1.0, status=503)]
    new = {
        "logfmt": "payment gateway rejected certificate: x509 expired for session {n}",
        "json": "connection pool exhausted, {n} requests waiting",
        "klog": "evicting {n} leases, quorum lost in zone {n}",
        "java": "deadlock found when trying to get lock; try restarting transaction {n}",
    }[form]
    trace = 6 if form == "java" else 0
    return [Template("error", new, lambda r: new.replace("{n}", str(r.randint(1, 9999))), 0.5, trace)]


@dataclass(frozen=True, slots=True)
class Source:
    """One service: its pods, its format and its templates with their rate before and during the incident."""

    service: str
    form: str
    pods: tuple[str, ...]
    usual: tuple[Template, ...]
    planted: tuple[Template, ...]
    bursts: dict[str, float]


def sources(seed: int) -> list[Source]:
    """Lay out the services; every other one has a planted template, every third a burst."""
    rng = Random(seed)
    found: list[Source] = []
    for number, service in enumerate(SERVICES):
        form = FORMATS[number % len(FORMATS)]
        hashed = "".join(rng.choices(_SAFE, k=10))
        pods = tuple(f"{service}-{hashed}-{''.join(rng.choices(_SAFE, k=5))}" for _ in range(3))
        usual = tuple(_access() if form == "access" else _templates(service))
        planted = tuple(_planted(service, form)) if number % 2 == 0 or form == "access" else ()
        factor = (1.8, 2.5, 4.0)[number // 3 % 3]
        burst = {usual[-2].text: factor} if number % 3 == 1 else {}
        found.append(Source(service, form, pods, usual, planted, burst))
    return found


def _access() -> list[Template]:
    return [
        Template("info", "GET", lambda r: "GET", 70, status=200),
        Template("info", "POST", lambda r: "POST", 20, status=201),
        Template("warning", "DELETE", lambda r: "DELETE", 2, status=429),
        Template("info", "PUT", lambda r: "PUT", 5, status=204),
    ]


def line_of(source: Source, template: Template, pod: str, at: datetime, rng: Random) -> str:
    """Write one message with its prefix; a message with a trace has several lines."""
    nano = f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond:06d}{rng.randint(0, 999):03d}Z"
    prefix = f"[pod/{pod}/server] {nano} "
    message = template.write(rng)
    match source.form:
        case "logfmt":
            body = f'time={at:%Y-%m-%dT%H:%M:%S}Z level={template.level} msg="{message}" caller=server.go:{rng.randint(10, 400)}'
        case "json":
            body = json.dumps(
                {"ts": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z", "level": template.level,
                 "msg": message, "trace_id": _hex(rng, 32), "user": rng.randint(1, 50000)}
            )  # fmt: skip
        case "klog":
            body = f"{template.level[0].upper()}{at:%m%d %H:%M:%S}.{at.microsecond:06d} {rng.randint(1, 99):7d} controller.go:{rng.randint(10, 400)}] {message}"
        case "access":
            body = (
                f"10.{rng.randint(0, 9)}.{rng.randint(0, 255)}.{rng.randint(1, 254)} - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "
                f'"{message or "GET"} /api/v1/{source.service}/{rng.randint(1, 99999)} HTTP/1.1" {template.status} '
                f'{rng.randint(100, 9000)} "-" "Mozilla/5.0 (X11; Linux x86_64)"'
            )
        case _:
            body = f"{at:%Y-%m-%d %H:%M:%S},{at.microsecond // 1000:03d} {template.level.upper():5} [http-nio-8080-exec-{rng.randint(1, 40)}] com.shop.{source.service}.Handler - {message}"
    return "\n".join(
        [
            prefix + body,
            *(f"{prefix}\tat com.shop.Db.call{n}(Db.java:{40 + n})" for n in range(template.trace)),
        ]
    )


def generate(lines: int, seed: int) -> Iterator[str]:
    """Yield about `lines` lines in the order of their times."""
    rng = Random(seed)
    laid = sources(seed)
    weights = [1.0 + (number * 7 % 5) for number in range(len(laid))]
    tables = {phase: _choices(laid, weights, incident=phase) for phase in (False, True)}
    written = 0
    while written < lines:
        at = BEGIN + timedelta(seconds=SECONDS * written / lines)
        at += timedelta(microseconds=rng.randint(0, 900))
        items, cumulative = tables[START <= at < END]
        source, template = rng.choices(items, cum_weights=cumulative)[0]
        text = line_of(source, template, rng.choice(source.pods), at, rng)
        for line in text.split("\n"):
            yield line
            written += 1


def _choices(
    laid: list[Source], weights: list[float], *, incident: bool
) -> tuple[list[tuple[Source, Template]], list[float]]:
    items: list[tuple[Source, Template]] = []
    cumulative: list[float] = []
    total = 0.0
    for source, weight in zip(laid, weights, strict=True):
        whole = sum(template.weight for template in source.usual)
        for template in (*source.usual, *(source.planted if incident else ())):
            factor = source.bursts.get(template.text, 1.0) if incident else 1.0
            total += weight * template.weight / whole * factor
            items.append((source, template))
            cumulative.append(total)
    return items, cumulative


def truth(lines: int, seed: int) -> dict[str, object]:
    """Say what was planted."""
    laid = sources(seed)
    groups = sum(len(source.usual) + len(source.planted) for source in laid)
    return {
        "lines": lines,
        "onset": START.isoformat(),
        "end": END.isoformat(),
        "groups": groups,
        "new": [_named(source, template) for source in laid for template in source.planted],
        "bursts": [
            _named(source, template) | {"factor": source.bursts[template.text]}
            for source in laid
            for template in source.usual
            if template.text in source.bursts
        ],
    }


def _named(source: Source, template: Template) -> dict[str, object]:
    words = template.write(Random(0)) or "GET"
    return {"service": source.service, "level": template.level, "message": words, "status": template.status}


def main() -> int:
    """Write the log and its truth."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description=__doc__)
    parser.add_argument("--lines", type=int, required=True, metavar="N")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.add_argument("--truth", type=Path, required=True, metavar="TRUTH.json")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if args.lines < 1:
        sys.stderr.write("--lines must be at least 1\n")
        return 2
    with args.out.open("w", encoding="utf-8") as file:
        for line in generate(args.lines, args.seed):
            file.write(line + "\n")
    args.truth.write_text(json.dumps(truth(args.lines, args.seed), indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
