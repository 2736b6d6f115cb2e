"""Phrases and names are found in whatever order and inflection, and not inside other names."""

from __future__ import annotations

import pytest

from evals.phrases import names, says


@pytest.mark.parametrize(
    ("text", "phrase", "expected"),
    [
        ("Loss of packets on worker-02", "packet loss", True),
        ("TCP retransmissions rose", "retransmi", True),
        ("The network was slow", "packet loss", False),
        ("a compacted lossless image", "packet loss", False),
        ("Kubelet stopped", "kubelet", True),
        ("exit code 137", "exit code 137", True),
        ("anything", "", False),
    ],
)
def test_says(text: str, phrase: str, *, expected: bool) -> None:
    assert says(text, phrase) is expected


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("ts-food-service's pool", "ts-food-service", True),
        ("pod ts-food-service-5d9c7b6f4d-x2x9z restarted", "ts-food-service", True),
        ("ts-food-service-mongo restarted", "ts-food-service", False),
        ("ts-station-food-service", "food-service", False),
        ("frontend-external answered", "frontend", False),
        ("on WORKER-02.", "worker-02", True),
        ("worker-021", "worker-02", False),
    ],
)
def test_names(text: str, name: str, *, expected: bool) -> None:
    assert names(text, name) is expected
