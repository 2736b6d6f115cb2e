"""Where action items stand: headings of groups, shared fields, lists in lists, what is set aside."""

from __future__ import annotations

import pytest

from agent.checks import check_document
from agent.checks.concreteness import judge_action
from agent.checks.document import read_document
from agent.checks.entry import is_ticked
from agent.checks.field_values import known_value
from agent.checks.item_groups import shared_fields
from agent.checks.items import read_entries
from agent.checks.owner import unusable_owner
from agent.checks.sections import is_set_aside, section_of

HEAD = "# Outage\n\n**Date**: 2026-03-03\n\n## Action items\n\n"
DETAILS = ("owner", "due", "priority")


def _fields(markdown: str) -> list[tuple[str, ...]]:
    entries = read_entries(read_document(f"{HEAD}{markdown}\n"))
    return [tuple(entry.fields.get(name, "") for name in DETAILS) for entry in entries]


def _texts(document: str) -> list[str]:
    return [entry.text for entry in read_entries(read_document(document))]


def _errors(markdown: str) -> list[tuple[str, str]]:
    found = check_document(f"{HEAD}{markdown}\n")
    return [(one.rule, one.message) for one in found if one.rule[0] == "A" and one.level == "error"]


@pytest.mark.parametrize(
    "markdown",
    [
        "### Owner: Rail desk\n\n- Cap the queue at 500 (due 2026-05-01, P1)",
        "### Rail desk\n\n- Cap the queue at 500 (due 2026-05-01, P1)",
        "### P1\n\n- Cap the queue at 500 (due 2026-05-01, owner: Rail desk)",
        "**P1**\n\n- Cap the queue at 500 (due 2026-05-01, owner: Rail desk)",
        "### P1 actions\n\n| Do | Owner | Due |\n|---|---|---|\n| Cap the queue | Rail desk | 2026-05-01 |",
        "- Cap the queue at 500 (due 2026-05-01, P1)\n\nOwner of all items: Rail desk.",
        "All items are owned by Rail desk.\n\n- Cap the queue at 500 (due 2026-05-01, P1)",
        "### Soon (due: 2026-05-01)\n\n- Cap the queue at 500 (owner: Rail desk, P1)",
        "- P1\n  - Cap the queue at 500 (due 2026-05-01, owner: Rail desk)",
        "- Owner: Rail desk\n  - Cap the queue at 500. Due: 2026-05-01. Priority: P1.",
        "- Rail desk:\n  - Cap the queue at 500 (due 2026-05-01, P1)",
    ],
)
def test_a_heading_or_parent_shares_its_fields_with_the_items_below(markdown: str) -> None:
    assert _fields(markdown) == [("Rail desk", "2026-05-01", "P1")]


def test_an_items_own_field_counts_before_that_of_its_heading() -> None:
    markdown = "### P1\n\n- Cap the queue at 500 (owner: Rail desk, P3)\n\n### P2\n\n- Log it (owner: Ana)"
    assert [fields[2] for fields in _fields(markdown)] == ["P3", "P2"]


def test_a_rank_over_a_bare_list_leaves_it_bare() -> None:
    errors = _errors("### P1\n\n- Cap the queue at 500\n- Remove the old flag")
    assert errors == [("A01", "none of the 2 action items has an owner, a due date or a priority")]


@pytest.mark.parametrize("heading", ["Process improvements", "Detection", "Mitigation"])
def test_items_below_a_kind_of_items_are_read(heading: str) -> None:
    assert _texts(f"{HEAD}### {heading}\n\n- Cap the queue at 500\n") == ["Cap the queue at 500"]


def test_items_below_a_label_in_a_list_are_read() -> None:
    text = (
        "# Incident\n\n- **End**: 10:40\n- **Review actions**:\n  - Cap the bus at 500\n  - Log each drop\n"
    )
    assert _texts(text) == ["Cap the bus at 500", "Log each drop"]


@pytest.mark.parametrize(
    "heading", ["Out of scope", "Things we decided not to do", "Rejected ideas", "Non-goals"]
)
def test_what_is_set_aside_is_no_item(heading: str) -> None:
    assert is_set_aside(heading)
    assert _texts(f"{HEAD}- Log each drop\n\n### {heading}\n\n- A second gateway for the portal\n") == [
        "Log each drop"
    ]


@pytest.mark.parametrize("heading", ["Alert on rejected messages", "Declined payments are retried"])
def test_a_title_with_such_a_word_is_an_item_still(heading: str) -> None:
    assert not is_set_aside(heading)


def test_an_after_action_report_opens_no_action_items() -> None:
    assert section_of("After-action report") == "other"
    assert section_of("Actions") == "action"


