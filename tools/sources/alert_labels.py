"""What the labels of an alert say: whose it is, and how grave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_OWNERS = ("service", "app", "deployment", "container", "job")
"""Labels that name an alert's service, the most telling first."""
_GRAVITY = ("critical", "page", "high", "error", "major", "warning", "medium", "minor", "low", "info", "none")


def owner_of(labels: Mapping[str, str]) -> str:
    """Name the service that an alert is about; empty where no label does."""
    return next((found for key in _OWNERS if (found := labels.get(key))), "")


def gravest(severities: Iterable[str]) -> str:
    """Choose the gravest of severities as they are called usually; unknown ones come last."""
    told = [severity for severity in severities if severity]
    rank = {severity: place for place, severity in enumerate(_GRAVITY)}
    return min(told, key=lambda severity: rank.get(severity.lower(), len(rank)), default="")
