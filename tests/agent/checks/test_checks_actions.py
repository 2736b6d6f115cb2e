"""Action items in the layouts that people use."""

import pytest

from agent.checks import check_document
from agent.checks.concreteness import judge_action
from agent.checks.document import read_document
from agent.checks.items import read_entries

HEAD = "# Outage\n\n**Date**: 2026-03-03\n\n## Action items\n\n"
TABLE = "| What | DRI | ETA | Prio |\n|---|---|---|---|\n"


def _rules(markdown: str, head: str = HEAD) -> list[str]:
    return [
        item.rule
        for item in check_document(head + markdown + "\n")
        if item.rule[0] == "A" and item.level == "error"
    ]


@pytest.mark.parametrize(
    "item",
    [
        (
            "- [ ] Reject manifests without `limits` in CI (owner: @ana, due: 2026-04-01, P1, type: "
            "prevent, OPS-1, addresses F1)"
        ),
        (
            "- **P1 / prevent** Cap the retry queue at 500 entries. Owner: @ana. Due: 2026-04-01. "
            "Ticket: OPS-1. Factor: F1."
        ),
        (
            "- Cap the retry queue at 500 entries\n  - **Owner**: Queue team\n  - **Due**: "
            "2026-04-01\n  - **Priority**: high"
        ),
        "- Cap the retry queue at 500 entries, owner: Queue team, due 1 April 2026, priority: P2",
        "- [P1] Cap the retry queue at 500 entries \u2014 @ana, 2026-04-01",
        TABLE + "| Cap the retry queue at 500 entries | Queue team | 2026-04-01 | P2 |",
        (
            "| Owner | Task | Priority | Deadline |\n|---|---|---|---|\n| @ana | Cap the retry "
            "queue at 500 entries | SEV2 | 01.04.2026 |"
        ),
    ],
)
def test_complete_items_are_complete_in_every_layout(item: str) -> None:
    assert _rules(item) == []


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("| Cap the queue at 500 entries | | 2026-04-01 | P2 |", "A01"),
        ("| Cap the queue at 500 entries | Everyone | 2026-04-01 | P2 |", "A01"),
        ("| Cap the queue at 500 entries | someone from ops | 2026-04-01 | P2 |", "A01"),
        ("| Cap the queue at 500 entries | @ana | next sprint | P2 |", "A02"),
        ("| Cap the queue at 500 entries | @ana | TBD | P2 |", "A02"),
        ("| Cap the queue at 500 entries | @ana | 2026-02-30 | P2 |", "A02"),
        ("| Cap the queue at 500 entries | @ana | 2026-03-02 | P2 |", "A02"),
        ("| Cap the queue at 500 entries | @ana | 2026-04-01 | soonish |", "A03"),
        ("| Cap the queue at 500 entries | @ana | 2026-04-01 | - |", "A03"),
        ("| Better alerting | @ana | 2026-04-01 | P2 |", "A05"),
        ("| Monitor the situation closely | @ana | 2026-04-01 | P2 |", "A06"),
        ("| Remind the developers to test first | @ana | 2026-04-01 | P2 |", "A07"),
    ],
)
def test_each_defect_has_its_rule(row: str, rule: str) -> None:
    assert _rules(TABLE + row) == [rule]


def test_a_finding_stands_at_the_cell_it_is_about() -> None:
    found = [
        item
        for item in check_document(HEAD + TABLE + "| Cap it at 5 | Everyone | 2026-04-01 | P2 |\n")
        if item.level == "error"
    ]
    assert [(item.line, item.column, item.text) for item in found] == [(9, 17, "Everyone")]


def test_a_list_without_any_owner_gets_one_finding() -> None:
    assert _rules("- Add a probe to the proxy\n- Raise the limit to 4 GB\n") == ["A01"]
    assert _rules("- Raise the limit to 4 GB\n") == ["A01", "A02", "A03"]


def test_what_was_done_is_not_an_action_item() -> None:
    assert (
        _rules("- 10:02 restarted the proxy\n- 10:05 rolled back\n", head="# P\n\n## Actions taken\n\n") == []
    )
    assert _rules("None\n") == _rules("- None\n") == []


def test_finished_items_need_no_date() -> None:
    assert _rules("- [x] Cap the queue at 500 entries (owner: @ana)") == []


def test_missing_ticket_and_factor_are_notes() -> None:
    found = check_document(HEAD + "- [ ] Cap the queue at 500 entries (owner: @ana, due: 2026-04-01, P1)\n")
    assert {(item.rule, item.level) for item in found if item.rule[0] == "A"} == {
        ("A04", "info"),
        ("A08", "info"),
    }


def test_the_action_is_told_apart_from_its_fields() -> None:
    source = (
        HEAD
        + "- [ ] Split the `orders` topic (owner: Queue team, due: 2026-04-01, P1, type: prevent, OPS-7,"
        + " addresses F2)\n"
    )
    (entry,) = read_entries(read_document(source))
    assert entry.text == "Split the `orders` topic"
    assert entry.fields == {
        "owner": "Queue team",
        "due": "2026-04-01",
        "priority": "P1",
        "type": "prevent",
        "ticket": "OPS-7",
        "factor": "F2",
    }


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Reduce p99 latency of search from 900 ms to 400 ms", ""),
        ("Ensure that deletes without a filter are rejected; covered by `test_delete`", ""),
        ("Move the billing cron jobs to the shared scheduler", ""),
        ("Review the 14 alert rules of checkout and record the decision for each", ""),
        ("Improve resilience", "vague"),
        ("Look into caching", "vague"),
        ("Make the service more robust", "vague"),
        ("Fix the bug", "vague"),
        ("Consider another provider", "vague"),
        ("Clean up old dashboards when time permits", "open"),
        ("Continue monitoring the cluster", "open"),
    ],
)
def test_anchors_decide(text: str, verdict: str) -> None:
    assert judge_action(text) == verdict


def test_a_closing_checklist_is_no_list_of_action_items() -> None:
    text = "# P\n\n## Actions\n\n- [ ] Sections above are filled out\n- [ ] The ticket has been linked\n"
    assert [item.rule for item in check_document(text) if item.rule[0] == "A"] == []
    item = "# P\n\n## Actions\n\n- [ ] Cap the queue while the replica is behind\n"
    assert "A01" in [found.rule for found in check_document(item)]


def test_a_day_with_a_dot_starts_a_new_day_of_the_timeline() -> None:
    text = "# P\n\n## Timeline\n\n### 2018-04-18 12:35\n\n### 19:47\n\n### 19. April, 11:00\n\n### 11:07\n"
    assert [item.rule for item in check_document(text) if item.rule == "C02"] == []