def test_what_no_item_of_a_list_has_is_reported_once() -> None:
    rows = "| Action | Owner |\n|---|---|\n| Cap the queue at 500 | Rail desk |\n| Log each drop | Ana |"
    assert _errors(rows) == [
        ("A02", "none of the 2 open action items has a due date"),
        ("A03", "none of the 2 open action items has a priority"),
    ]
    one = "- Log each drop (owner: Ana, due: 2026-05-01, P1)\n- Cap the queue at 500 (owner: Ana, P1)"
    assert _errors(one) == [("A02", "action item has no due date")]


@pytest.mark.parametrize(
    ("headers", "cells"),
    [
        ("Initiative | In the hands of | Finish line | Weight", "{0} | duty-tools | 15 May 2026 | High"),
        ("What we will change | Answerable | Not later than | Rank", "{0} | Marlies V. | 15 May 2026 | P1"),
        (
            "Recommendation | Accepted by | Implementation date | Risk rating",
            "{0} | Airfield IT | 15 May 2026 | High",
        ),
        ("Key | Summary | Assignee | Priority | Due", "AB-1 | {0} | b.ach | Major | 15/May/26"),
    ],
)
def test_odd_headings_of_a_table_are_understood(headers: str, cells: str) -> None:
    rule = "|".join("---" for _ in headers.split("|"))
    row = cells.format("Cap the queue at 500 entries")
    assert _errors(f"| {headers} |\n|{rule}|\n| {row} |") == []


def test_an_id_a_state_or_a_place_is_no_owner() -> None:
    table = "| Key | Summary | Site | Status | Priority | Due |\n|---|---|---|---|---|---|\n"
    row = "| AB-1 | Cap the queue at 500 | Hall 3 | Open | P1 | 2026-05-05 |"
    assert [rule for rule, _ in _errors(table + row)] == ["A01"]


def test_rows_that_title_or_sum_up_are_no_items() -> None:
    rows = "| Action | Owner | Due | Priority |\n|---|---|---|---|\n| **Prevention** | | | |\n"
    rows += "| Cap the queue at 500 | Ana | 2026-05-05 | P1 |\n| Total | | | |"
    assert _fields(rows) == [("Ana", "2026-05-05", "P1")]


@pytest.mark.parametrize(
    "owner",
    ["us all", "somebody", "the usual people", "Rail or Road", "TBD", "Ana?", "a volunteer", "All Shifts"],
)
def test_nobody_in_particular_is_no_owner(owner: str) -> None:
    assert unusable_owner(owner)


@pytest.mark.parametrize(
    "owner",
    [
        "open-data guild",
        "Any-Cast Networks",
        "All Saints IT",
        "OR nurses",
        "A shift",
        "Pending Claims",
        "US Ops",
    ],
)
def test_a_name_that_begins_like_a_crowd_is_an_owner(owner: str) -> None:
    assert not unusable_owner(owner)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("P1/prevent", "priority"),
        ("detect / high", "priority"),
        ("P1/P2", None),
        ("web/api", None),
    ],
)
def test_a_rank_and_a_type_in_one_piece(text: str, fields: str | None) -> None:
    found = known_value(text)
    assert (found and found[0]) == fields


@pytest.mark.parametrize(
    ("heading", "shared"),
    [
        ("P1", {"priority": "P1"}),
        ("**High priority actions**", {"priority": "High priority"}),
        ("Rail team", {"owner": "Rail team"}),
        ("Technical improvements", {}),
        ("Long term (Q4 2026)", {}),
        ("Cap the queue at 500", {}),
    ],
)
def test_what_a_heading_shares(heading: str, shared: dict[str, str]) -> None:
    assert shared_fields(heading) == shared


@pytest.mark.parametrize(
    "text",
    [
        "Investigate 502 errors on `api-2`",
        "Look into the 3 am spikes",
        "Consider moving to Postgres 16",
        "Improve monitoring of disk usage on `db-17`",
        "Engage with suppliers on quality",
        "Prepare better for the next election night",
    ],
)
def test_a_name_or_number_alone_ends_no_inquiry(text: str) -> None:
    assert judge_action(text) == "vague"


@pytest.mark.parametrize(
    "text",
    [
        "Investigate 502 errors on `api-2` and file the finding in OPS-9",
        "Investigate why the disk alert on db-17 did not fire; outcome: yes/no on a threshold, in OPS-9",
        "Consider the lane closed when its camera is dark for 20 s",
        "Alert when queue depth > 5 for 10 min",
        "Improve the p99 of the login call to 400 ms",
        "Simplify the shutdown script to one command, `halt-all`",
        "Pay for a faster support tier",
    ],
)
def test_an_answer_a_figure_or_a_state_does(text: str) -> None:
    assert judge_action(text) == ""


def test_a_struck_out_item_is_done() -> None:
    assert is_ticked("~~Roll back the config~~ done on 2 June")
    assert not is_ticked("Roll back the ~~old~~ config")
