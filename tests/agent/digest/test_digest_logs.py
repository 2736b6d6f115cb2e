"""Log patterns: counts add up, files may come in any order, memory is bounded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.digest import families, logs, patterns
from agent.digest.logs import LogBook
from agent.digest.observation import Observation
from tools.formats.records import LogRecord

START = datetime(2026, 3, 20, 5, 0, tzinfo=UTC)


def record(line: int, seconds: float, message: str, level: str = "info", **more: str) -> LogRecord:
    return LogRecord(
        line=line,
        end_line=line,
        time=START + timedelta(seconds=seconds),
        message=message,
        level=level,
        service=more.get("service", "ts-food-service"),
        pod=more.get("pod"),
    )


def incident(onset: float = 600.0) -> LogBook:
    """Ten minutes of normal life, then a new error, a burst, and a heartbeat that stops."""
    book = LogBook(origin=(START + timedelta(seconds=onset)).timestamp())
    line = 0
    for second in range(0, 1200, 2):
        line += 1
        book.add("food.log", record(line, second, f"served order {second}"))
        if second % 20 == 0:
            line += 1
            book.add("food.log", record(line, second, f"retry of call {second}", "warning"))
        if second % 10 == 0 and second < onset:
            line += 1
            book.add("food.log", record(line, second, "heartbeat sent"))
        if second >= onset + 30 and second % 4 == 0:
            line += 1
            text = f"Access denied for user 'food'@'10.0.0.{second % 9}' (using password: YES)"
            book.add("food.log", record(line, second, text, "error"))
        if second >= onset and second % 2 == 0:
            line += 1
            book.add("food.log", record(line, second, f"retry of call {second}", "warning"))
    return book


def readings(book: LogBook, onset: datetime | None) -> dict[str, patterns.Reading]:
    return {r.pattern.template: r for r in patterns.compare(book, families.merged(book), onset)}


def _said(book: LogBook, found: list[patterns.Reading], onset: datetime | None) -> list[Observation]:
    return patterns.observations(book, found, patterns.chosen(book, found), onset, frozenset())


def test_new_burst_silent_and_steady_are_told_apart() -> None:
    found = readings(incident(), START + timedelta(seconds=600))
    verdicts = {template: r.verdict.novelty for template, r in found.items() if r.verdict}
    assert verdicts == {
        "served order <*>": "steady",
        "retry of call <*>": "burst",
        "heartbeat sent": "silent",
        "Access denied for user 'food'@'<*>' (using password: YES)": "new",
    }


def test_counts_on_both_sides_of_the_onset_add_up_to_what_was_read() -> None:
    book = incident()
    found = readings(book, START + timedelta(seconds=600))
    assert sum(r.before + r.after for r in found.values()) == book.lines
    assert all(r.before + r.after == r.pattern.count for r in found.values())


def test_the_new_error_is_said_with_its_count_and_points_at_its_first_line() -> None:
    book = incident()
    onset = START + timedelta(seconds=600)
    said = _said(book, list(readings(book, onset).values()), onset)
    (denied,) = [o for o in said if "Access denied" in o.statement]
    assert denied.severity == "error"
    assert denied.attributes["novelty"] == "new"
    assert denied.attributes["count"] == "142"
    assert denied.attributes["baseline_count"] == "0"
    assert denied.start == START + timedelta(seconds=632)
    assert "142 times, never in the 10 min before the onset" in denied.statement
    assert denied.pointers[0].artifact == "food.log"


def test_without_an_onset_nothing_is_called_new() -> None:
    assert all(r.verdict is None for r in readings(incident(), None).values())


def test_a_log_that_begins_after_the_onset_has_no_baseline() -> None:
    found = readings(incident(), START - timedelta(seconds=5))
    assert all(r.verdict is None for r in found.values())


def test_the_same_message_of_two_services_is_two_patterns_that_name_each_other() -> None:
    book = LogBook()
    for line, service in enumerate(["a", "b"] * 5, 1):
        book.add("x.log", record(line, line, "upstream timed out", "error", service=service))
    found = patterns.compare(book, families.merged(book), None)
    said = _said(book, found, None)
    assert {o.service: o.attributes["also_in"] for o in said} == {"a": "b", "b": "a"}


def test_a_status_that_changes_makes_another_pattern_of_the_same_line() -> None:
    book = LogBook()
    for line in range(1, 101):
        status = 503 if line > 90 else 200
        book.add("web.log", record(line, line, f'"GET /cart/{line} HTTP/1.1" {status} {line * 7}'))
    counts = {p.event: p.count for p in families.merged(book)}
    assert counts == {"status 200": 90, "status 503": 10}


def test_a_word_with_many_values_becomes_a_variable_and_two_verbs_do_not() -> None:
    book = LogBook()
    for line, name in enumerate(["anna", "bert", "carla", "dora", "emil"], 1):
        book.add("x.log", record(line, line, f"session of {name} opened"))
    for line, verb in enumerate(["Started", "Paused"], 10):
        book.add("x.log", record(line, line, f"{verb} the consumer group"))
    assert {p.template: p.count for p in families.merged(book)} == {
        "session of <*> opened": 5,
        "Started the consumer group": 1,
        "Paused the consumer group": 1,
    }


def test_patterns_are_bounded_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_PATTERNS", 20)
    monkeypatch.setattr(logs, "MAX_KEYS", 10)
    book = LogBook()
    for line in range(1, 501):
        word = "".join(chr(97 + int(digit)) for digit in str(line))
        book.add("x.log", record(line, line, f"{word} {word} {word}"))
    assert len(book.patterns) <= 21
    assert sum(p.count for p in book.patterns.values()) == 500
    assert book.overflowed > 0


def test_a_long_recording_keeps_its_counts_when_buckets_are_joined() -> None:
    book = LogBook(origin=START.timestamp())
    for line in range(5000):
        book.add("x.log", record(line + 1, line * 60, "tick"))
    (pattern,) = book.patterns.values()
    assert len(pattern.buckets) <= logs.MAX_BUCKETS
    assert sum(pattern.buckets.values()) == 5000
    assert pattern.between(book.origin, START, None) == 5000


@given(st.lists(st.tuples(st.integers(0, 600), st.sampled_from("abc"), st.booleans()), max_size=60))
def test_the_order_of_files_does_not_matter(rows: list[tuple[int, str, bool]]) -> None:
    files: dict[str, list[LogRecord]] = {"one.log": [], "two.log": []}
    for number, (second, word, first) in enumerate(rows, 1):
        files["one.log" if first else "two.log"].append(record(number, second, f"got {word} in {second} ms"))
    books: list[LogBook] = []
    for order in (["one.log", "two.log"], ["two.log", "one.log"]):
        book = LogBook()
        for name in order:
            book.read(name, files[name])
        books.append(book)
    shape = [{k: (p.count, p.first, p.last, p.buckets) for k, p in book.patterns.items()} for book in books]
    assert shape[0] == shape[1]


def test_a_message_that_cannot_reach_a_known_component_names_it() -> None:
    known = frozenset({"prod-db", "adservice"})
    assert patterns.far_side("Failed to connect to prod-db:3333: Connection refused", known, "api") == (
        "prod-db",
    )
    assert patterns.far_side("connected to prod-db:3333", known, "api") == ()
    assert patterns.far_side("could not reach prod-db", known, "prod-db") == ()


@pytest.mark.parametrize(
    "said",
    [
        "dial tcp: lookup offer.shop.svc on 10.96.0.10:53: read udp: i/o timeout",
        "lookup offer on 10.96.0.10:53: server misbehaving",
        "could not connect to offer:8080: Temporary failure in name resolution",
    ],
)
def test_a_name_that_nobody_resolves_points_at_the_name_service(said: str) -> None:
    assert patterns.far_side(said, frozenset({"offer", "coredns"}), "cart") == ("coredns",)
    assert patterns.far_side(said, frozenset({"offer"}), "cart") == ()


def test_a_name_that_does_not_exist_points_at_what_was_looked_up() -> None:
    said = "dial tcp: lookup offer on 10.96.0.10:53: no such host"
    assert patterns.far_side(said, frozenset({"offer", "coredns"}), "cart") == ("offer",)


def test_logs_that_end_before_the_onset_and_one_wrong_year_are_judged_all_the_same() -> None:
    book = LogBook()
    begin = datetime(2026, 3, 20, 12, tzinfo=UTC)
    for number in range(3000):
        word = ("red", "green", "blue", "grey", "pink", "teal")[number % 6]
        at = begin + timedelta(seconds=number)
        book.add("a.log", LogRecord(number + 1, number + 1, at, f"{word} was painted", service="paint"))
    found = families.merged(book)
    late = patterns.compare(book, found, begin + timedelta(hours=8))
    assert [reading.after for reading in late] == [0] * 6
    book.add("a.log", LogRecord(3001, 3001, begin.replace(year=1970), "red was painted", service="paint"))
    readings = patterns.compare(book, families.merged(book), begin + timedelta(minutes=30))
    assert sum(reading.before + reading.after for reading in readings) == 3001
