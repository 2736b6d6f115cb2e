"""A log with a planted incident: `python -m benchmarks.generate --lines N --out FILE --truth TRUTH.json`.

Fourteen services with three pods each, as `kubectl logs --prefix --timestamps` prints them, in five formats
(logfmt, JSON, klog, access log, Java with stack traces), over two hours; the incident
runs from 13:00 to 13:30.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

SERVICES = (
    "frontend", "cart", "checkout", "payment", "shipping", "catalog", "search",
    "recommend", "email", "currency", "ads", "auth", "orders", "inventory",
)  # fmt: skip
FORMATS = ("logfmt", "json", "klog", "access", "java")
BEGIN = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
START, END = BEGIN + timedelta(hours=1), BEGIN + timedelta(hours=1, minutes=30)
SECONDS = 7200
_SAFE = "bcdfghjklmnpqrstvwxz2456789"
_FIELD = re.compile(r"\{(hex|int):(\d+)\}")

Random = random.Random


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of message of a service; `weight` is its share of the service's lines.

    `{int:N}` stands for a number up to N, `{hex:N}` for N hexadecimal digits.
    """

    level: str
    text: str
    weight: float
    trace: int = 0
    status: int = 0


def _filled(text: str, rng: Random) -> str:
    def value(match: re.Match[str]) -> str:
        size = int(match[2])
        return str(rng.randint(1, size)) if match[1] == "int" else f"{rng.getrandbits(size * 4):0{size}x}"

    return _FIELD.sub(value, text)


def _usual(service: str) -> tuple[Template, ...]:
    other = SERVICES[(SERVICES.index(service) + 3) % len(SERVICES)]
    called = "at 10.{int:9}.{int:255}.{int:254}:8080 took {int:90}.{int:9}ms"
    return (
        Template("info", "request served id={hex:16} in {int:900} ms", 40),
        Template("info", f"cache hit for key {service}:{{int:99999}}", 18),
        Template("info", f"called {other} {called}", 14),
        Template("debug", "span closed trace_id={hex:32} parent={hex:16}", 12),
        Template("info", f"{service} pool size {{int:30}} of 32, {{int:9}} waiting", 8),
        Template("info", f"{service} checkpoint {{int:999999}} written, {{int:64}} segments", 4),
        Template("warning", f"slow query on table {service}_items: {{int:4000}} ms", 1.2),
        Template("warning", f"retry {{int:3}} of 3 for {other} after deadline", 0.9),
        Template("error", f"{service} lost connection to {other}: read timeout after {{int:3000}} ms", 0.25),
    )


_ACCESS = (
    Template("info", "GET", 70, status=200),
    Template("info", "POST", 20, status=201),
    Template("info", "PUT", 5, status=204),
    Template("warning", "DELETE", 2, status=429),
    Template("warning", "PATCH", 2, status=412),
)
_PLANTED = {
    "logfmt": "payment gateway rejected certificate: x509 expired for session {int:9999}",
    "json": "connection pool exhausted, {int:9999} requests waiting",
    "klog": "evicting {int:9999} leases, quorum lost in zone {int:9}",
    "java": "deadlock found when trying to get lock; try restarting transaction {int:9999}",
}


def _planted(form: str) -> Template:
    """Give what a service says during the incident alone; of an access log only the status is new."""
    if form == "access":
        return Template("error", "GET", 1.0, status=503)
    return Template("error", _PLANTED[form], 0.5, 6 if form == "java" else 0)


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
        usual = _ACCESS if form == "access" else _usual(service)
        planted = (_planted(form),) if number % 2 == 0 or form == "access" else ()
        factor = (1.8, 2.5, 4.0)[number // 3 % 3]
        burst = {usual[-2].text: factor} if number % 3 == 1 else {}
        found.append(Source(service, form, pods, usual, planted, burst))
    return found


def line_of(source: Source, template: Template, pod: str, at: datetime, rng: Random) -> str:
    """Write one message with its prefix; a message with a trace has several lines."""
    nano = f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond:06d}{rng.randint(0, 999):03d}Z"
    prefix = f"[pod/{pod}/server] {nano} "
    body = _body(source, template, _filled(template.text, rng), at, rng)
    trace = (f"{prefix}\tat com.shop.Db.call{n}(Db.java:{40 + n})" for n in range(template.trace))
    return "\n".join([prefix + body, *trace])


def _body(source: Source, template: Template, message: str, at: datetime, rng: Random) -> str:
    second, millis = f"{at:%Y-%m-%d %H:%M:%S}", f"{at.microsecond // 1000:03d}"
    iso = second.replace(" ", "T")
    place = rng.randint(10, 400)
    match source.form:
        case "logfmt":
            return f'time={iso}Z level={template.level} msg="{message}" caller=server.go:{place}'
        case "json":
            fields = {"ts": f"{iso}.{millis}Z", "level": template.level, "msg": message}
            return json.dumps({**fields, "trace_id": _filled("{hex:32}", rng), "user": rng.randint(1, 50000)})
        case "klog":
            stamp = f"{template.level[0].upper()}{at:%m%d %H:%M:%S}.{at.microsecond:06d}"
            return f"{stamp} {rng.randint(1, 99):7d} controller.go:{place}] {message}"
        case "access":
            client = _filled("10.{int:9}.{int:255}.{int:254}", rng)
            request = f'"{message} /api/v1/{source.service}/{rng.randint(1, 99999)} HTTP/1.1"'
            answer = f'{template.status} {rng.randint(100, 9000)} "-" "Mozilla/5.0 (X11; Linux x86_64)"'
            return f"{client} - - [{at:%d/%b/%Y:%H:%M:%S} +0000] {request} {answer}"
        case _:
            thread = f"[http-nio-8080-exec-{rng.randint(1, 40)}]"
            who = f"com.shop.{source.service}.Handler"
            return f"{second},{millis} {template.level.upper():5} {thread} {who} - {message}"


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
    words = _FIELD.split(template.text)[0].strip()
    return {"service": source.service, "level": template.level, "text": words, "status": template.status}


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
