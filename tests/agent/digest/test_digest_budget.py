"""The digest within a number of tokens: by rank, nothing cited is lost, what is cut is counted."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.digest import budget, engine
from agent.schema.digest import Digest
from tests.agent.digest.digest_bundles import folder, incident


@pytest.fixture(scope="module")
def digest(tmp_path_factory: pytest.TempPathFactory) -> Digest:
    bundle = folder("probe", tmp_path_factory.mktemp("home")).bundle()
    assert bundle is not None
    return engine.digest(bundle, incident("probe"))


def words(text: str) -> int:
    return len(text) // 4 + 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.integers(1, budget.MOST))
def test_what_is_kept_and_what_is_cut_add_up(digest: Digest, most: int) -> None:
    fitted = budget.fit(digest, most, tokens=words)
    kept = [item.id for item in fitted.digest.evidence]
    assert len(kept) + sum(fitted.cut.values()) == len(digest.evidence)
    assert kept == [item.id for item in digest.evidence if item.id in set(kept)]
    cited = {name for suspect in fitted.digest.suspects for name in suspect.evidence}
    cited |= {name for fact in fitted.digest.facts for name in fact.evidence}
    assert cited <= set(kept)
    assert fitted.tokens <= max(most, words(budget.head(digest)))


def test_more_tokens_never_keep_less(digest: Digest) -> None:
    sizes = [
        len(budget.fit(digest, most, tokens=words).digest.evidence) for most in (500, 2000, 8000, 30_000)
    ]
    assert sizes == sorted(sizes)
    assert sizes[-1] > sizes[0]


def test_what_was_cut_is_said(digest: Digest) -> None:
    fitted = budget.fit(digest, 500, tokens=words)
    assert fitted.digest.notes[-1].startswith(f"{sum(fitted.cut.values())} pieces of evidence of low rank")


@pytest.mark.parametrize("most", [0, -1, budget.MOST + 1])
def test_a_budget_out_of_range_is_refused(digest: Digest, most: int) -> None:
    with pytest.raises(ValueError, match="tokens"):
        budget.fit(digest, most, tokens=words)
