"""Counting by key gives what reading every record gives, however the file is cut."""

from __future__ import annotations

import gzip
import random
import re
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.digest import absorbing, anchors, bulk, census, keys, logparts, masking
from agent.digest.counting import LineCounter
from agent.digest.families import merged
from agent.digest.kinds import Kind, Plan
from agent.digest.logs import LogBook
from benchmarks import generate
from tools.formats import read
from tools.formats.logline import LogLine
from tools.formats.logs_text import LineReader
from tools.formats.opening import whole_lines
from tools.formats.records import Clock, LogRecord

ORIGIN = datetime(2026, 3, 20, 13, tzinfo=UTC).timestamp()
CLOCK = Clock()


def written(tmp_path: Path, lines: int = 4000, seed: int = 1) -> Path:
    path = tmp_path / "mixed.log"
    path.write_text("".join(f"{line}\n" for line in generate.generate(lines, seed)), encoding="utf-8")
    return path


def by_records(path: Path) -> LogBook:
    book = LogBook(origin=ORIGIN)
    for record in read(path).records:
        assert isinstance(record, LogRecord)
        book.add("x.log", record)
    return book


def by_keys(path: Path, *, width: float = 10.0) -> LogBook:
    book = LogBook(origin=ORIGIN)
    counted = bulk.count(path, CLOCK, ORIGIN, base_width=width)
    absorbing.absorb(book, "x.log", counted, CLOCK, {})
    return book


def told(kind: Kind) -> tuple[object, ...]:
    slots = [] if kind.slots is None else kind.slots.tolist()
    return kind.key, kind.event, kind.line, kind.end_line, kind.text, kind.count, kind.timeless, slots


def shape(book: LogBook) -> dict[object, object]:
    return {key: (p.count, p.undated, p.event, p.exception, p.pods) for key, p in book.patterns.items()}


def test_the_mixed_log_gives_the_same_patterns_either_way(tmp_path: Path) -> None:
    path = written(tmp_path)
    records, keys = by_records(path), by_keys(path)
    assert shape(keys) == shape(records)
    assert keys.lines == records.lines
    for name, pattern in keys.patterns.items():
        other = records.patterns[name]
        assert (pattern.first, pattern.last) == (
            other.first and other.first.replace(microsecond=0),
            other.last and other.last.replace(microsecond=0),
        )
        assert pattern.exemplar.split("\n")[0] == other.exemplar.split("\n")[0]


def test_a_pattern_is_told_to_stand_at_several_places_where_its_lines_are(tmp_path: Path) -> None:
    path = written(tmp_path)
    standing = {r.line: r.message.split("\n")[0] for r in read(path).records if isinstance(r, LogRecord)}
    patterns = by_keys(path).patterns.values()
    many = [pattern for pattern in patterns if len(pattern.buckets) > 2 and "\n" not in pattern.exemplar]
    assert many
    for pattern in many:
        lines = [place.first for place in pattern.places]
        assert len(set(lines)) == 3
        for line in lines:
            assert masking.template(standing[line]) == pattern.template


def test_counts_on_both_sides_of_the_onset_are_those_of_the_records(tmp_path: Path) -> None:
    path = written(tmp_path, 20_000)
    onset = datetime.fromtimestamp(ORIGIN, UTC)
    records, keys = by_records(path), by_keys(path)
    sides = [
        {
            name: (p.between(ORIGIN, None, onset), p.between(ORIGIN, onset, None))
            for name, p in book.patterns.items()
        }
        for book in (records, keys)
    ]
    assert sides[0] == sides[1]


def test_the_planted_templates_are_groups_of_their_own(tmp_path: Path) -> None:
    found = merged(by_keys(written(tmp_path, 40_000)))
    truth = generate.truth(40_000, 1)
    assert len(found) <= int(str(truth["groups"]))
    assert {p.event for p in found if p.service == "email"} >= {"status 200", "status 503", "status 429"}


@pytest.mark.parametrize("packed", ["gz", "zst"])
def test_a_compressed_file_gives_the_same_as_the_plain_one(tmp_path: Path, packed: str) -> None:
    path = written(tmp_path, 2000)
    data = path.read_bytes()
    other = tmp_path / f"mixed.log.{packed}"
    other.write_bytes(gzip.compress(data) if packed == "gz" else zstandard.compress(data))
    assert shape(by_keys(other)) == shape(by_keys(path))


