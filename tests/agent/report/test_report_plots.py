from __future__ import annotations

import math
from datetime import UTC, datetime
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.report.plots import Plot, render_plot

START = 1_395_182_460.0
NUMBERS = st.floats(allow_nan=True, allow_infinity=True, width=32)


def draw(plot: Plot) -> ElementTree.Element:
    return ElementTree.fromstring(render_plot(plot, title="latency rose", identity="m1"))


def test_a_plot_names_its_peak_and_marks_onset_and_end() -> None:
    values = (45.0, 44.0, 99.248, 46.0, 45.0)
    times = tuple(START + 60 * index for index in range(5))
    onset, end = (datetime.fromtimestamp(times[index], UTC) for index in (2, 3))
    svg = draw(Plot(times, values, "ms", onset, end))
    assert svg.findtext("title") == "latency rose"
    assert "highest 99.2 ms at 2014-03-18 22:43:00" in (svg.findtext("desc") or "")
    assert [path.get("class") for path in svg.iter("path")].count("onset") == 1
    assert [path.get("class") for path in svg.iter("path")].count("end") == 1
    line = svg.find("polyline")
    assert line is not None
    heights = [float(point.split(",")[1]) for point in (line.get("points") or "").split()]
    assert heights.index(min(heights)) == 2


def test_missing_samples_break_the_line() -> None:
    values = (1.0, 2.0, math.nan, 3.0, 4.0)
    svg = draw(Plot(tuple(START + index for index in range(5)), values))
    assert len(svg.findall("polyline")) == 2


def test_a_spike_survives_thinning() -> None:
    values = [1.0] * 20_000
    values[12_345] = 50.0
    svg = draw(Plot(tuple(START + index for index in range(20_000)), tuple(values)))
    points = [point for line in svg.findall("polyline") for point in (line.get("points") or "").split()]
    assert len(points) < 1000
    assert len({point.split(",")[1] for point in points}) == 2


def test_too_few_numbers_make_no_plot() -> None:
    assert render_plot(Plot((START,), (1.0,)), title="t", identity="i") == ""
    assert render_plot(Plot((START, START + 1), (1.0, math.nan)), title="t", identity="i") == ""


@settings(deadline=None)
@given(st.lists(NUMBERS, min_size=2, max_size=50))
def test_any_values_stay_inside_the_frame(values: list[float]) -> None:
    drawing = render_plot(
        Plot(tuple(START + 30 * index for index in range(len(values))), tuple(values)),
        title="t",
        identity="i",
    )
    if not drawing:
        return
    for line in ElementTree.fromstring(drawing).findall("polyline"):
        for point in (line.get("points") or "").split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= 720
            assert 0 <= y <= 168
