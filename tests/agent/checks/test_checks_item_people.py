"""Action items that teach, remind or exhort, and whom they are done to."""

from __future__ import annotations

import pytest

from agent.checks import check_document
from agent.checks.coaching import exhorts, is_public, learner_of
from agent.checks.recipient import Recipient, recipient_of

HEAD = "# Outage\n\n**Date**: 2026-03-03\n\n## Action items\n\n"


def _errors(text: str) -> list[str]:
    item = f"1. {text}\n   - Owner: Rail desk\n   - Due: 2026-05-05\n   - Priority: P2\n"
    found = check_document(f"{HEAD}{item}")
    return sorted(one.rule for one in found if one.rule[0] == "A" and one.level == "error")


@pytest.mark.parametrize(
    "text",
    [
        "Bob to get training",
        "Get Agnieszka trained on the crane console",
        "Enrol Kwabena in the safe-lifting course",
        "One-to-one coaching for Ludwika on seat map exports",
        "Additional training for the nurse who set the rate",
        "Priya needs training on Terraform",
        "Hanneke to be coached on the panel by the shift lead",
        "Refresher for the night crew on lockout",
        "Remind Dorota to release seat locks",
        "Night shift to be reminded of the alarm procedure",
        "All planners to concentrate harder in the last hour of the shift",
        "Everyone double-checks the batch number from now on",
        "Insist that nurses read the pop-up before confirming",
        "Stress to the couriers once more that ice boxes stay closed",
        "All zone editors must sign the policy again",
        "Tell Fatima to check twice",
        "Speak to the driver about attention at level crossings",
        "Make the responsible planner explain the mistake in the all-hands",
        "Withhold the on-call allowance of the technician for February",
    ],
)
def test_what_is_done_to_people_is_punitive(text: str) -> None:
    assert _errors(text) == ["A07"]


@pytest.mark.parametrize(
    "text",
    [
        "Train all 40 dispatchers of the night desk on the paper fallback with the checklist PF-2",
        "Train on-call engineers on the failover runbook with a drill in staging",
        "Train Legal on the new notice form",
        "Train Dispatch on the new radio and time the hand-over",
        "Retrain Mistral on the August sample",
        "Train Atlas on the storm weeks and compare it with the old one",
        "Teach the operator console to refuse two routes",
        "Coach travellers through re-pairing the door card in the app: three screens with pictures",
        "Remind tenants automatically 14 days before a meter certificate expires",
        "Remind guests by text message of the check-out time when their card is still active",
        "Tell operators on screen that the valve is shut",
        "Tell the proxy to never retry a POST",
        "Give Priya access to the training cluster",
        "Let ops double-check the totals before each payout run",
        "Concentrate the writes of both shards on one node",
        "Make the planner explain its choice in the log",
        "Operators confirm each valve in pairs; the DCS asks for both badges",
    ],
)
def test_what_a_team_a_model_or_the_public_learns_is_not(text: str) -> None:
    assert _errors(text) == []


@pytest.mark.parametrize(
    "text", ["Train the team", "Train the team on Kubernetes", "Work more closely with Facilities"]
)
def test_a_team_taught_nothing_in_particular_is_vague(text: str) -> None:
    assert _errors(text) == ["A05"]


@pytest.mark.parametrize(
    ("text", "humans_only", "expected"),
    [
        ("Teodor on the sluice gate", False, "person"),
        ("Ludwika", False, "person"),
        ("K. van der Berg on the tool", False, "person"),
        ("the nurse who set the rate", False, "person"),
        ("the driver about attention", True, "person"),
        ("the driver about attention", False, "system"),
        ("all 40 dispatchers of the night desk", False, "group"),
        ("on-call engineers on the failover", False, "group"),
        ("Operations on the new console", False, "group"),
        ("Dispatch on the new radio", False, "group"),
        ("travellers through the door", False, "public"),
        ("customers that the portal closes", False, "public"),
        ("the ranker on new rows", False, "system"),
        ("", True, ""),
    ],
)
def test_recipients_are_told_apart(text: str, *, humans_only: bool, expected: Recipient) -> None:
    assert recipient_of(text, humans_only=humans_only) == expected


def test_the_three_questions_are_independent() -> None:
    assert (learner_of("Train the team"), exhorts("Train the team"), is_public("Train the team")) == (
        "group",
        False,
        False,
    )
    assert learner_of("Cap the queue at 500") == ""
    assert exhorts("Be more careful when closing valves")
    assert is_public("Remind customers of the new tariff")
