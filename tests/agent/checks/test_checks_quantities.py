"""Numbers, durations and names as people and logs write them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.checks.duration import _LENGTH, _UNIT_OR_DIGIT, PER, read_lengths, write_length
from agent.checks.evidence_text import number_of
from agent.checks.mention import read_sentence

_WORDS = (
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
)


@pytest.mark.parametrize(
    "name",
    [
        "98e591",
        "7e4f",
        "00e4",
        "7d865e9",
        "sha256:7d865e959b2466918c9863afca942d0f",
        "repo.example:5000/shop/api:1.2@sha256:7d865e95",
        "550e8400-e29b-41d4-a716-446655440000",
        "12345678-1234-1234-1234-123456789012",
        "fe80::1ff:fe23:4567:890a",
        "00:1a:2b:3c:4d:5e",
        "10.3.4.5:5432",
        "v1.2.3-rc.1",
        "/var/log/app-1/x.log",
        "nginx:1.25",
        "s3://bucket/2024/x",
    ],
)
def test_an_id_is_a_name_and_no_number(name: str) -> None:
    for text in (f"id={name} failed", f"It names {name}.", f"({name}) was seen"):
        read = read_sentence(text)
        assert (read.numbers, read.spans, read.clocks) == ((), (), ())
        assert name in read.names


@pytest.mark.parametrize(
    "text", ["-98e591", "@98e591", "1" * 400 + " rows", "9" * 30 + " hours", "1.5e+99 ms"]
)
def test_no_digits_break_the_reader(text: str) -> None:
    assert all(number.value < float("inf") for number in read_sentence(text).numbers)


@pytest.mark.parametrize(
    ("text", "value"),
    [("4", 4.0), ("0.5", 0.5), ("1e-05", 1e-5), ("98e591", None), ("nan", None), ("1_0", None)],
)
def test_an_attribute_is_a_number_only_where_it_is_written_as_one(text: str, value: float | None) -> None:
    assert number_of(text) == value


@given(st.integers(1, 40 * 86400))
def test_a_length_as_a_report_writes_it_reads_back(seconds: int) -> None:
    length = timedelta(seconds=seconds)
    (read,) = read_lengths(f"It took {write_length(length)}.")
    dropped = timedelta(seconds=60 if seconds >= 86400 else 0)
    assert abs(read.length - length) <= dropped
    assert read.covers(read.length)


@given(
    st.integers(2, 13),
    st.sampled_from([("second", 1), ("minute", 60), ("hour", 3600), ("day", 86400), ("week", 604800)]),
    st.sampled_from(
        ["{} {}s", "about {} {}s", "{}-{}", "under {} {}s", "within {} {}s", "{} {}s and a half"]
    ),
    st.sampled_from(["words", "digits"]),
)
def test_a_length_in_words_or_digits_reads_back(
    count: int, unit: tuple[str, int], form: str, worded: str
) -> None:
    number = _WORDS[count - 2] if worded == "words" else str(count)
    (read,) = read_lengths(f"It lasted {form.format(number, unit[0])} in all.")
    half = unit[1] / 2 if form.endswith("half") else 0
    assert read.length.total_seconds() == count * unit[1] + half


@given(
    st.decimals(1, 999, places=2),
    st.sampled_from([("%", 1.0), (" ms", 1e-3), (" GiB", 2.0**30), ("k", 1e3), ("x", 1.0)]),
)
def test_a_number_with_its_unit_reads_back_within_its_rounding(
    value: object, unit: tuple[str, float]
) -> None:
    text = f"It reached {value}{unit[0]} then."
    read = read_sentence(text)
    bases = [number.base for number in read.numbers] + [span.seconds for span in read.spans]
    assert bases == [pytest.approx(float(str(value)) * unit[1])]


def test_lengths_in_a_row_are_lengths_each() -> None:
    assert [item.text for item in read_lengths("6.7 s, then 19 s, and 37.5 s")] == ["6.7 s", "19 s", "37.5 s"]
    assert [item.text for item in read_lengths("1 h, 5 min and 3 s")] == ["1 h, 5 min and 3 s"]


def test_a_rate_is_no_length() -> None:
    assert read_lengths("six failures a minute") == ()
    assert [number.per for number in read_sentence("six failures a minute").numbers] == [60.0]
    assert len(read_lengths("It came back a minute later.")) == 1


@given(st.sampled_from([_LENGTH, PER]).flatmap(lambda pattern: st.from_regex(pattern.compiled)))
def test_no_duration_is_missed_by_looking_for_units_and_digits_first(text: str) -> None:
    assert _UNIT_OR_DIGIT.search(text)
