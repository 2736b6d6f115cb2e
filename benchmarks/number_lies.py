"""Lies about numbers, times, durations and percentages."""

# ruff: noqa: D103 - each function is the kind of lie that benchmarks.lies names
from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from benchmarks.scene import Scene, each

_NUMBER = re.compile(r"(?<![\w.:/-])\d+(?:\.\d+)?(?![\w:]|[.,]\d|-\w)")
_GLUED = re.compile(r"(?<![\w.:/-])\d+(?:\.\d+)?(?=[A-Za-z]{2,}\b)")
_IN_NAME = re.compile(r"(?<=[A-Za-z._-])\d+(?=[\w.:-]*\b)")
_DAY = re.compile(r"\b\d{4}-\d\d-(?P<day>\d\d)(?=\b|T)")
_CLOCK = re.compile(r"(?P<h>[01]\d|2[0-3]):(?P<m>[0-5]\d):(?P<s>[0-5]\d)")
_SPAN = re.compile(r"(?<![\w.=])(?P<n>\d+) (?P<unit>s|min|h|d)\b")
_UNITS = {"s": "min", "min": "h", "h": "d", "d": "h", "ms": "s", "pps": "bps", "cores": "nodes"}
_PERCENT = re.compile(r"(?P<n>\d+(?:\.\d+)?)%")


def _turn(digits: str, position: int, by: int) -> str:
    """Replace one digit by another one."""
    places = [index for index, char in enumerate(digits) if char.isdigit()]
    index = places[position]
    return digits[:index] + str((int(digits[index]) + by) % 10) + digits[index + 1 :]


def last_digit(scene: Scene) -> Iterator[str]:
    yield from each(_NUMBER, scene.place.text, lambda found: _turn(found.group(), -1, 3))


def first_digit(scene: Scene) -> Iterator[str]:
    yield from each(_NUMBER, scene.place.text, lambda found: _turn(found.group(), 0, 4))


def glued_digit(scene: Scene) -> Iterator[str]:
    yield from each(_GLUED, scene.place.text, lambda found: _turn(found.group(), -1, 3))
    yield from each(_GLUED, scene.place.text, lambda found: _turn(found.group(), 0, 3))


def ten_times(scene: Scene) -> Iterator[str]:
    yield from each(
        _NUMBER,
        scene.place.text,
        lambda found: (
            None
            if float(found.group()) == 0
            else f"{found.group()}0"
            if "." not in found.group()
            else f"{float(found.group()) * 10:g}"
        ),
    )


def name_digit(scene: Scene) -> Iterator[str]:
    yield from each(
        _IN_NAME, _CLOCK.sub(lambda found: "_" * len(found.group()), scene.place.text), lambda _: None
    )
    text = scene.place.text
    for found in _IN_NAME.finditer(text):
        before = text[max(0, found.start() - 12) : found.start()]
        if not re.search(r"\d{4}-(?:\d\d-)?$|T$|[=:(#]$", before) and not re.search(r"\b[FQP]$", before):
            yield text[: found.start()] + _turn(found.group(), -1, 4) + text[found.end() :]


def shift_minutes(scene: Scene) -> Iterator[str]:
    yield from each(_CLOCK, scene.place.text, lambda found: _moved(found, timedelta(minutes=7)))


def shift_hour(scene: Scene) -> Iterator[str]:
    yield from each(_CLOCK, scene.place.text, lambda found: _moved(found, timedelta(hours=1)))


def shift_seconds(scene: Scene) -> Iterator[str]:
    yield from each(_CLOCK, scene.place.text, lambda found: _moved(found, timedelta(seconds=23)))


def _moved(found: re.Match[str], by: timedelta) -> str:
    moment = datetime(2000, 1, 2, int(found["h"]), int(found["m"]), int(found["s"]), tzinfo=UTC) + by
    return f"{moment:%H:%M:%S}"


def shift_day(scene: Scene) -> Iterator[str]:
    yield from each(
        _DAY, scene.place.text, lambda found: f"{found.group()[:-2]}{(int(found['day']) + 3) % 27 + 1:02}"
    )


def invent_time(scene: Scene) -> Iterator[str]:
    moments = [item.start for item in scene.digest.evidence if item.start is not None]
    if moments:
        yield f"{scene.place.text.rstrip('.')}, first at {max(moments) + timedelta(minutes=47):%H:%M}."


def shift_span(scene: Scene) -> Iterator[str]:
    yield from each(_SPAN, scene.place.text, lambda found: f"{int(found['n']) * 2 + 3} {found['unit']}")


def invent_span(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')}; this took 3 h 41 min."


def unit(scene: Scene) -> Iterator[str]:
    yield from each(
        _SPAN,
        scene.place.text,
        lambda found: f"{found['n']} {_UNITS[found['unit']]}" if found["n"] != "0" else None,
    )
    yield from each(re.compile(r"(?<=\d)ms\b"), scene.place.text, lambda _: "s")
    yield from each(re.compile(r"(?<=\d)%"), scene.place.text, lambda _: " MiB")


def percentage(scene: Scene) -> Iterator[str]:
    yield from each(_PERCENT, scene.place.text, lambda found: f"{float(found['n']) * 1.4 + 1:.1f}%")


def invent_percentage(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')}, which was 37 % of all requests."


def invent_number(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')}, with 4,731 requests lost."


def invent_number_word(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')}, and seventeen pods were lost."


def count_in_words(scene: Scene) -> Iterator[str]:
    yield from each(
        re.compile(r"\b(?:once|twice)\b"),
        scene.place.text,
        lambda found: "twice" if found.group() == "once" else "five times",
    )
    yield from each(
        re.compile(r"\b(?P<n>\d+) (?=pods|restarts|workloads|failed pods)"),
        scene.place.text,
        lambda found: f"{'nineteen' if found['n'] != '19' else 'twelve'} ",
    )
