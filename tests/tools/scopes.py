"""Scopes that sources are asked for in tests."""

from __future__ import annotations

from datetime import UTC, datetime

from tools.sources.source import Deadline, Scope, Selector, Span

WINDOW = Span(datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 3, 1, 13, tzinfo=UTC))
ANY = Scope(window=None, selector=Selector(), deadline=Deadline(3600))


def scope(
    *services: str,
    namespaces: tuple[str, ...] = (),
    window: Span | None = WINDOW,
    seconds: float = 20,
) -> Scope:
    """Ask for services within an hour, with twenty seconds to do so."""
    return Scope(window, Selector(services, namespaces), Deadline(seconds))
