"""Lines are told apart by fingerprints as they are by what is left when numbers and ids are blanked."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.digest import bulk, census, counting, keys
from agent.digest.blocks import Block
from agent.digest.counting import LineCounter
from agent.digest.fingerprints import LONGEST, PIECE, Fingerprints
from agent.digest.kinds import Kind, Plan
from agent.digest.recall import UNKNOWN, Recall
from benchmarks import generate
from tools.formats.records import Clock

ORIGIN = datetime(2026, 3, 20, 13, tzinfo=UTC).timestamp()
PLAN = Plan(Clock(), ORIGIN, 10.0, (), None)

PARTS = st.sampled_from(["", "1", "22", "a", "b", " ", "deadbeef", "0123456789ab", "word ", "é", "-" * 60])
LENGTHS = st.sampled_from([0, 1, 7, 8, 9, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 1, LONGEST])
LINES = st.lists(PARTS, max_size=8).map("".join) | LENGTHS.map("x".__mul__) | LENGTHS.map("7".__mul__)


@given(st.lists(LINES, min_size=1, max_size=40), st.sampled_from(["", "\n"]))
@settings(max_examples=60, deadline=None)
def test_lines_have_one_fingerprint_where_they_are_alike_but_for_what_is_blanked(
    lines: list[str], end: str
) -> None:
    block = Block(("\n".join(lines) + end).encode() or b"\n")
    text = keys.blanked(block.octets)
    prints = Fingerprints().of(text, block.starts, block.ends).tolist()
    left = [text[a:b].tobytes() for a, b in zip(block.starts, block.ends, strict=True)]
    assert len(set(zip(prints, left, strict=True))) == len(set(prints)) == len(set(left))


def test_a_line_longer_than_any_piece_has_no_fingerprint() -> None:
    block = Block(b"x" * (LONGEST + 1) + b"\nshort\n" + b"x" * LONGEST + b"\n")
    prints = Fingerprints().of(keys.blanked(block.octets), block.starts, block.ends)
    assert (prints != 0).tolist() == [False, True, True]


def test_what_nobody_can_foresee_goes_into_every_fingerprint() -> None:
    block = Block(b"".join(b"\0" * length + b"\n" for length in range(1, 3 * PIECE)))
    text = keys.blanked(block.octets)
    ours, others = (Fingerprints().of(text, block.starts, block.ends).tolist() for _ in range(2))
    assert len({*ours, *others}) == 2 * len(block)


def test_a_line_without_a_fingerprint_is_never_taken_for_one_of_its_block() -> None:
    chunk = "a\n" + "".join("x" * (LONGEST + 1) + "\n" + "\0" * length + "\n" for length in range(1, 60, 2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "_PATIENCE", 0)
        by_keys = _counted([chunk])
    assert _counted([chunk]) == by_keys


def test_an_empty_line_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    counter = LineCounter(PLAN)
    chunk = b"2026-03-20T13:00:05Z started\n\n" * 20
    counter.feed(chunk)
    monkeypatch.delattr(keys, "without_blanks")  # which makes the key of a line that is new
    counter.feed(chunk)
    assert counter.lines == 80


def test_two_words_that_change_places_or_their_last_letter_are_other_lines() -> None:
    words = ["started-", "stopped-", "startedX", "stoppedX"]
    lines = [f"{a}{b}{c}" for a in words for b in words for c in words]
    block = Block("".join(f"{line}\n" for line in lines).encode())
    prints = Fingerprints().of(keys.blanked(block.octets), block.starts, block.ends)
    assert len(set(prints.tolist())) == len(lines)


@given(st.lists(st.lists(st.integers(1, 2**64 - 1), max_size=60), max_size=6), st.integers(0, 3))
@settings(max_examples=40, deadline=None)
def test_what_is_remembered_is_what_was_noted_and_mostly_there(batches: list[list[int]], spread: int) -> None:
    recall, noted = Recall(), dict[int, int]()
    for batch in batches:
        codes = np.array([code >> 16 * spread | 1 for code in batch], dtype=np.uint64)
        numbers = np.arange(len(noted), len(noted) + len(codes))
        recall.note(codes, numbers)
        noted.update(zip(codes.tolist(), numbers.tolist(), strict=True))
        codes = np.array(list(noted), dtype=np.uint64)
        found = recall.of(codes).tolist()
        for code, number in zip(codes.tolist(), found, strict=True):
            assert number in {UNKNOWN, noted[code]}
        assert found.count(UNKNOWN) <= len(found) // 50 + 1
    assert recall.of(np.array([0], dtype=np.uint64)).tolist() == [UNKNOWN]


def test_a_full_memory_never_takes_one_code_for_another() -> None:
    recall = Recall()
    codes = np.random.default_rng(5).integers(1, 1 << 62, size=300_000, dtype=np.uint64)
    codes = np.unique(codes)
    noted, others = codes[::2], codes[1::2]
    recall.note(noted, np.arange(len(noted)))
    found = recall.of(noted)
    assert ((found == UNKNOWN) | (found == np.arange(len(noted)))).all()
    assert 30_000 < (found != UNKNOWN).sum() <= 1 << 16
    assert (recall.of(others) == UNKNOWN).all()


def _told(kind: Kind) -> tuple[object, ...]:
    slots = [] if kind.slots is None else kind.slots.tolist()
    return kind.key, kind.event, kind.line, kind.end_line, kind.text, kind.count, kind.timeless, slots


def _counted(chunks: list[str]) -> list[tuple[object, ...]]:
    counter = LineCounter(PLAN)
    for chunk in chunks:
        counter.feed(chunk.encode())
    return [_told(kind) for kind in census.kinds_of(counter.finish())]


LOG = "2026-03-20T13:00:0{} "
TEXTS = st.sampled_from((
    "INFO job {} done, exit code {}",
    "ERROR code{} from db: errno: {}",
    'GET /a/{} HTTP/1.1" {} 17',
    "id=deadbeef{} status={}",
    "request status 2{} of {}",
    "\tat com.shop.Cart.add(Cart.java:{}{})",
    "x" * 5000 + " status={}{}",
    "no number",
))  # fmt: skip
RECORDS = st.lists(
    st.tuples(TEXTS, st.integers(0, 9), st.sampled_from([0, 1, 9, 17, 137, 200, 503, 4041])),
    min_size=1,
    max_size=30,
)


@given(RECORDS, st.sets(st.integers(1, 29), max_size=4))
@settings(max_examples=60, deadline=None)
def test_fingerprints_count_what_keys_count_wherever_a_chunk_ends(
    records: list[tuple[str, int, int]], cuts: set[int]
) -> None:
    lines = [f"{LOG.format(at)}{text.format(at, number)}\n" for text, at, number in records]
    places = [0, *sorted(cut for cut in cuts if cut < len(lines)), len(lines)]
    chunks = ["".join(lines[a:b]) for a, b in pairwise(places)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "_PATIENCE", 0)
        by_keys = _counted(["".join(lines)])
    assert _counted(chunks) == by_keys == _counted(["".join(lines)])


def test_a_log_whose_lines_are_all_new_is_counted_by_keys_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"{LOG.format(n % 10)}done {'7' * (n % 97)} of {'1' * (n // 97)}\n" for n in range(9000)]
    chunks = ["".join(lines[n : n + 500]) for n in range(0, len(lines), 500)]
    counter = LineCounter(PLAN)
    for chunk in chunks:
        counter.feed(chunk.encode())
    assert counter.patience == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "_PATIENCE", 0)
        by_keys = _counted(chunks)
    assert [_told(kind) for kind in census.kinds_of(counter.finish())] == by_keys
    counter = LineCounter(PLAN)
    for _ in range(20):
        counter.feed(chunks[0].encode())
    assert counter.patience > 0


@pytest.mark.parametrize("codes", [(1, 137), (137, 1), (9, 0)])
def test_an_event_number_may_have_other_lengths(tmp_path: Path, codes: tuple[int, int]) -> None:
    path = tmp_path / "jobs.log"
    rows = [f"2026-03-20T13:00:{n % 60:02}Z INFO job {n} ended: exit code {codes[n % 2]}" for n in range(400)]
    path.write_text("\n".join(rows) + "\n")
    counted = bulk.count(path, Clock(), ORIGIN, base_width=10.0)
    assert {kind.event: kind.count for kind in counted.kinds} == {str(code).encode(): 200 for code in codes}


def test_the_mixed_log_is_known_by_fingerprints(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"{line}\n" for line in generate.generate(30_000, 3)]
    counter = LineCounter(PLAN)
    counter.feed("".join(lines[:29_000]).encode())
    looks: list[bytes] = []
    cut = keys.without_blanks

    def noted(text: bytes) -> bytes:
        looks.append(text)
        return cut(text)

    monkeypatch.setattr(keys, "without_blanks", noted)
    counter.feed("".join(lines[29_000:]).encode())
    assert 0 < len(looks) < 100
