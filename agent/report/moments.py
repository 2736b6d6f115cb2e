"""Times and spans as the report prints them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def format_moment(time: datetime) -> str:
    """Write a time in UTC as `2026-01-31 14:05:09`; `restore` brings its fraction back."""
    return time.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat(sep=" ")


def restore(shown: datetime, known: datetime | None) -> datetime:
    """Give back the known time where it is shown so, else the time that somebody wrote."""
    return known if known is not None and known.replace(microsecond=0) == shown else shown


def format_span(span: timedelta) -> str:
    """Write a span in its two largest units, such as `1 h 5 min` or `4 min 12 s`."""
    seconds = round(span.total_seconds())
    if seconds < 0:
        return "-" + format_span(-span)
    units = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
    parts: list[tuple[int, str]] = []
    for name, size in units:
        count, seconds = divmod(seconds, size)
        parts.append((count, name))
    first = next((index for index, (count, _) in enumerate(parts) if count), len(parts) - 1)
    return " ".join(f"{count} {name}" for count, name in parts[first : first + 2] if count) or "0 s"


def read_moment(text: str, *, day: datetime | None = None) -> datetime:
    """Read what `format_moment` writes; a time of day alone counts on `day`. Raise ValueError."""
    cleaned = text.strip().removesuffix("UTC").strip()
    if day is not None and len(cleaned) <= len("HH:MM:SS.ffffff") and "-" not in cleaned:
        cleaned = f"{day.astimezone(UTC):%Y-%m-%d} {cleaned}"
    time = datetime.fromisoformat(cleaned)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
