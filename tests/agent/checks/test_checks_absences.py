"""What a sentence may say on the strength of a search that found nothing."""

from __future__ import annotations

import pytest

from agent.checks.denial import asserted
from agent.checks.grounding import check_grounding
from agent.schema.evidence import Evidence, Pointer
from agent.schema.postmortem import Claim
from benchmarks.paraphrases import FOLDER, draft_of, read_case

DIGEST, HEADER = read_case(FOLDER / "boutique-4392eb.json")
SOUGHT = Evidence(
    id="N1",
    kind="N",
    statement='No recorded log line of paymentservice with "v9.9 by Bob broke checkout-gateway" (4 searched)',
    pointers=(Pointer(artifact="manifest.json", lines=(1, 9)),),
)
KNOWN = DIGEST.with_found((SOUGHT,))


def errors(text: str, *evidence: str, standing: str = "supported") -> set[str]:
    claim = Claim.model_validate({"text": text, "evidence": evidence, "standing": standing})
    found = check_grounding(draft_of(claim, HEADER), KNOWN)
    return {item.rule for item in found if item.level == "error"}


@pytest.mark.parametrize(
    "text",
    [
        "No log line of paymentservice tells of v9.9.",
        "A log line of paymentservice about v9.9 was not recorded.",
        "In the log of paymentservice no line was recorded.",
        "paymentservice recorded no log line.",
        "The paymentservice pod wrote no line about v9.9.",
    ],
)
def test_a_denial_may_stand_on_a_search_without_a_result(text: str) -> None:
    assert errors(text, "N1") == set()


def test_a_denial_beside_what_other_evidence_shows_is_carried() -> None:
    told = "An alert fired for worker-02, and no log line of paymentservice was recorded."
    assert errors(told, "A1", "N1") == set()


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("The release v9.9 of paymentservice broke checkout-gateway.", ("N1",)),
        ("The release v9.9 of paymentservice broke checkout-gateway.", ("A1", "N1")),
        ("Release v9.9 broke checkout-gateway, and no log line was recorded.", ("A1", "N1")),
        ("Release v9.9 broke checkout-gateway without a log line.", ("A1", "N1")),
        ("The new release v9.9 logged no line.", ("N1",)),
    ],
)
def test_what_was_looked_for_carries_no_assertion(text: str, evidence: tuple[str, ...]) -> None:
    assert errors(text, *evidence) & {"G02", "G04", "G08"}


def test_only_what_no_denial_covers_is_asserted() -> None:
    told = asserted("The node was slow; no packet loss was recorded, and its cause is not established")
    assert (told.clauses, told.leads) == ("The node was slow", "")
    assert asserted("Two pods restarted without a record").leads == "Two pods restarted"
