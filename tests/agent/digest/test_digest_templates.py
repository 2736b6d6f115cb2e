"""Templates: values vary, states do not; and the scores that measure it."""

from __future__ import annotations

import random

import pytest

from agent.digest import bursts, templates
from agent.digest.bursts import Counts
from agent.digest.wording import quotation
from benchmarks import loghub


def groups(*messages: str) -> int:
    return len(set(loghub.grouped(messages)))


@pytest.mark.parametrize(
    "messages",
    [
        ("user 17 took 5 ms", "user 9 took 120 ms"),
        ("mounted /var/lib/a", "mounted /srv/data/b.img"),
        ("session opened for user anna", "session opened for user bert", "session opened for user carla"),
        ("deleting a1 b2 c3", "deleting a1 b2 c3 d4 e5"),
        (
            "GET /api/v1/foods/Wu%20Xi/Tai%20Yuan/G12 HTTP/1.1 503",
            "GET /api/v1/foods/Bei%20Jing/Su%20Zhou/D3 HTTP/1.1 503",
        ),
        ("GET /api/v<*>/foods/<*>/Wu%<*>Xi/G<*> 503", "GET /api/v<*>/foods/<*>/Bei%<*>Jing/D<*> 503"),
        ("peer 00:1a:2b:3c:4d:5e joined", "peer 10:1a:2b:3c:4d:5f joined"),
    ],
)
def test_messages_that_differ_in_values_are_one_group(messages: tuple[str, ...]) -> None:
    assert groups(*messages) == 1


@pytest.mark.parametrize(
    "messages",
    [
        ("Started the consumer", "Paused the consumer"),
        ("VM Started", "VM Paused", "VM Resumed", "VM Stopped", "VM Destroyed"),
        ("peer added to ring", "peer dead to ring"),
        ("cupsd startup succeeded", "klogd startup failed"),
        ("state=ON", "state=OFF"),
        ("GET /api/v1<*>/orders 503", "POST /api/v1<*>/orders 503"),
    ],
)
def test_states_of_one_thing_stay_apart(messages: tuple[str, ...]) -> None:
    assert groups(*messages) == len(messages)


@pytest.mark.parametrize(
    ("message", "quoted"),
    [
        ('desc = "dial tcp: refused"', "\"desc = 'dial tcp: refused'\""),
        (r'"started volume \"a\"" pod="b"', "\"started volume 'a' pod='b'\""),
        ("plain", '"plain"'),
    ],
)
def test_a_message_is_quoted_with_one_pair_of_double_quotes(message: str, quoted: str) -> None:
    assert quotation(message) == quoted


def test_the_order_of_messages_does_not_matter() -> None:
    forms = [
        templates.masked(f"call of {name} to {host}") for name in "abcdef" for host in ("x.y", "db", "z.q")
    ]
    other = forms[:]
    random.Random(5).shuffle(other)
    assert templates.mine(forms) == templates.mine(other)


def test_the_scores_are_those_of_their_definition() -> None:
    assert loghub.scores("aab", ["x", "x", "y"]) == (1.0, 1.0)
    assert loghub.scores("aaa", ["x", "x", "y"]) == (0.0, 0.0)
    ga, fga = loghub.scores("aabc", ["x", "x", "y", "y"])
    assert (ga, round(fga, 2)) == (0.5, 0.4)


def test_a_burst_in_a_part_of_the_incident_is_found() -> None:
    before = [20, 22, 19, 21, 18, 20, 23, 17] * 8
    found = Counts(before, [36] * 30 + [20] * 34)
    p_value, ratio = bursts.strongest(found)
    assert p_value < bursts.ALPHA
    assert ratio > 1.5


def test_a_log_that_is_always_restless_has_no_burst() -> None:
    rng = random.Random(3)

    def restless() -> list[int]:
        return [rng.choice((0, 0, 0, 90)) for _ in range(64)]

    called = [bursts.strongest(Counts(restless(), restless()))[0] < bursts.ALPHA for _ in range(400)]
    assert sum(called) <= 4


def test_a_steady_log_has_no_burst() -> None:
    rng = random.Random(4)

    def steady() -> list[int]:
        return [sum(rng.random() < 0.1 for _ in range(50)) for _ in range(90)]

    called = [bursts.strongest(Counts(steady(), steady()))[0] < bursts.ALPHA for _ in range(300)]
    assert sum(called) <= 1
