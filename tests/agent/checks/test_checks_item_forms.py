"""Action items in the forms that people give them: which field is which, and what is left for the action."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.checks import check_document
from agent.checks.calendar_date import read_due
from agent.checks.concreteness import judge_action
from agent.checks.document import read_document
from agent.checks.field_values import is_priority
from agent.checks.item_fields import read_piece
from agent.checks.items import read_entries
from agent.checks.owner import unusable_owner
from agent.checks.sanction import names_sanction
from benchmarks.actions import score_items

FIXTURES = Path(__file__).parents[2] / "fixtures/actions"
HEAD = "# Outage\n\n**Date**: 2026-03-03\n\n## Action items\n\n"
COMPLETE = ("Cap the retry queue at 500 entries", "Queue team", "2026-04-01", "P2")
LAYOUTS = (
    "| Remediation | Squad | Finish by | P-level |\n|---|---|---|---|\n| {0} | {1} | {2} | {3} |",
    "| Urgency | Step | Assigned to | Target |\n|---|---|---|---|\n| {3} | {0} | {1} | {2} |",
    "- [ ] {0} (owner: {1}, due: {2}, {3}, type: prevent, OPS-12, addresses F1)",
    "- **{3} / prevent** {0}. Owner: {1}. Due: {2}. Ticket: OPS-12. Factor: F1.",
    "- [{3}] {0} — owner {1} — due {2} — prevent — OPS-12 — F1",
    "- {0} — {1} — {2} — {3}",
    "- {3} · {0} · {1} · due {2}",
    "- {0} ({1}, {2}, {3})",
    "- [{3}][{1}][{2}] {0}",
    "- {0}. Owner is {1}, due on {2}, priority {3}.",
    "- **Owner:** {1} | **Due:** {2} | **Priority:** {3} | **Action:** {0}",
    "7. {0}\n   Responsible: {1}; deadline: {2}; priority: {3}; type: prevent; ticket: OPS-12",
    "* {0}\n  * Assignee: {1}\n  * Deadline: {2}\n  * Priority: {3}\n  * Tracking: OPS-12",
    "- Action: {0}\n- Owner: {1}\n- Due: {2}\n- Priority: {3}",
    "### {0}\n\n- Owner: {1}\n- Due: {2}\n- Priority: {3}\n- Type: prevent",
    "### AI-4: {0}\n\nOwner: {1}\nDue: {2}\nPriority: {3}",
    "### {0}\n\n| Field | Value |\n|---|---|\n| Owner | {1} |\n| Due | {2} |\n| Priority | {3} |",
    "### {0}\n\n| Owner | Due | Priority |\n|---|---|---|\n| {1} | {2} | {3} |",
    "**AI-3** ({3}, prevent): {0}. **Owner:** {1}. **Due:** {2}. **Ticket:** OPS-12.",
    "**Action:** {0}  \n**Owner:** {1}  \n**Due date:** {2}  \n**Priority:** {3}",
    "**{0}**\n\nOwner: {1} | Due: {2} | Priority: {3}",
    "{0}\n: Owner: {1}\n: Due: {2}\n: Priority: {3}",
    "Owner: {1} | Due: {2} | Priority: {3}\n\n{0}.",
)


def _errors(markdown: str) -> list[str]:
    found = check_document(f"{HEAD}{markdown}\n")
    return sorted(item.rule for item in found if item.rule[0] == "A" and item.level == "error")


@pytest.mark.parametrize("name", sorted(path.stem for path in FIXTURES.glob("*.txt")))
def test_written_items_are_judged_as_labelled(name: str) -> None:
    folder = FIXTURES / f"{name}.txt"
    score = score_items(folder, "all", listed=True)
    assert score["wrong"] == []
    assert int(str(score["items"])) >= 60


@pytest.mark.parametrize(("half", "alarms", "least"), [("read", "0 of 27", 1.0), ("kept", "0 of 40", 1.0)])
def test_a_fifth_set_by_another_hand_gets_no_worse(half: str, alarms: str, least: float) -> None:
    score = score_items(FIXTURES.parent / f"wording/fifth/{half}/action_items_dev.jsonl", "all")
    assert score["false alarms"] == alarms
    assert float(str(score["F1 complete or not"])) >= least


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_complete_item_is_read_in_every_layout(layout: str) -> None:
    markdown = layout.format(*COMPLETE)
    (entry,) = read_entries(read_document(f"{HEAD}{markdown}\n"))
    shown = (entry.text.strip("*. "), *(entry.fields[name] for name in ("owner", "due", "priority")))
    assert shown == COMPLETE
    assert _errors(markdown) == []


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    ("place", "value", "rule"),
    [
        (0, "Improve the queue", "A05"),
        (0, "Keep an eye on the queue", "A06"),
        (0, "Better alerting", "A05"),
        (0, "Coach Ludmila on queues", "A07"),
        (1, "everybody", "A01"),
        (2, "2026-02-30", "A02"),
        (2, "2025-12-31", "A02"),
    ],
)
def test_each_defect_is_found_in_every_layout(layout: str, place: int, value: str, rule: str) -> None:
    values = [*COMPLETE[:place], value, *COMPLETE[place + 1 :]]
    assert _errors(layout.format(*values)) == [rule]


@pytest.mark.parametrize(
    ("text", "fields", "action"),
    [
        (
            "Mirror the licence server @keiji 2026-05-15 P1",
            {"owner": "@keiji", "due": "2026-05-15", "priority": "P1"},
            "Mirror the licence server",
        ),
        (
            "Netops: pin the timers to 10/30 (P2, due Dec 1)",
            {"owner": "Netops", "priority": "P2", "due": "Dec 1"},
            "pin the timers to 10/30",
        ),
        (
            "Have the bot notify @netops when a peer flaps (P2, 2026-05-15)",
            {"priority": "P2", "due": "2026-05-15"},
            "Have the bot notify @netops when a peer flaps",
        ),
        (
            "Sandbox the renderer: no network, 512 MB. (2026-03-31 / P1)",
            {"priority": "P1", "due": "2026-03-31"},
            "Sandbox the renderer: no network, 512 MB",
        ),
        (
            'Show "owner: none; due: never" in `a: b; c` views. Owner: engineering (who exactly?)',
            {"owner": "engineering (who exactly?)"},
            'Show "owner: none; due: never" in `a: b; c` views',
        ),
        (
            "\U0001f534 High — Move the snapshots — Cloud Platform — next quarter",
            {"priority": "High", "owner": "Cloud Platform", "due": "next quarter"},
            "Move the snapshots",
        ),
    ],
)
def test_fields_are_told_by_label_form_and_place(text: str, fields: dict[str, str], action: str) -> None:
    piece = read_piece(text)
    assert {found.name: found.value for found in piece.fields if found.name} == fields
    assert piece.action.removeprefix("\U0001f534 ") == action


@given(st.text(alphabet="aB1 \n@-—.,;:|()[]*_`~/P2é\U0001f534", max_size=80))
def test_any_text_is_taken_apart_in_place(text: str) -> None:
    piece = read_piece(text)
    for found in piece.fields:
        assert 0 <= found.start <= found.end <= len(text)
        assert set(found.value) <= set(text[found.start : found.end])
    assert len(piece.action) <= len(text)


@given(
    st.sampled_from(["Queue team", "@ana", "Payments guild", "SRE EMEA", "Netops"]),
    st.sampled_from(["2026-04-01", "1 April 2026", "Apr 1, 2026", "01.04.2026", "Wed 1 April 2026"]),
    st.sampled_from(["P1", "high", "Sev2", "medium"]),
    st.permutations(["owner", "due", "priority"]),
    st.sampled_from([" — ", " · ", "; ", " | ", " ~ "]),
)
def test_fields_are_found_in_any_order(
    owner: str, due: str, priority: str, order: list[str], separator: str
) -> None:
    values = {"owner": owner, "due": due, "priority": priority}
    piece = read_piece(separator.join([COMPLETE[0], *(values[name] for name in order)]))
    assert {found.name: found.value for found in piece.fields} == values
    assert piece.action == COMPLETE[0]


@pytest.mark.parametrize(
    ("owner", "usable"),
    [
        ("Migration squad", True), ("SRE EMEA", True), ("@noor", True), ("Trust & Safety", True),
        ("Allnet ops", True), ("First-line support", True), ("Anyline team", True), ("Oracle DBA", True),
        ("everyone", False), ("all teams", False), ("any volunteer", False), ("nobody yet", False),
        ("engineering (who exactly?)", False), ("Ops or Dev", False), ("some team in ML", False),
        ("the team", False), ("whoever is on call", False), ("TBD (ops)", False), ("—", False),
    ],
)  # fmt: skip
def test_an_owner_is_somebody_in_particular(owner: str, usable: bool) -> None:  # noqa: FBT001 - a table
    assert unusable_owner(owner) is not usable


@pytest.mark.parametrize(
    "text",
    [
        "P1",
        "Sev 2",
        "high",
        "P1 - high",
        "Must",
        "1",
        "\U0001f534 High",
        "p3",
        "P0 (critical)",
        "red",
        "!!",
        "P1 (was P2)",
    ],
)
def test_usual_ranks_are_priorities(text: str) -> None:
    assert is_priority(text)


@pytest.mark.parametrize(
    "text",
    [
        "P1 (P2?)",
        "P2, or P3",
        "P1 or P2",
        "P9",
        "high-ish",
        "very important!!",
        "P4?",
        "whenever",
        "P1-P2",
        "as usual",
    ],
)
def test_what_ranks_nothing_is_no_priority(text: str) -> None:
    assert not is_priority(text)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Reduce noise by deleting the flapping disk alerts", ""),
        ("Reduce noise by improving the alerts", "vague"),
        ("Improve monitoring OPS-12", "vague"),
        ("Improve monitoring ([ticket](https://tickets.example/OPS-12))", "vague"),
        ("Investigate the outage of 3 March 2026", "vague"),
        ("Investigate the packet loss and attach the capture to NET-98", ""),
        ("Improving the alerts", "vague"),
        ("Tighten access to production", "vague"),
        ("Tighten the CSP of the checkout page to own hosts", ""),
        ("Raise the alarm threshold", "vague"),
        ("Raise an alert for stuck jobs", ""),
        ("Make sure we never lose a region again", "open"),
        ("Fence off the legacy batch user from the production schema", ""),
    ],
)
def test_a_direction_needs_a_destination(text: str, verdict: str) -> None:
    assert judge_action(text) == verdict


@pytest.mark.parametrize(
    "text",
    ["Fine the supplier's technician for opening the rack", "Have Sergei redo the operator exam",
     "Supervise Anton's changes for six months",
     "Note the incident in the personnel file of the duty manager"],
)  # fmt: skip
def test_what_is_done_to_people_is_a_sanction(text: str) -> None:
    assert names_sanction(text)


@pytest.mark.parametrize(
    "text",
    ["Fine-tune the ranking model", "Have the bot repeat the request", "Supervise the worker with systemd",
     "Move the operator to its own namespace", "Dismiss stale alerts after a day", "Fire the alarm at 40%",
     "Coach marks must not cover the delete button"],
)  # fmt: skip
def test_what_is_done_to_systems_is_none(text: str) -> None:
    assert not names_sanction(text)


def test_tables_of_other_sections_hold_no_action_items() -> None:
    table = "| Service | Owner | Severity |\n|---|---|---|\n| checkout | Shop | high |\n"
    text = f"# P\n\n**Date**: 2026-03-03\n\n## Impact\n\n{table}"
    assert read_entries(read_document(text)) == ()


def test_a_heading_without_details_is_no_item() -> None:
    text = (
        f"{HEAD}### Short-term work on the queue and cache\n\n- Cap the queue at 5 (@ana, 2026-04-01, P1)\n"
    )
    assert [entry.text for entry in read_entries(read_document(text))] == ["Cap the queue at 5"]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("Cap it at 4, target date 2026-05-29, priority P1", {"due": "2026-05-29", "priority": "P1"}),
        ("Cap it at 4. By: 2026-05-27. Resp.: Ana", {"due": "2026-05-27", "owner": "Ana"}),
        ("Sev2: cap it at 4. When: 22.05.2026", {"priority": "Sev2", "due": "22.05.2026"}),
        ("Cap it at 4 \U0001f464 Ana \u23f0 12 June 2026", {"owner": "Ana", "due": "12 June 2026"}),
        ("Owner - Yard; Due - 2026-06-23; cap it at 4", {"owner": "Yard", "due": "2026-06-23"}),
        ("Cap it at 4 (TBA, 2026-06-11, P2)", {"owner": "TBA", "due": "2026-06-11", "priority": "P2"}),
        ("Priority lanes stay open. Due: 2026-06-11", {"due": "2026-06-11"}),
    ],
)
def test_more_labels_are_told(text: str, fields: dict[str, str]) -> None:
    assert {found.name: found.value for found in read_piece(text).fields} == fields


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-06-12T12:00Z", (2026, 6, 12)), ("22-05-2026", (2026, 5, 22)), ("05-22-2026", (2026, 5, 22)),
        ("22/May/26", (2026, 5, 22)), ("29 May '26", (2026, 5, 29)), ("2026-W22-5", (2026, 5, 29)),
        ("2026 May 29", (2026, 5, 29)), ("12.6.", (2026, 6, 12)), ("24/7", (2026, 7, 24)),
    ],
)  # fmt: skip
def test_due_dates_are_read_as_written(text: str, day: tuple[int, int, int]) -> None:
    written = read_due(text, date(2026, 5, 11))
    assert written is not None
    assert written.day == date(*day)


@pytest.mark.parametrize("text", ["2026-13-01", "2026-W60-1", "31-06-2026", "30/02"])
def test_days_that_do_not_exist_are_told(text: str) -> None:
    written = read_due(text, date(2026, 5, 11))
    assert written is not None
    assert written.day is None