def test_processes_give_the_same_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, 12_000)
    alone = bulk.count(path, CLOCK, ORIGIN, base_width=10.0, workers=1)
    monkeypatch.setattr(logparts, "SMALL", 1)
    monkeypatch.setattr(logparts, "PART", 300_000)
    monkeypatch.setattr(logparts, "_LOOK", 200_000)
    monkeypatch.setattr(bulk, "CHUNK", 50_000)
    together = bulk.count(path, CLOCK, ORIGIN, base_width=10.0, workers=2)
    assert together.lines == alone.lines == 12_000
    assert [told(kind) for kind in together.kinds] == [told(kind) for kind in alone.kinds]


def test_packed_and_plain_files_share_the_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = written(tmp_path, 5000)
    packed = tmp_path / "a.log.gz", tmp_path / "b.log.zst", tmp_path / "broken.log.gz"
    data = gzip.compress(plain.read_bytes())
    packed[0].write_bytes(data)
    packed[1].write_bytes(zstandard.compress(plain.read_bytes()))
    packed[2].write_bytes(data[: len(data) // 2])
    files = [(path, CLOCK) for path in (*packed, plain)]
    alone = list(bulk.count_each(files, ORIGIN, base_width=10.0, workers=1))
    monkeypatch.setattr(logparts, "SMALL", 1)
    monkeypatch.setattr(logparts, "PART", 300_000)
    monkeypatch.setattr(logparts, "_LOOK", 200_000)
    shared = list(bulk.count_each(files, ORIGIN, base_width=10.0, workers=2))
    assert [[told(kind) for kind in one.kinds] for one in shared] == [
        [told(kind) for kind in one.kinds] for one in alone
    ]
    assert [one.lines for one in shared[:2]] == [5000, 5000]
    assert 0 < shared[2].lines < 5000
    assert [bool(one.damage) for one in shared] == [False, False, True, False]


def test_a_packed_log_counts_as_large_from_an_eighth_of_the_size_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "LARGE", 8000)
    plain, packed = tmp_path / "a.log", tmp_path / "a.log.gz"
    plain.write_bytes(b"x" * 1000)
    packed.write_bytes(b"\x1f\x8b" + b"x" * 998)
    assert not bulk.is_large(plain)
    assert bulk.is_large(packed)


@given(text=st.binary(max_size=300) | st.text("09afgxAFZ-\n", max_size=300).map(str.encode))
def test_keys_are_lines_without_digits_and_long_hexadecimal_runs(text: bytes) -> None:
    text = text.replace(b"\xff", b"")
    left = re.sub(rb"[0-9A-Fa-f]{8,}|[0-9]", b"", text)
    assert b"\n".join(keys.keys_of(text + b"\n", ())) == left
    assert keys.keys_of(b"kept\n" + text, ())[0] == b"kept"


def test_ids_are_found_wherever_a_window_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"".join(b"id=%016x done %d\n" % (n * 0x9E3779B97F4A7C15 % 2**64, n) for n in range(300))
    monkeypatch.setattr(keys, "_WINDOW", 64)
    assert set(keys.keys_of(text, ())) == {b"id= done "}


ODD = (
    "",
    "7",
    "plain words",
    "\tat com.shop.Db.call(Db.java:40)",
    "2026-03-20T13:00:61Z INFO no such second",
    "2026-03-20T13:0x:01Z INFO request served id=17 in 5 ms",
    "2026-03-20T13:00:02Z ERROR " + "very long " * 90 + "and different",
    "2026-03-20T13:00:02Z ERROR " + "very long " * 90 + "and unlike",
    '10.1.2.3 - - [20/Mar/2026:13:00:04 +0000] "GET /api/v1/email/22677 HTTP/1.1" 503 6114 "-" "curl"',
    '10.1.2.3 - - [20/Mar/2026:13:00:05 +0000] "GET /api/v1/email/77 HTTP/1.1" 200 64 "-" "curl"',
    "2026-03-20T13:00:07Z INFO request served id=3f2c9a1b-b1af-4c9a-9f00-0123456789ab in 5 ms",
)


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(st.sampled_from(ODD), min_size=1, max_size=24), cuts=st.sets(st.integers(1, 23)))
def test_what_stands_at_a_cut_does_not_matter(lines: list[str], cuts: set[int]) -> None:
    plan = Plan(CLOCK, ORIGIN, 10.0, (), None)

    def counted(pieces: list[list[str]]) -> list[object]:
        counter = LineCounter(plan)
        for piece in pieces:
            counter.feed("".join(f"{line}\n" for line in piece).encode())
        return [told(kind) for kind in census.kinds_of(counter.finish())]

    places = [0, *sorted(cut for cut in cuts if cut < len(lines)), len(lines)]
    assert counted([lines[a:b] for a, b in pairwise(places)]) == counted([lines])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(1, 90_000), max_size=8), seed=st.integers(1, 5))
