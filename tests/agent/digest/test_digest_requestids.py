"""Samples of ids: the same whatever the order and the split, bounded, and the same ids in every source."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.digest import requestids
from agent.digest.blocks import Block
from agent.digest.lineids import LineIds
from agent.digest.requestids import IdSample, Spot, ids_of
from tools.formats.opening import whole_lines
from tools.formats.records import LogRecord

MADE = [f"{random.Random(n).getrandbits(64):016x}" for n in range(400)]


@given(st.permutations(range(60)), st.integers(1, 30))
def test_the_order_of_ids_does_not_matter(order: list[int], most: int) -> None:
    one, other = IdSample(most), IdSample(most)
    for number in range(60):
        one.add(MADE[number // 2], float(number))
    for number in order:
        other.add(MADE[number // 2], float(number))
    assert one.times() == other.times()
    assert len(one.times()) == min(most, 30)


def test_two_sources_keep_the_ids_that_they_share() -> None:
    one, other = IdSample(50), IdSample(50)
    for number, name in enumerate(MADE):
        one.add(name, float(number))
        if number % 2:
            other.add(name, float(number))
    assert len(one.times().keys() & other.times().keys()) >= 15


def stamped(number: int) -> datetime:
    return datetime(2026, 3, 20, 12, number // 60 % 60, number % 60, tzinfo=UTC)


def row(number: int, before: str = "") -> str:
    """Write a line in which the id stands at a fixed distance from the end."""
    return f'{{"ts":"{stamped(number):%Y-%m-%dT%H:%M:%SZ}",{before}"msg":"x","trace_id":"{MADE[number]}"}}'


def text_of(numbers: Iterable[int]) -> bytes:
    rng = random.Random(3)
    return "".join(row(n, '"a":"%s",' % ("y" * rng.randint(0, 9))) + "\n" for n in numbers).encode()


def sampled(text: bytes, most: int, *cuts: int) -> dict[bytes, bytes]:
    """Sample a file in parts, cut behind the first line end from each place on."""
    found: dict[bytes, bytes] = {}
    bounds = [0, *sorted({text.find(b"\n", cut) + 1 for cut in cuts if cut < len(text)} - {0}), len(text)]
    for low, high in pairwise(bounds):
        part = LineIds([Spot(-18, 16, b'trace_id":"')], low, most)
        for block in whole_lines(iter([text[low:high]]), 512):
            part.feed(Block(block))
        for name, line in part.lines():
            found.setdefault(name, line)
    return {name: found[name] for name in requestids.least(found, most)}


@given(st.lists(st.integers(0, 399), min_size=1, max_size=300), st.integers(0, 30_000), st.integers(3, 300))
def test_the_split_of_a_file_does_not_matter(numbers: list[int], cut: int, most: int) -> None:
    text = text_of(numbers)
    whole = sampled(text, most)
    assert sampled(text, most, cut, 2 * cut) == whole
    assert all(name in line for name, line in whole.items())


def test_about_one_line_of_four_is_looked_at() -> None:
    assert 70 <= len(sampled(text_of(range(400)), 1000)) <= 130


def test_a_bounded_sample_holds_the_ids_of_least_hash() -> None:
    text = text_of([*range(400)] * 3)
    every = sampled(text, 1000)
    assert list(sampled(text, 20)) == requestids.least(every, 20)
    assert len(every) > 150


@pytest.mark.parametrize("packed", [False, True])
def test_where_ids_stand_is_learned_from_the_log(tmp_path: Path, *, packed: bool) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(text_of(list(range(400)) * 4))
    assert requestids.spots(path, plain=not packed)[0] == Spot(-18, 16, b'trace_id":"')
    assert requestids.carries(path)


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ('{"level":"info","trace_id":"4bf92f3577b34da6"}', b'trace_id":"'),
        ('{"log":"{\\"traceId\\": \\"4bf92f3577b34da6\\"}\\n"}', b'traceId\\": \\"'),
        ("time=x level=info request_id=4bf92f3577b34da6", b"request_id="),
        ("GET / x-request-id: 4bf92f35-77b3-4da6-a3ce-929d0e0e4736", b"x-request-id: "),
        ("traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", b"traceparent: 00-"),
    ],
)
def test_the_usual_ways_to_write_an_id_are_known(tmp_path: Path, line: str, mark: bytes) -> None:
    path = tmp_path / "a.log"
    path.write_text(f"{line}\n" * 5, encoding="utf-8")
    assert {spot.mark for spot in requestids.spots(path, plain=True)} == {mark}
    part = LineIds(requestids.spots(path, plain=True))
    part.feed(Block(path.read_bytes()))
    ((name, shown),) = part.lines()
    assert shown == line.encode()
    assert name.startswith(b"4bf92f35")


@pytest.mark.parametrize(
    "line", ["", "no id here", "grid id 12345678", "trace_id=", "requests: 12345678", "req=5"]
)
def test_what_is_no_id_is_left_alone(line: str) -> None:
    assert ids_of(LogRecord(1, 1, None, line)) == ()


def test_ids_of_a_record_are_its_trace_and_its_request() -> None:
    record = LogRecord(
        1, 1, None, "x", trace_id="t-1", fields={"X-Request-Id": "abcdef12", "user_id": "12345678"}
    )
    assert ids_of(record) == ("t-1", "abcdef12")
    assert ids_of(LogRecord(1, 1, None, "done requestId=abcdef12 ok")) == ("abcdef12",)
