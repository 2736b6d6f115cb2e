"""Whether a count in one stretch of time is what another stretch let expect."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

_NEGLIGIBLE = 50.0
"""A term that is so many powers of e below the largest, and all further ones, add nothing to a sum."""
Novelty = Literal["new", "burst", "silent", "changed", "steady"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a pattern's incident count compares with its baseline, and the chance of it under one rate."""

    novelty: Novelty
    p_value: float
    ratio: float
    """Incident rate over baseline rate; inf where the baseline had none."""


def judge(
    before: int, after: int, seconds_before: float, seconds_after: float, *, alpha: float = 1e-4
) -> Verdict:
    """Compare two counts over two exposures; without exposure on one side everything is steady.

    Conditional test of two Poisson rates: given the total, the later count is binomial with the share of
    the later exposure (Przyborowski and Wilenski 1940); exact below 1000, normal with continuity correction
    above. Counts of logs are overdispersed, so a burst needs a rate of 1.5 as well as the p-value.
    """
    if seconds_before <= 0 or seconds_after <= 0 or before + after == 0:
        return Verdict("steady", 1.0, 1.0)
    share = seconds_after / (seconds_before + seconds_after)
    total = before + after
    ratio = math.inf if before == 0 else (after / seconds_after) / (before / seconds_before)
    rise = upper_tail(after, total, share)
    fall = upper_tail(before, total, 1 - share)
    if before == 0:
        return Verdict("new", rise, ratio)
    if rise < alpha and ratio >= 1.5:
        return Verdict("burst", rise, ratio)
    if after == 0 and fall < alpha:
        return Verdict("silent", fall, ratio)
    if fall < alpha and ratio <= 0.5:
        return Verdict("changed", fall, ratio)
    return Verdict("steady", min(1.0, 2 * min(rise, fall)), ratio)


def upper_tail(count: int, total: int, share: float) -> float:
    """P(X >= count) for X binomial(total, share)."""
    if count <= 0:
        return 1.0
    if total > 1000:
        spread = math.sqrt(total * share * (1 - share))
        return 0.5 * math.erfc((count - 0.5 - total * share) / (spread * math.sqrt(2)))
    log_share, log_rest = math.log(share), math.log1p(-share)
    log_total = math.lgamma(total + 1)

    def term(k: int) -> float:
        log_ways = log_total - math.lgamma(k + 1) - math.lgamma(total - k + 1)
        return log_ways + k * log_share + (total - k) * log_rest

    mode = max(count, min(total, int((total + 1) * share)))
    terms = [term(mode)]
    for side in (range(mode + 1, total + 1), range(mode - 1, count - 1, -1)):
        for k in side:
            terms.append(term(k))
            if terms[-1] < terms[0] - _NEGLIGIBLE:
                break
    top = max(terms)
    return min(1.0, math.exp(top) * math.fsum(math.exp(term - top) for term in terms))