def test_any_cut_into_chunks_gives_the_same(cuts: list[int], seed: int) -> None:
    data = "".join(f"{line}\n" for line in generate.generate(400, seed)).encode()
    plan = Plan(CLOCK, ORIGIN, 10.0, anchors.anchors(data.split(b"\n")), None)

    def counted(pieces: list[bytes]) -> list[object]:
        counter = LineCounter(plan)
        for block in whole_lines(iter(pieces), 1):
            counter.feed(block)
        return [told(kind) for kind in census.kinds_of(counter.finish())]

    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    pieces = [data[a:b] for a, b in pairwise(places)]
    assert counted(pieces) == counted([data])


def test_lines_add_up_whatever_they_hold(tmp_path: Path) -> None:
    rng = random.Random(7)
    words = ["", "{", '{"msg":"x"', "\tat a.b(C.java:1)", "é\x00", "panic: no", "2026-03-20 13:00:01 tick "]
    path = tmp_path / "broken.log"
    path.write_text("\n".join(rng.choice(words) + str(rng.randint(0, 99)) for _ in range(3000)) + "\n")
    assert by_keys(path).lines == by_records(path).lines


def test_keys_are_bounded_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.digest.roster.MAX_KEYS", 20)
    monkeypatch.setattr("agent.digest.roster.MAX_COARSE", 10)
    path = tmp_path / "words.log"
    rows = ["".join(chr(97 + int(digit)) for digit in str(n)) for n in range(500)]
    path.write_text("".join(f"2026-03-20T13:00:{n % 60:02}Z {row} {row}\n" for n, row in enumerate(rows)))
    counted = bulk.count(path, CLOCK, ORIGIN, base_width=10.0)
    assert len(counted.kinds) <= 31
    assert sum(kind.count for kind in counted.kinds) == 500
    assert counted.overflowed > 0


def counted(pieces: list[list[str]], folder: Path, order: list[int]) -> LogBook:
    """Count each piece as a file of its own, in the order given."""
    book = LogBook(origin=ORIGIN)
    for number in order:
        path = folder / f"part-{number}.log"
        path.write_text("".join(f"{line}\n" for line in pieces[number]), encoding="utf-8")
        absorbing.absorb(book, path.name, bulk.count(path, CLOCK, ORIGIN, base_width=10.0), CLOCK, {})
    return book


def sides(book: LogBook) -> dict[object, object]:
    onset = datetime.fromtimestamp(ORIGIN, UTC)
    return {
        name: (p.between(ORIGIN, None, onset), p.between(ORIGIN, onset, None), p.first, p.last)
        for name, p in book.patterns.items()
    }


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(1, 899), max_size=4, unique=True), seed=st.integers(1, 6), data=st.data())
def test_files_may_be_split_and_come_in_any_order(
    tmp_path: Path, cuts: list[int], seed: int, data: st.DataObject
) -> None:
    lines = list(generate.generate(900, seed))
    places = [at for at in sorted(cuts) if at < len(lines) and "\tat " not in lines[at]]
    pieces = [lines[a:b] for a, b in pairwise([0, *places, len(lines)])]
    order = data.draw(st.permutations(range(len(pieces))))
    whole, parts = counted([lines], tmp_path, [0]), counted(pieces, tmp_path, list(order))
    assert shape(parts) == shape(whole)
    assert sides(parts) == sides(whole)
    assert parts.lines == whole.lines == sum(p.count for p in parts.patterns.values())


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(1, 1000), odd=st.lists(st.text(max_size=30), max_size=6))
def test_records_and_keys_agree_whatever_stands_between(tmp_path: Path, seed: int, odd: list[str]) -> None:
    rng = random.Random(seed)
    lines = list(generate.generate(300, seed))
    for text in odd:
        lines.insert(
            rng.randrange(len(lines)), f"2026-03-20T13:00:00Z {text.splitlines()[0] if text.strip() else 'x'}"
        )
    path = tmp_path / "odd.log"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    records, keys = by_records(path), by_keys(path)
    assert keys.lines == records.lines
    assert sum(p.count for p in keys.patterns.values()) == sum(p.count for p in records.patterns.values())


