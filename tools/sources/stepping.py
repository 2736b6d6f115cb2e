"""Steps of range queries: how far apart samples are, and how a long window is cut."""

from __future__ import annotations

import math
from datetime import timedelta

from tools.sources.source import Span

MAX_POINTS = 11_000
"""Samples per series that Prometheus gives in one answer; it refuses to give more."""
_STEPS = (15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400)
_POINTS = 500
"""Samples per series that we ask for where nobody says a step."""


def step_for(window: Span) -> float:
    """Seconds between samples so that a window has about five hundred."""
    wanted = (window.end - window.start).total_seconds() / _POINTS
    return next((step for step in _STEPS if step >= wanted), math.ceil(wanted / 86400) * 86400)


def pieces(window: Span, step: float) -> list[Span]:
    """Cut a window into stretches of at most 11,000 samples that do not overlap."""
    found: list[Span] = []
    length = timedelta(seconds=step)
    start = window.start
    while start <= window.end:
        end = min(start + length * (MAX_POINTS - 1), window.end)
        found.append(Span(start, end))
        start = end + length if end < window.end else window.end + length
    return found


def span_params(window: Span) -> list[tuple[str, str]]:
    """Write a window as the API takes it."""
    return [("start", f"{window.start.timestamp():.3f}"), ("end", f"{window.end.timestamp():.3f}")]
