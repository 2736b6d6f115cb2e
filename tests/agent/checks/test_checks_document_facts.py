"""A foreign document against itself: spans, orders, counts, percentages; the process and its pitfalls."""

import pytest

from agent.checks import survey_document

DOCUMENT = """# Search index stale

**Date**: 2026-04-14
**Published**: {published}
**Duration**: {duration}

## Summary

On 14 April the search index was stale; the outage lasted {lasted}.
{share} of search requests returned old results.
{factors} contributing factors were found. It took {fix} from page to fix.

## Impact

- 21% of search requests returned old results.
- 40 of 160 tenants ({tenants}) saw no results at all.
- From 09:10 to 09:55 ({range}) writes were rejected.

## Detection

The page came {order} the first customer report. The alert fired {alert} after the deploy.
Time to detect: {detect}.

## Timeline

| Time (UTC) | Event |
|---|---|
| 09:02 | Deploy of indexer 4.1 finished |
| 09:10 | Alert IndexLag fired |
| 09:16 | On-call paged |
| 09:21 | First customer report in the support channel |
| 09:30 | Rollback started, lag falls |
| 09:41 | Index restored, incident resolved |

## Contributing factors

1. The canary had no check of lag.
2. The rollback needed a manual approval.

## Action items

| Action | Owner | Due | Priority | Ticket |
|---|---|---|---|---|
| Add a lag check to the canary stage | Search team | 2026-05-01 | P1 | SRCH-12 |

The follow-up review is planned for 2026-05-12.
"""
TRUE = {
    "published": "2026-04-15",
    "duration": "39 min",
    "lasted": "40 minutes",
    "share": "21%",
    "factors": "Two",
    "fix": "14 minutes",
    "tenants": "25%",
    "range": "45 minutes",
    "order": "before",
    "alert": "8 minutes",
    "detect": "8 minutes",
}


def _found(**changes: str) -> list[tuple[str, str]]:
    survey = survey_document(DOCUMENT.format(**(TRUE | changes)))
    return [(item.rule, item.text) for item in survey.reports if item.rule[0] == "C" and item.level != "info"]


def test_a_document_that_agrees_with_itself_is_silent() -> None:
    assert _found() == []


@pytest.mark.parametrize(
    ("field", "value", "rule", "words"),
    [
        ("duration", "2 h 20 min", "C01", "2 h 20 min"),
        ("lasted", "90 minutes", "C01", "90 minutes"),
        ("share", "12%", "C06", "21% of search requests"),
        ("factors", "Three", "C06", "Three contributing factors"),
        ("fix", "10 minutes", "C03", "10 minutes from page to fix"),
        ("tenants", "35%", "C06", "40 of 160 tenants (35%"),
        ("range", "30 minutes", "C03", "09:10 to 09:55 (30 minutes"),
        ("order", "after", "C07", "after the first customer report"),
        ("alert", "4 minutes", "C03", "4 minutes after the deploy"),
        ("detect", "5 minutes", "C03", "Time to detect: 5 minutes"),
    ],
)
def test_one_wrong_number_is_found_where_it_stands(field: str, value: str, rule: str, words: str) -> None:
    found = [(name, text) for name, text in _found(**{field: value}) if words in text]
    assert [name for name, _ in found] == [rule], _found(**{field: value})


def test_a_limit_beside_a_range_is_no_length_of_it() -> None:
    text = "# P\n\n## Impact\n\nBetween 02:10 and 03:25 writes were delayed by up to nine minutes.\n"
    assert [item for item in survey_document(text).reports if item.rule == "C03"] == []


def test_key_events_stand_in_for_a_timeline() -> None:
    text = (
        "# Disk full\n\n- First detected: 2026-09-18 13:42\n- Repaired: 2026-09-18 17:54\n"
        "- Resolved: 2026-09-20 19:18\n\n- **Time to repair**: 4h 12m\n- **Time to resolve**: 35h 36m\n"
    )
    found = [(item.rule, item.line) for item in survey_document(text).reports if item.rule == "C03"]
    assert found == [("C03", 8)]


def _states(text: str) -> dict[str, str]:
    return {state.step: state.state for state in survey_document(text).process}


def test_states_of_a_document_that_went_well() -> None:
    states = _states(DOCUMENT.format(**TRUE))
    assert states == {
        "timeline complete": "done",
        "several factors": "done",
        "analysis deep enough": "not known",
        "actions complete": "done",
        "blameless wording": "done",
        "distributed within 48 h": "done",
        "items tracked": "done",
        "follow-up review in four weeks": "not done",
    }
    late = survey_document(DOCUMENT.format(**(TRUE | {"published": "2026-04-29"})))
    assert (
        _states(DOCUMENT.format(**(TRUE | {"published": "2026-04-29"})))["distributed within 48 h"]
        == "overdue"
    )
    assert [(item.rule, item.level) for item in late.reports if item.rule == "P05"] == [("P05", "warning")]


PITFALLS = """# Queue full

**Date**: 2026-04-14

Strictly confidential.

## Contributing factors

- Why did the queue fill? The import doubled its load.
- Why did the import run twice? The engineer started it again.

The operator carelessly restarted the import.

## Action items

- Improve monitoring
"""


def test_each_pitfall_is_mapped_to_findings() -> None:
    survey = survey_document(PITFALLS)
    found = {pitfall.pitfall: pitfall.findings > 0 for pitfall in survey.pitfalls}
    assert found == dict.fromkeys(
        ("blame", "shallow analysis", "vague items", "no follow-through", "fear of transparency"), True
    )
    assert [(item.rule, item.line) for item in survey.reports if item.rule == "P03"] == [("P03", 10)]
    clean = {found.pitfall: found.findings for found in survey_document(DOCUMENT.format(**TRUE)).pitfalls}
    assert (clean["blame"], clean["vague items"]) == (0, 0)


def test_a_chain_of_whys_past_a_person_is_not_reported_as_one_that_ends_there() -> None:
    text = PITFALLS.replace("started it again.", "started it again because the first run showed no progress.")
    assert [(item.rule, item.level) for item in survey_document(text).reports if item.rule == "P03"] == [
        ("P03", "info")
    ]
