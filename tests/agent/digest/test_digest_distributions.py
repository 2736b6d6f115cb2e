"""Parameters whose values change with the onset: found, and not invented where they vary by themselves."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

import pytest

from agent.digest import distributions
from agent.digest.logs import Place
from agent.digest.parameters import Sample

BEFORE, AFTER = 150, 40
Course = Callable[[random.Random, int], list[str]]


def samples(values: Sequence[str]) -> list[Sample]:
    return [Sample(Place("a.log", n, n), 4 * n, {"x": value}) for n, value in enumerate(values)]


def _words(weights: Sequence[float]) -> Course:
    return lambda chance, length: chance.choices(["db-1", "db-2", "db-3"], weights, k=length)


def _sticky(chance: random.Random, length: int) -> list[str]:
    found = ["db-1"]
    while len(found) < length:
        found.append(chance.choice(["db-1", "db-2", "db-3"]) if chance.random() < 0.1 else found[-1])
    return found


def _ids(chance: random.Random, length: int) -> list[str]:
    return [f"user-{chance.randrange(10**6)}" for _ in range(length)]


def _latency(factor: float, spread: float = 1.0) -> Course:
    return lambda chance, length: [
        f"{factor * chance.lognormvariate(4, spread):.0f}ms" for _ in range(length)
    ]


def _walk(chance: random.Random, length: int) -> list[str]:
    value, found = 500.0, list[str]()
    for _ in range(length):
        value = abs(value + chance.gauss(0, 20))
        found.append(f"{value:.0f}")
    return found


def _counter(chance: random.Random, length: int) -> list[str]:
    value, found = 0, list[str]()
    for _ in range(length):
        value += chance.randrange(5)
        found.append(str(value))
    return found


def _wave(chance: random.Random, length: int) -> list[str]:
    return [f"{100 + 60 * math.sin(n / 40) + chance.gauss(0, 10):.0f}ms" for n in range(length)]


def _clustered(chance: random.Random, length: int) -> list[str]:
    level, found = 0.0, list[str]()
    for _ in range(length):
        level = 0.9 * level + chance.gauss(0, 0.3)
        found.append(f"{100 * math.exp(level):.0f}ms")
    return found


HEALTHY: dict[str, Course] = {
    "one of three": _words([1, 1, 1]),
    "mostly one": _words([8, 1, 1]),
    "in runs": _sticky,
    "ids": _ids,
    "latency": _latency(1),
    "random walk": _walk,
    "counter": _counter,
    "wave": _wave,
    "clustered": _clustered,
}


@pytest.mark.parametrize("kind", HEALTHY)
def test_of_eight_bundles_of_25_healthy_parameters_at_most_one_has_an_alarm(kind: str) -> None:
    alarmed = 0
    for seed in range(8):
        chance = random.Random(f"{kind}{seed}")
        drawn = [samples(HEALTHY[kind](chance, BEFORE + AFTER)) for _ in range(25)]
        alarmed += any(distributions.changes(drawn, 4.0 * BEFORE))
    assert alarmed <= 1


@pytest.mark.parametrize(
    ("usual", "now", "least"),
    [
        (_words([1, 1, 1]), _words([1, 8, 1]), 0.85),
        (_words([1, 0, 1]), _words([2, 6, 2]), 0.8),
        (_latency(1, 0.4), _latency(2, 0.4), 0.95),
        (_latency(1), _latency(3), 0.8),
        (_latency(3), _latency(1), 0.8),
    ],
)
def test_planted_changes_are_found(usual: Course, now: Course, least: float) -> None:
    hits = 0
    for seed in range(40):
        chance = random.Random(seed)
        planted = samples([*usual(chance, BEFORE), *now(chance, AFTER)])
        healthy = [samples(_latency(1)(chance, BEFORE + AFTER)) for _ in range(5)]
        found = distributions.changes([planted, *healthy], 4.0 * BEFORE)
        hits += bool(found[0])
        assert not any(found[1:])
    assert hits >= least * 40


def test_a_change_says_what_dominates_with_counts_and_where() -> None:
    chance = random.Random(3)
    planted = samples([*_words([1, 1, 1])(chance, BEFORE), *_words([1, 8, 1])(chance, AFTER)])
    ((found,),) = distributions.changes([planted], 4.0 * BEFORE)
    after = [sample.values["x"] for sample in planted[BEFORE:]]
    assert found.value == "db-2"
    assert found.after == f"{100 * after.count('db-2') / AFTER:.0f} %"
    assert found.counts == (BEFORE, AFTER)
    assert planted[found.telling[0].first].values["x"] == "db-2"
    assert found.telling[0].first >= BEFORE
    assert found.p_value < distributions.ALPHA


def test_the_more_is_compared_the_more_a_change_must_stand_out() -> None:
    chance = random.Random(5)
    planted = samples([*_words([1, 1, 1])(chance, BEFORE), *_words([1, 8, 1])(chance, AFTER)])
    others = [samples(_ids(chance, BEFORE + AFTER)) for _ in range(50)]
    alone = distributions.changes([planted], 4.0 * BEFORE)[0][0].p_value
    assert distributions.changes([planted, *others], 4.0 * BEFORE)[0][0].p_value == pytest.approx(51 * alone)


def test_too_few_records_on_either_side_are_not_compared() -> None:
    few = samples(["db-1"] * BEFORE + ["db-2"] * (distributions.LEAST - 1))
    assert distributions.changes([few], 4.0 * BEFORE) == [[]]
    enough = samples(["db-1"] * BEFORE + ["db-2"] * distributions.LEAST)
    assert distributions.changes([enough], 4.0 * BEFORE)[0][0].before == "0 %"
