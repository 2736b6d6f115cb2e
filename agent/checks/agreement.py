"""Whether a number or duration as written stands for a value."""

from __future__ import annotations

from datetime import datetime

from agent.checks.quantity import Bound, Quantity, Span


def close(wanted: Quantity, value: float) -> bool:
    """Tell whether a number as written stands for a value, by its rounding and its bound."""
    return bounded(wanted.base, value, wanted.slack, wanted.bound)


def within(wanted: Span, seconds: float, slack: float) -> bool:
    """Tell whether a duration as written stands for so many seconds."""
    return bounded(wanted.seconds, seconds, slack, wanted.bound)


def lies_between(wanted: Span, first: datetime, last: datetime) -> bool:
    """Tell whether a duration as written is the time between two moments, with or without fractions."""
    slack = wanted.slack * (1 - 1e-6)
    whole = last.replace(microsecond=0) - first.replace(microsecond=0)
    return any(within(wanted, abs(gap.total_seconds()), slack) for gap in (last - first, whole))


def bounded(stated: float, value: float, slack: float, bound: Bound) -> bool:
    """Tell whether a value fits; a bound must not be so far away that it says nothing."""
    if abs(value - stated) <= slack:
        return True
    if bound == "most":
        return stated * 0.5 <= value <= stated
    return bound == "least" and stated <= value <= stated * 2


def same_role(wanted: Quantity, found: Quantity) -> bool:
    """Tell whether two numbers count the same thing: one kind, and the same word after or before them."""
    if wanted.kind != found.kind and "" not in {wanted.kind, found.kind}:
        return False
    after = bool(wanted.counts) and wanted.counts == found.counts
    return after or (not wanted.counts and bool(wanted.leads) and wanted.leads == found.leads)


def agree(wanted: Quantity, found: Quantity) -> bool:
    """Tell whether two numbers can be the same one: comparable kinds, values within rounding."""
    slack = wanted.slack
    kinds = {wanted.kind, found.kind}
    if len(kinds) == 1 or kinds <= {"", "count", "times"} or kinds == {"times", "ratio"}:
        return bounded(wanted.base, found.base, slack, wanted.bound)
    if not found.kind or not wanted.kind:
        scale = wanted.base / wanted.value if wanted.value else 1.0
        if found.spelled or wanted.spelled:
            return False
        if not found.kind and wanted.kind == "percent":
            return not found.weak and abs(wanted.value - found.value) <= slack
        return not wanted.kind and abs(wanted.value - found.value) <= slack / scale
    return False
