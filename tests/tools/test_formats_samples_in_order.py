"""Samples of Prometheus that are as it writes them are read at once, and as all others are."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tools.formats.documents import Document
from tools.formats.metrics_prometheus import read_series
from tools.formats.records import Tally

TIMES = st.one_of(st.integers(0, 2_000_000_000), st.floats(0, 2e9))
TEXTS = st.one_of(st.floats().map(str), st.sampled_from(["+Inf", "NaN", "1e400", "0.5"]))
ODD = st.sampled_from(
    (
        *(["x"], [1], [1, "2", "3"], ["1", "2"], [True, "2"], [-1, "2"], [4e11, "2"], [math.nan, "1"]),
        *([5, "x"], [5, None], [6, 1.5], [7, True], "ab", {}, {"a": 1, "b": 2}, None),
    )
)


def read(samples: Sequence[object]) -> tuple[str, Tally]:
    """Read the samples of one series; as text, since nan is unlike itself."""
    tally = Tally()
    document = Document(json.dumps([{"metric": {"__name__": "up"}, "values": samples}]))
    (series,) = read_series(document, (), tally)
    return repr((series.times, series.values)), tally


@given(st.dictionaries(TIMES, TEXTS, min_size=2, max_size=12))
def test_the_order_of_samples_does_not_matter(samples: dict[float, str]) -> None:
    ascending = sorted(samples.items())
    assert read(ascending) == read(ascending[::-1])


@given(st.lists(st.one_of(st.tuples(TIMES, TEXTS), ODD), max_size=12))
def test_what_is_no_sample_is_counted_and_costs_no_other(samples: list[object]) -> None:
    (told, tally), (beside, more) = read(samples), read([*samples, [-1, "1"]])
    assert told == beside
    assert tally.rows == more.rows
    assert more.malformed == 1
    assert more.first_bad_reason == f"{len(samples) + 1 - more.rows} samples of up are not [time, value]"
