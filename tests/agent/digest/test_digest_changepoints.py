"""Level changes: planted ones are found, healthy series stay healthy."""

from __future__ import annotations

import math
import random
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.digest import changepoints, shifts
from benchmarks import series


def _noise(kind: str, count: int, rng: random.Random) -> list[float]:
    values: list[float] = []
    last = 0.0
    for index in range(count):
        draw = rng.gauss(0, 1)
        last = 0.6 * last + draw
        extra = {
            "white": draw,
            "autocorrelated": last,
            "spikes": draw + (rng.random() < 0.01) * 8,
            "daily": draw + math.sin(2 * math.pi * index / 288),
            "skewed": math.exp(draw / 2),
        }[kind]
        values.append(50 + extra)
    return values


@pytest.mark.parametrize("count", [24, 60, 240])
@pytest.mark.parametrize("kind", ["white", "autocorrelated", "spikes", "daily", "skewed"])
def test_at_most_five_percent_of_healthy_series_are_flagged(kind: str, count: int) -> None:
    rng = random.Random(7)
    flagged = sum(bool(shifts.excursions(_noise(kind, count, rng))) for _ in range(100))
    assert flagged <= 5


@pytest.mark.parametrize("kind", ["white", "autocorrelated", "spikes", "daily"])
def test_a_planted_step_of_six_sigma_is_found_where_it_is(kind: str) -> None:
    rng = random.Random(3)
    hits = 0
    for _ in range(40):
        cut = rng.randint(25, 55)
        values = [v + (10 if i >= cut else 0) for i, v in enumerate(_noise(kind, 80, rng))]
        hits += any(abs(part.start - cut) <= 3 for part in changepoints.course(values).segments[1:])
    assert hits >= 36


def test_a_step_and_its_recovery_are_one_excursion_with_both_ends() -> None:
    rng = random.Random(5)
    values = [v + (60 if 40 <= i < 70 else 0) for i, v in enumerate(_noise("white", 120, rng))]
    (found,) = shifts.excursions(values)
    assert (found.first, found.last, found.recovered) == (40, 69, True)
    assert found.direction == "up"
    assert found.before == pytest.approx(50, abs=1)
    assert found.after == pytest.approx(110, abs=1)


def test_a_step_that_lasts_to_the_end_has_no_recovery() -> None:
    rng = random.Random(5)
    values = [v + (60 if i >= 40 else 0) for i, v in enumerate(_noise("white", 80, rng))]
    (found,) = shifts.excursions(values)
    assert found.first == 40
    assert not found.recovered


def test_a_series_that_never_moves_says_nothing() -> None:
    assert shifts.excursions([0.0] * 500) == ()
    assert shifts.excursions([100.0] * 20) == ()


def test_a_long_series_that_left_its_usual_level_twice_gives_two_dated_excursions() -> None:
    rng = random.Random(9)
    values = _noise("white", 2000, rng)
    for start, end, size in ((600, 660, 40), (1800, 1900, -25)):
        for index in range(start, end):
            values[index] += size
    found = shifts.excursions(values)
    assert [(f.first, f.last, f.direction) for f in found] == [(600, 659, "up"), (1800, 1899, "down")]


def test_a_constant_baseline_does_not_make_a_tiny_move_infinitely_surprising() -> None:
    assert shifts.against([100.0, 100.05, 100.02], [100.0] * 20, harmless="up") is None


def test_five_samples_are_compared_with_a_baseline_of_another_month() -> None:
    baseline = [0.020 + 0.001 * (i % 5) for i in range(48)]
    found = shifts.against([0.021, 0.022, 0.27, 0.27, 0.26], baseline, harmless="down")
    assert found is not None
    assert (found.first, found.last) == (2, 4)
    assert found.ratio > 10


def test_a_move_in_the_harmless_direction_is_not_reported_against_a_baseline() -> None:
    baseline = [100.0 + i % 3 for i in range(48)]
    assert shifts.against([20.0, 21.0, 22.0], baseline, harmless="down") is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=0, max_size=120))
def test_segments_cover_the_series_without_gap_or_overlap(values: list[float]) -> None:
    parts = changepoints.course(values).segments
    assert [p.start for p in parts] == [0, *[p.end for p in parts]][: len(parts)]
    assert (parts[-1].end if parts else 0) == len(values)


@st.composite
def _stepped(draw: st.DrawFn) -> list[float]:
    """Noise with up to two steps, short and long, on a grid of 1/256 so that sums are exact."""
    count = draw(st.sampled_from([9, 24, 59, 60, 61, 150, 320]))
    rng = random.Random(draw(st.integers(0, 10_000)))
    values = [round(rng.gauss(0, 1) * 256) / 256 for _ in range(count)]
    for _ in range(draw(st.integers(0, 2))):
        cut, size = rng.randrange(count), rng.choice((-1, 1)) * rng.randint(3, 30)
        values = [value + (size if index >= cut else 0) for index, value in enumerate(values)]
    return values


