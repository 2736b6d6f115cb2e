"""A metric around the incident as a small inline SVG; drawn from the numbers that it is given."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from agent.report.fragments import text
from agent.report.moments import format_moment

_WIDTH, _HEIGHT = 720, 168
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 12, 12, 24
_MOST_POINTS = 600


@dataclass(frozen=True, slots=True)
class Plot:
    """The samples of one series around an incident. Times are epoch seconds, ascending; values may be nan."""

    times: tuple[float, ...]
    values: tuple[float, ...]
    unit: str = ""
    onset: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Scale:
    first: float
    last: float
    low: float
    high: float

    def x(self, time: float) -> float:
        share = (time - self.first) / (self.last - self.first)
        return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 1)


def render_plot(plot: Plot, *, title: str, identity: str) -> str:
    """Draw a series with its onset and end; empty where fewer than two samples are numbers.

    `identity` makes the ids of title and description unique within the page.
    """
    points = [(t, v) for t, v in zip(plot.times, plot.values, strict=True) if math.isfinite(v)]
    if len(points) < 2 or points[0][0] == points[-1][0]:
        return ""
    scale = _scale(points)
    lines = "".join(f'<polyline class="line" points="{run}"/>' for run in _runs(plot, scale))
    label = (
        f'<svg class="plot" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-labelledby="{identity}-title {identity}-desc">'
        f'<title id="{identity}-title">{text(title)}</title>'
        f'<desc id="{identity}-desc">{text(_describe(plot, points))}</desc>'
    )
    return label + _marks(plot, scale) + _axes(plot, scale) + lines + "</svg>"


def _scale(points: Sequence[tuple[float, float]]) -> _Scale:
    low, high = min(v for _, v in points), max(v for _, v in points)
    if low > 0 and low < 0.5 * high:
        low = 0.0
    room = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    return _Scale(points[0][0], points[-1][0], low if low == 0 else low - room, high + room)


def _runs(plot: Plot, scale: _Scale) -> Iterator[str]:
    """Yield the coordinates of each stretch without a missing value."""
    points = _thinned(list(zip(plot.times, plot.values, strict=True)))
    for finite, group in groupby(points, key=lambda point: math.isfinite(point[1])):
        if finite:
            coordinates = [f"{scale.x(time)},{scale.y(value)}" for time, value in group]
            yield " ".join(coordinates if len(coordinates) > 1 else coordinates * 2)


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Keep the lowest and highest sample of each bucket, so that no spike is lost."""
    size = math.ceil(len(points) / (_MOST_POINTS / 2))
    if size <= 2:
        return points
    kept: list[tuple[float, float]] = []
    for start in range(0, len(points), size):
        bucket = points[start : start + size]
        numbers = [point for point in bucket if math.isfinite(point[1])]
        if len(numbers) < len(bucket):
            kept += bucket[:1] if not numbers else bucket
            continue
        extremes = {
            min(numbers, key=lambda point: point[1]),
            max(numbers, key=lambda point: point[1]),
        }
        kept += sorted(extremes)
    return kept


def _marks(plot: Plot, scale: _Scale) -> str:
    onset, end = (_within(moment.timestamp(), scale) if moment else None for moment in (plot.onset, plot.end))
    parts: list[str] = []
    bottom = _HEIGHT - _BOTTOM
    if onset is not None:
        right = end if end is not None else scale.x(scale.last)
        parts.append(
            f'<rect class="during" x="{onset}" y="{_TOP}" width="{max(0.0, round(right - onset, 1))}" '
            f'height="{bottom - _TOP}"/>'
        )
    close = onset is not None and end is not None and end - onset < 48
    for name, position, row in (("onset", onset, 0), ("end", end, int(close))):
        if position is not None:
            parts.append(f'<path class="{name}" d="M{position} {_TOP}V{bottom}"/>')
            anchor = "end" if position > _WIDTH - 80 else "start"
            shift = -4 if anchor == "end" else 4
            parts.append(_label(position + shift, _TOP + 10 + 13 * row, anchor, name))
    return "".join(parts)


def _axes(plot: Plot, scale: _Scale) -> str:
    bottom = _HEIGHT - _BOTTOM
    parts = [f'<path class="axis" d="M{_LEFT} {_TOP}V{bottom}H{_WIDTH - _RIGHT}"/>']
    for value in (scale.low, (scale.low + scale.high) / 2, scale.high):
        y = scale.y(value)
        parts.append(f'<path class="grid" d="M{_LEFT} {y}H{_WIDTH - _RIGHT}"/>')
        parts.append(_label(_LEFT - 6, y + 3, "end", f"{_number(value)} {plot.unit}".strip()))
    clock = "%H:%M:%S" if scale.last - scale.first < 600 else "%H:%M"
    clock = "%d %b %H:%M" if scale.last - scale.first > 86400 else clock
    for share, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end")):
        moment = scale.first + share * (scale.last - scale.first)
        stamp = datetime.fromtimestamp(moment, UTC).strftime(clock)
        parts.append(_label(scale.x(moment), _HEIGHT - 8, anchor, stamp))
    return "".join(parts)


def _label(x: float, y: float, anchor: str, words: str) -> str:
    return f'<text class="label" x="{x}" y="{y}" text-anchor="{anchor}">{text(words)}</text>'


def _within(time: float, scale: _Scale) -> float | None:
    return scale.x(time) if scale.first <= time <= scale.last else None


def _describe(plot: Plot, points: Sequence[tuple[float, float]]) -> str:
    low, high = min(points, key=lambda p: p[1]), max(points, key=lambda p: p[1])
    unit = f" {plot.unit}" if plot.unit else ""
    parts = [
        f"{len(points)} samples from {_when(points[0][0])} to {_when(points[-1][0])} UTC",
        f"lowest {_number(low[1])}{unit} at {_when(low[0])}",
        f"highest {_number(high[1])}{unit} at {_when(high[0])}",
    ]
    parts += [f"onset at {format_moment(plot.onset)}"] if plot.onset else []
    parts += [f"end at {format_moment(plot.end)}"] if plot.end else []
    return "; ".join(parts) + "."


def _when(time: float) -> str:
    return format_moment(datetime.fromtimestamp(round(time), UTC))


def _number(value: float) -> str:
    for size, suffix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / (1e3 if suffix == 'k' else size):.3g}{suffix}"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