def test_a_line_without_end_is_cut_and_the_rest_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "long.log"
    stamp = "2026-03-20T13:00:01Z"
    path.write_text(f"{stamp} first\n{stamp} {'x' * 5_000_000}\n{stamp} last\n", encoding="utf-8")
    book = by_keys(path)
    assert book.lines == 3
    assert {p.exemplar[:5] for p in book.patterns.values()} == {"first", "xxxxx", "last"}


def test_words_that_share_one_count_are_named_with_theirs(tmp_path: Path) -> None:
    hosts = {"kafka": 25, "redis": 10, "mysql": 3, "nginx": 2, "minio": 1}
    path = tmp_path / "hosts.log"
    path.write_text(
        "".join(
            f"2026-03-20T13:00:{n % 60:02}Z ERROR lost connection to {host} after {n} ms\n"
            for host, many in hosts.items()
            for n in range(many)
        )
    )
    for book in (by_keys(path), by_records(path)):
        (pattern,) = merged(book)
        assert pattern.values == hosts
        assert pattern.form == "lost connection to <*> after <*> ms"


def test_what_was_added_and_what_is_dead_stay_apart(tmp_path: Path) -> None:
    path = tmp_path / "peers.log"
    words = ["added", "dead", "faded"]
    path.write_text(
        "".join(
            f"2026-03-20T13:00:{n % 60:02}Z INFO peer id={n * 7919 % 0xFFFFFFFF:08x}{n:08x} {words[n % 3]}\n"
            for n in range(3000)
        )
    )
    found = {p.exemplar.rsplit(" ", 1)[1]: p.count for p in merged(by_keys(path))}
    assert found == dict.fromkeys(words, 1000)


def test_what_stands_behind_pods_is_taken_apart_once_for_all(tmp_path: Path) -> None:
    pods = "web-6d4f8b7c9d-xk2lp", "a-much-longer-name-5c9f7d8b6c-qw4rt", "db-0"
    rows = [
        f'[pod/{pod}/app] 2026-03-20T13:0{at}:{n:02}.000000001Z {{"level": "warn", "msg": "slow {n}"}}'
        for n in range(30)
        for at, pod in enumerate(pods)
    ]
    broken = "[pod/db-0/app] 2026-03-20T99:99:02.000000001Z" + rows[2].partition("Z")[2]
    path = tmp_path / "pods.log"
    path.write_text("\n".join([*rows[:2], broken, *rows[3:]]) + "\n", encoding="utf-8")
    reads: list[str] = []
    book = LogBook(origin=ORIGIN)
    with pytest.MonkeyPatch.context() as patch:
        read_line = LineReader.read

        def noted(self: LineReader, text: str) -> LogLine:
            reads.append(text)
            return read_line(self, text)

        patch.setattr(LineReader, "read", noted)
        counted = bulk.count(path, CLOCK, ORIGIN, base_width=10.0)
    assert len([text for text in reads if "slow" in text]) < 25
    absorbing.absorb(book, "x.log", counted, CLOCK, {})
    assert {service: log.count for service, log in book.services.items()} == {
        "web": 30,
        "a-much-longer-name": 30,
        "db": 30,
    }
    for at, service in enumerate(("web", "a-much-longer-name", "db")):
        last = datetime(2026, 3, 20, 13, at, 29, tzinfo=UTC)
        assert book.services[service].last == last
    assert all(pattern.undated == 0 for pattern in book.patterns.values())


TEXTS = (
    "AddItemAsync called with userId=5e63f0f8-2fa4-43a1-9f6e-6acdf8de80f1, quantity=3",
    "GET /cart took 17 ms",
    "java.lang.IllegalStateException: cart is locked",
    "\tat com.shop.Cart.lock(Cart.java:17)",
    "\tat com.shop.Cart.add(Cart.java:99)",
    "Caused by: java.io.IOException: broken pipe",
    "Traceback (most recent call last):",
    '  File "/app/cart.py", line 3, in add',
    "ValueError: no such cart",
    "      indented banner",
    "",
    "2026-03-20 13:00:05,123 INFO cart ready",
    '{"level": "error", "msg": "cart lost"}',
)


