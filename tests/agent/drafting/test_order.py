"""Factors are in the order of the digest's suspects; patterns order what the digest does not tell apart."""

from __future__ import annotations

import pytest

from agent.drafting.factors import factors, ranked
from agent.schema.digest import Digest

from .conftest import Making


def two_in_trouble(make: Making, first: float, second: float) -> Digest:
    """One service refuses a login, another has its image missing; the digest scores both."""
    made = make.digest(
        make.item(
            "L1", "ledger logged 'Access denied for user 'l'@'10.0.0.1'' 26 times (new)", service="ledger",
            at="2026-03-12T12:34:52Z", salience=0.9, level="error", novelty="new",
            quote="java.sql.SQLException: Access denied for user 'l'@'10.0.0.1' (using password: YES)",
        ),
        make.item(
            "K1", "cart was in ImagePullBackOff", service="cart", source="event", reason="ImagePullBackOff",
            type="Warning", object_kind="Pod", at="2026-03-12T12:34:50Z", salience=0.8,
            message='Back-off pulling image "registry/cart:9.9"',
        ),
        suspects=(make.suspect("ledger", "L1"), make.suspect("cart", "K1")),
        onset="2026-03-12T12:34:50Z",
    )  # fmt: skip
    scored = zip(made.suspects, (first, second), strict=True)
    found = sorted((s.model_copy(update={"score": score}) for s, score in scored), key=lambda s: -s.score)
    return made.model_copy(update={"suspects": tuple(found)})


@pytest.mark.parametrize("scores", [(2.0, 1.0), (1.0, 2.0), (3.0, 0.3), (0.3, 3.0)])
def test_what_the_digest_tells_apart_is_ordered_alike(make: Making, scores: tuple[float, float]) -> None:
    digest = two_in_trouble(make, *scores)
    found = [factor.component for factor in factors(digest, ranked(digest))]
    suspected = [suspect.component for suspect in digest.suspects]
    assert found[0] == suspected[0]
    named = [name for name in dict.fromkeys(found) if name in suspected]
    assert named == suspected[: len(named)]


def test_what_is_about_alike_is_ordered_by_the_patterns(make: Making) -> None:
    one = [item.match.component for item in ranked(two_in_trouble(make, 1.1, 1.0))]
    other = [item.match.component for item in ranked(two_in_trouble(make, 1.0, 1.1))]
    assert one[0] == other[0]
