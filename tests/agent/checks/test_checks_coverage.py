"""What the items of a document cover together, as notes; details of an item are no items."""

from agent.checks import check_document
from agent.checks.coverage import control_strength
from agent.checks.report import Report

ITEM = "- {} (owner: Storage team, due: 2026-04-01, priority: {}, type: {}, factor: {})\n"


def _check(*items: tuple[str, str, str, str]) -> list[Report]:
    head = "# P\n\n**Date**: 2026-03-03\n\n## Contributing factors\n\n- F1: no limit\n- F2: no alert\n\n"
    text = head + "## Action items\n\n" + "".join(ITEM.format(*item) for item in items)
    return [item for item in check_document(text) if item.rule == "A11"]


def test_a_list_that_covers_the_incident_gets_no_note() -> None:
    found = _check(
        ("Cap the queue at 500 jobs", "P1", "prevent", "F1"),
        ("Alert at 400 jobs", "P2", "detect", "F2"),
    )
    assert found == []


def test_gaps_are_notes_at_the_first_item() -> None:
    found = _check(
        ("Document the cap in `cap.md`", "P1", "process", "F1"),
        ("Train both shifts on 3 restores", "P1", "process", "F1"),
        ("Train both shifts on 3 restores", "P1", "process", "F1"),
    )
    messages = " ".join(item.message for item in found)
    assert {item.level for item in found} == {"info"}
    assert {item.line for item in found} == {12}
    for part in (
        "addresses F2",
        "meant to prevent",
        "meant to detect",
        "priority P1",
        "weak",
        "3 times|2 times",
    ):
        assert any(piece in messages for piece in part.split("|")), part


def test_strength_of_control() -> None:
    assert control_strength("Reject plans that delete more than five records") == "strong"
    assert control_strength("Alert when the queue holds 400 jobs") == "intermediate"
    assert control_strength("Update the runbook for failovers") == "weak"


def test_a_list_behind_an_item_that_ends_with_a_colon_holds_its_details() -> None:
    text = (
        "# P\n\n## Planned actions\n\n1.  **Deeper monitoring**\n    We add alerts around:\n\n"
        "-   Disk reads\n-   Table statistics\n\n2.  **Better runbooks**\n    We write them.\n"
    )
    found = [item for item in check_document(text) if item.rule == "A01"]
    assert [(item.line, item.message) for item in found] == [
        (5, "none of the 2 action items has an owner, a due date or a priority")
    ]
