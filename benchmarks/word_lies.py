"""Lies about names, actors, negation, direction, order, quotations and certainty."""

# ruff: noqa: D103 - each function is the kind of lie that benchmarks.lies names
from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from agent.checks.evidence_text import is_snapshot
from benchmarks.scene import Scene, each


def swap_name(scene: Scene) -> Iterator[str]:
    cited = " ".join(f"{item.model_dump_json()}" for item in scene.cited).lower()
    others = [
        name
        for name in scene.names
        if name.lower() not in cited and name.lower() not in scene.place.text.lower()
    ]
    if not others:
        return
    for name in scene.names:
        for found in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", scene.place.text):
            other = others[(len(name) + found.start()) % len(others)]
            yield scene.place.text[: found.start()] + other + scene.place.text[found.end() :]
            break


def unknown_service(scene: Scene) -> Iterator[str]:
    for name in scene.names:
        for found in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", scene.place.text):
            for other in ("ledger-sync-service", "invoiceservice", "billing-db"):
                yield scene.place.text[: found.start()] + other + scene.place.text[found.end() :]
            break


def misspelt_name(scene: Scene) -> Iterator[str]:
    for name in scene.names:
        if "-" not in name or len(name) < 8:
            continue
        for found in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", scene.place.text):
            index = name.index("-") + 1
            other = name[:index] + name[index:][::-1]
            if other != name:
                yield scene.place.text[: found.start()] + other + scene.place.text[found.end() :]
            break


def invent_host(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')} on node ip-10-4-17-203."


def invent_pod(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')} in pod ledger-7c9f8d5b64-x2k9p."


def invent_image(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')} with image registry.example.com/shop/cart:1.42.7."


def invent_version(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')} after release v3.9.2."


def invent_address(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')} from 10.99.3.14:8443."


def invent_alert(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')}; alert DiskPressureImminent fired."


def invent_person(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')}; Priya restarted it."


def invent_handle(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')}; @marek-k rolled it back."


def invent_team(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')}, and the database team restarted the primary."


def drop_negation(scene: Scene) -> Iterator[str]:
    text = scene.place.text
    for pattern, new in (
        (r"\bwas not\b", "was"),
        (r"\bcould not be\b", "could be"),
        (r"\bcould not\b", "could"),
        (r", never in\b", ", also in"),
        (r"\bhad no\b", "had"),
        (r"\bnot defined\b", "defined"),
        (r"\bfailed to\b", "managed to"),
        (r"\bnot found\b", "found"),
    ):
        yield from each(re.compile(pattern), text, lambda _, new=new: new)


def add_negation(scene: Scene) -> Iterator[str]:
    text = scene.place.text
    for pattern, new in (
        (r"\bfired\b", "never fired"),
        (r"\brose\b", "did not rise"),
        (r"\bspiked\b", "did not spike"),
        (r"\bwas in state\b", "was not in state"),
        (r"\bresolved\b", "was not resolved"),
        (r"\breached\b", "never reached"),
        (r"\bfell\b", "did not fall"),
        (r"\bwas running\b", "was not running"),
    ):
        yield from each(
            re.compile(pattern),
            re.sub(r'"[^"]*"', lambda found: found.group().replace("fired", "FIRED"), text),
            lambda found, new=new: (
                None
                if re.search(r"\bno\b", text[max(0, found.start() - 24) : found.start()], re.IGNORECASE)
                else new
            ),
        )


def swap_direction(scene: Scene) -> Iterator[str]:
    swaps = {
        "rose": "fell",
        "fell": "rose",
        "spiked": "dipped",
        "dipped": "spiked",
        "increased": "dropped",
        "dropped": "increased",
    }
    yield from each(
        re.compile(rf"\b(?:{'|'.join(swaps)})\b"), scene.place.text, lambda found: swaps[found.group()]
    )


def swap_levels(scene: Scene) -> Iterator[str]:
    pattern = re.compile(r"from (?P<a>\d[\d.]*\d|\d) to (?P<b>\d[\d.]*\d|\d)")
    yield from each(pattern, scene.place.text, lambda found: f"from {found['b']} to {found['a']}")


def swap_order(scene: Scene) -> Iterator[str]:
    swaps = {"before": "after", "after": "before", "first": "last", "until": "since"}
    pattern = re.compile(r"\b(?:before the onset|after \d+ restarts|after its start)\b")
    yield from each(
        pattern,
        scene.place.text,
        lambda found: swaps[found.group().split()[0]] + found.group()[len(found.group().split()[0]) :],
    )


def wrong_order(scene: Scene) -> Iterator[str]:
    timed = sorted(
        (
            item
            for item in scene.digest.evidence
            if item.start and item.service and item.id in scene.place.evidence and not is_snapshot(item)
        ),
        key=lambda item: item.start or datetime.now(UTC),
    )
    for first, last in itertools.pairwise(timed):
        if (
            first.start
            and last.start
            and first.service != last.service
            and last.start - first.start > timedelta(seconds=2)
        ):
            yield f"{last.statement.rstrip('.')} before {first.statement}"


def merge_claims(scene: Scene) -> Iterator[str]:
    used = set(scene.place.evidence)
    other = next(
        (
            item
            for item in scene.digest.evidence
            if item.id not in used and item.service not in {found.service for found in scene.cited}
        ),
        None,
    )
    if other is not None:
        yield f"{scene.place.text.rstrip('.')}, and {other.statement}"


def misquote(scene: Scene) -> Iterator[str]:
    for found in re.finditer(r'(?<= ")[A-Za-z][^"]{12,}(?=")', scene.place.text):
        words = found.group().split(" ")
        if len(words) > 2:
            words[1] = "upstream" if words[1] != "upstream" else "downstream"
            yield scene.place.text[: found.start()] + " ".join(words) + scene.place.text[found.end() :]
            break


def raise_certainty(scene: Scene) -> Iterator[str]:
    yield from each(
        re.compile(r"The most likely cause is this:"), scene.place.text, lambda _: "The cause is established:"
    )


def invent_cause(scene: Scene) -> Iterator[str]:
    if scene.place.standing == "supported":
        yield f"{scene.place.text.rstrip('.')}, because the connection limit had been lowered."
