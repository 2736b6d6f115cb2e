"""Shares of warnings and errors: a rise is found, unrest and growing traffic are not called one."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from agent.digest import families, levelmix
from agent.digest.logs import LogBook
from tools.formats.records import LogRecord

START = datetime(2026, 3, 20, 5, 0, tzinfo=UTC)
ONSET = START + timedelta(minutes=40)
SECONDS, TOLD = 3600, 2400


def book(share: Callable[[random.Random, int], float], seed: int, services: int = 1) -> LogBook:
    """An hour of a record every other second and service, of which a share in time are errors."""
    chance, made, line = random.Random(seed), LogBook(origin=ONSET.timestamp()), 0
    for second in range(0, SECONDS, 2):
        for number in range(services):
            line += 1
            wrong = chance.random() < share(chance, second)
            text, level = ("payment failed", "error") if wrong else ("payment done", "info")
            made.add("pay.log", LogRecord(
                line, line, START + timedelta(seconds=second), text, level, service=f"pay-{number}",
            ))  # fmt: skip
    return made


def changes(made: LogBook) -> list[levelmix.Mix]:
    return levelmix.changes(made, families.merged(made), ONSET)


def test_a_share_of_errors_that_rose_is_found_with_its_counts() -> None:
    made = book(lambda _, second: 0.02 if second < TOLD else 0.08, 1)
    (found,) = changes(made)
    pattern = next(p for p in made.patterns.values() if p.level == "error")
    since = pattern.between(made.origin, ONSET, None)
    assert (found.service, found.level) == ("pay-0", "errors")
    assert found.after == (since, (SECONDS - TOLD) // 2)
    assert found.before == (pattern.count - since, TOLD // 2)
    assert found.p_value < levelmix.ALPHA


def test_planted_rises_are_found_and_healthy_services_are_not_alarmed() -> None:
    found = sum(bool(changes(book(lambda _, s: 0.02 if s < TOLD else 0.08, seed))) for seed in range(15))
    assert found >= 14
    steady = sum(len(changes(book(lambda _, __: 0.02, seed, services=4))) for seed in range(10))
    assert steady == 0


def test_errors_that_come_in_waves_are_no_change() -> None:
    def waves(_: random.Random, second: int) -> float:
        return 0.3 if second % 900 < 120 else 0.01

    assert sum(len(changes(book(waves, seed, services=2))) for seed in range(10)) == 0


def test_without_a_baseline_nothing_is_compared() -> None:
    made = book(lambda _, second: 0.02 if second < TOLD else 0.2, 1)
    assert levelmix.changes(made, families.merged(made), None) == []
    assert levelmix.changes(made, families.merged(made), START) == []
