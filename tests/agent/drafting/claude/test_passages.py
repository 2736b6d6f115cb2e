"""Rewrites are put in the places that findings name, and the draft stays one that can be read again."""

from __future__ import annotations

from agent.drafting.claude.passages import rewritten
from agent.schema.postmortem import Claim, PostMortem, Why

from ..conftest import Making
from ..digests import credentials


def test_a_why_that_is_reworded_by_a_fact_alone_can_be_read_again() -> None:
    make = Making()
    draft = make.draft(make.brief(credentials(make)))
    cited = draft.factors[0].claim.evidence
    link = Why(question="Why?", answer="It was broken.", evidence=cited, basis="evidenced")
    factor = draft.factors[0].model_copy(update={"whys": (link,)})
    draft = draft.model_copy(update={"factors": (factor, *draft.factors[1:])})
    new = Claim(text="The trouble began at the onset.", facts=("started",), standing="supported")
    changed = rewritten(draft, {f"factors.{factor.id}.whys.1": new}, frozenset())
    again = PostMortem.model_validate_json(changed.model_dump_json())
    assert again.factors[0].whys == (link.model_copy(update={"answer": new.text}),)
