"""The digest within a number of tokens: by rank, nothing cited is lost, what is cut is counted."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent import fitting
from agent.digest import engine
from agent.schema.digest import Digest
from tests.agent.digest.digest_bundles import folder, incident


@pytest.fixture(scope="module")
def digest(tmp_path_factory: pytest.TempPathFactory) -> Digest:
    bundle = folder("probe", tmp_path_factory.mktemp("home")).bundle()
    assert bundle is not None
    return engine.digest(bundle, incident("probe"))


FORM = fitting.Form(
    evidence=lambda item: f"{item.statement} | {item.quote}",
    rest=lambda digest: "\n".join([*(fact.text for fact in digest.facts), *digest.notes]),
    tokens=lambda text: len(text) // 4 + 1,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.integers(1, fitting.MOST))
def test_what_is_kept_and_what_is_cut_add_up(digest: Digest, most: int) -> None:
    fitted = fitting.fit(digest, most, FORM)
    kept = [item.id for item in fitted.digest.evidence]
    assert len(kept) + sum(fitted.cut.values()) == len(digest.evidence)
    assert kept == [item.id for item in digest.evidence if item.id in set(kept)]
    cited = {name for suspect in fitted.digest.suspects for name in suspect.evidence}
    cited |= {name for fact in fitted.digest.facts for name in fact.evidence}
    assert cited <= set(kept)
    assert fitted.tokens <= most or not kept


def test_more_tokens_never_keep_less(digest: Digest) -> None:
    sizes = [len(fitting.fit(digest, most, FORM).digest.evidence) for most in (500, 2000, 8000, 30_000)]
    assert sizes == sorted(sizes)
    assert sizes[-1] > sizes[0]


def test_what_was_cut_is_said(digest: Digest) -> None:
    fitted = fitting.fit(digest, 500, FORM)
    assert fitted.cut
    assert fitted.digest.notes[-1].startswith(f"{sum(fitted.cut.values())} pieces of evidence of low rank")


def test_what_fits_is_left_as_it_is(digest: Digest) -> None:
    assert fitting.fit(digest, fitting.MOST, FORM).digest == digest


def test_what_looks_found_stays(digest: Digest) -> None:
    minted = digest.evidence[-1].model_copy(update={"id": "K999"})
    assert fitting.fit(digest.with_found((minted,)), 1, FORM).digest.evidence == (minted,)


@pytest.mark.parametrize("most", [0, -1, fitting.MOST + 1])
def test_a_budget_out_of_range_is_refused(digest: Digest, most: int) -> None:
    with pytest.raises(ValueError, match="tokens"):
        fitting.fit(digest, most, FORM)