@given(_stepped(), st.sampled_from([2.0**-20, 0.25, 8.0, 1024.0]))
def test_cuts_and_excursions_do_not_depend_on_the_unit(values: list[float], scale: float) -> None:
    scaled = [value * scale for value in values]
    assert changepoints.course(values).cuts == changepoints.course(scaled).cuts
    plain = [(f.first, f.last, f.change) for f in shifts.excursions(values)]
    assert plain == [(f.first, f.last, f.change) for f in shifts.excursions(scaled)]


@given(_stepped(), st.integers(-64, 64))
def test_cuts_do_not_depend_on_the_level(values: list[float], level: int) -> None:
    moved = [value + level for value in values]
    assert changepoints.course(values).cuts == changepoints.course(moved).cuts


@given(st.sampled_from([1, 5, 6, 18, 59, 60, 200, 720]), st.floats(-1e9, 1e9))
def test_a_constant_series_never_alarms(count: int, level: float) -> None:
    assert changepoints.course([level] * count).cuts == ()
    assert shifts.excursions([level] * count) == ()


@given(st.lists(_stepped(), min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_series_does_not_matter(many: list[list[float]], rng: random.Random) -> None:
    order = list(range(len(many)))
    rng.shuffle(order)
    together = shifts.excursions_of([many[index] for index in order])
    assert together == [shifts.excursions(many[index]) for index in order]


@pytest.mark.parametrize("noise", series.NOISES)
def test_the_bars_of_the_benchmark_hold_at_small_size(noise: str) -> None:
    planted = series.make(noise, 5, count=120)
    found = [course.cuts for course in changepoints.courses([item.values for item in planted])]
    measured = series.score(planted, found)
    assert measured.f1 >= 0.82
    assert measured.alarmed <= 0.05


def test_a_reader_is_rarely_told_of_a_healthy_series() -> None:
    planted = [item for noise in series.NOISES for item in series.make(noise, 6, count=60)]
    healthy = [item.values for item in planted if not item.changes]
    told = sum(bool(found) for found in shifts.excursions_of(healthy))
    assert told <= 0.05 * len(healthy)


def test_a_climb_begins_at_its_foot_and_is_called_a_ramp() -> None:
    rng = random.Random(11)
    values = [10 + rng.gauss(0, 0.3) + 12 * min(1.0, max(0.0, (index - 300) / 60)) for index in range(720)]
    (cut,) = changepoints.course(values).cuts
    assert abs(cut - 300) <= 12
    (found,) = shifts.excursions(values, baseline=290)
    assert found.change == "ramp"
    assert found.after == pytest.approx(22, abs=0.5)


def test_what_a_series_does_every_day_is_no_excursion() -> None:
    rng = random.Random(2)
    day = [100 + 60 * (8 * 12 <= index % 288 < 20 * 12) + rng.gauss(0, 2) for index in range(7 * 288)]
    assert shifts.excursions(day) == ()
    outage = [value - 95 if 1500 <= index < 1540 else value for index, value in enumerate(day)]
    assert [(f.first, f.direction) for f in shifts.excursions(outage)] == [(1500, "down")]


def _fortnight(kind: str, rng: random.Random) -> list[float]:
    """Fourteen days at five minutes of something that a service does every day."""
    values: list[float] = []
    drift = 0.0
    for index in range(14 * 288):
        drift = 0.8 * drift + rng.gauss(0, 1)
        wave = math.sin(2 * math.pi * index / 288 - 1)
        quiet_day = 0.6 if index // 288 % 7 >= 5 else 1.0
        values.append(
            {
                "traffic": 1000 * quiet_day * (1 + 0.6 * wave) + 25 * drift,
                "latency": 45 + 2 * wave + rng.expovariate(0.7) + 0.5 * drift,
                "batch": 20 + 55 * (index % 288 < 18) + 1.2 * drift,
                "leak": 80 + 0.002 * index + 2 * wave + 0.6 * drift,
            }[kind]
        )
    return values


@pytest.mark.parametrize("kind", ["traffic", "latency", "batch", "leak"])
def test_weeks_of_habit_are_quiet_and_a_drop_in_them_is_dated(kind: str) -> None:
    for seed in range(3):
        values = _fortnight(kind, random.Random(seed))
        assert shifts.excursions(values) == ()
        dropped = [value / 4 if 2500 <= index < 2540 else value for index, value in enumerate(values)]
        (found,) = shifts.excursions(dropped)
        assert abs(found.first - 2500) <= 3
        assert found.direction == "down"


def test_a_series_that_spikes_all_the_time_has_no_spike_unless_one_dwarfs_the_others() -> None:
    rng = random.Random(4)
    values = [20 + rng.gauss(0, 1) + 25 * (index % 60 == 7) for index in range(720)]
    assert shifts.excursions(values) == ()
    values[400] += 400
    assert [f.first for f in shifts.excursions(values)] == [400]


def test_short_series_do_not_import_numpy() -> None:
    code = (
        "import sys; from agent.digest import shifts; shifts.excursions([1.0, 2.0] * 20);"
        "print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