def _stamp(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    clock = f"13:{seconds // 60:02}:{seconds % 60:02}"
    return f"2026-03-20T{clock}.{rest:03}107144+08:00".replace("T13", "T21")


# Counted in bulk, a line has its second alone: what is about a second late is left out here.
STAMPED = st.lists(
    st.tuples(st.sampled_from(TEXTS), st.sampled_from([0, 3, 2500]), st.sampled_from(["a", "b"])),
    min_size=2,
    max_size=40,
)


def _stamped(lines: list[tuple[str, int, str]], *, prefixed: bool) -> list[str]:
    at, written = 0, list[str]()
    for text, later, pod in lines:
        at += later
        prefix = f"[pod/{pod}-6d4f8b7c9d-xk2lp/app] " if prefixed else ""
        written.append(f"{prefix}{_stamp(at)} {text}\n")
    return written


@given(lines=STAMPED, prefixed=st.booleans())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lines_that_only_the_runtime_dated_keep_their_times(
    tmp_path: Path, *, lines: list[tuple[str, int, str]], prefixed: bool
) -> None:
    path = tmp_path / "stamped.log"
    path.write_text("".join(_stamped(lines, prefixed=prefixed)), encoding="utf-8")
    assert _lasting(by_keys(path)) == _lasting(by_records(path))


@given(STAMPED, st.lists(st.integers(1, 39), max_size=4))
@settings(max_examples=100, deadline=None)
def test_where_a_chunk_ends_does_not_matter_to_stamped_lines(
    lines: list[tuple[str, int, str]], cuts: list[int]
) -> None:
    plan = Plan(CLOCK, ORIGIN, 10.0, (), None)
    written = _stamped(lines, prefixed=False)

    def counted(pieces: list[list[str]]) -> list[tuple[object, ...]]:
        counter = LineCounter(plan)
        for piece in pieces:
            counter.feed("".join(piece).encode())
        return [told(kind) for kind in census.kinds_of(counter.finish())]

    places = [0, *sorted({cut for cut in cuts if cut < len(written)}), len(written)]
    assert counted([written[a:b] for a, b in pairwise(places)]) == counted([written])


def test_a_stamped_log_is_counted_alike_by_one_process_and_by_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logparts, "SMALL", 1 << 16)
    rng = random.Random(4)
    lines = [
        (f"cart of user {rng.randrange(99)} loaded", 3, "a")
        if rng.random() < 0.98
        else (rng.choice(TEXTS), 0, "a")
        for _ in range(20_000)
    ]
    path = tmp_path / "stamped.log"
    path.write_text("".join(_stamped(lines, prefixed=False)), encoding="utf-8")
    one, many = (bulk.count(path, CLOCK, ORIGIN, base_width=10.0, workers=workers) for workers in (1, 2))
    assert len(logparts.source(path, CLOCK, ORIGIN, 10.0, 2).parts) > 1
    assert [told(kind) for kind in one.kinds] == [told(kind) for kind in many.kinds]


def _lasting(book: LogBook) -> dict[str, tuple[int, datetime, datetime]]:
    """How often each text came, first and last; levels aside, as a trace below one of many makes none."""
    found: dict[str, tuple[int, datetime, datetime]] = {}
    for (_, _, template), pattern in book.patterns.items():
        assert pattern.first is not None
        assert pattern.last is not None
        count, first, last = found.get(template, (0, pattern.first, pattern.last))
        found[template] = count + pattern.count, min(first, pattern.first), max(last, pattern.last)
    return {
        template: (count, first.replace(microsecond=0), last.replace(microsecond=0))
        for template, (count, first, last) in found.items()
    }


def test_what_is_read_again_does_not_depend_on_the_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logparts, "SMALL", 1 << 16)
    path = written(tmp_path, 12_000)
    found: list[dict[object, list[object]]] = []
    for workers in (1, 2):
        book = LogBook(origin=ORIGIN)
        counted = bulk.count(path, CLOCK, ORIGIN, base_width=10.0, workers=workers)
        absorbing.absorb(book, "x.log", counted, CLOCK, {})
        found.append({name: list(pattern.picks) for name, pattern in book.patterns.items()})
    assert found[0] == found[1]
    assert any(found[0].values())
