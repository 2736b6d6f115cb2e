"""The wording rules on their own examples, and the traps that keyword lists fall into."""

from pathlib import Path
from typing import cast

import pytest

from agent.checks import check_document
from agent.checks.document import read_document
from agent.checks.rulebook import Rule, families, rules
from agent.checks.wording import check_wording
from benchmarks.wording import score_rows

FIXTURES = Path(__file__).parents[2] / "fixtures/wording"
HEADINGS = {
    "action": "Action items",
    "lesson": "Lessons learned",
    "summary": "Summary",
    "timeline": "Timeline",
    "impact": "Impact",
    "detection": "Detection",
    "response": "Response",
    "other": "Notes",
}


def _found(sentence: str, section: str = "Contributing factors") -> list[str]:
    document = read_document(f"# Post-mortem\n\n## {section}\n\n{sentence}\n")
    return [item.rule for item in check_wording(document) if item.level != "info"]


def _section(rule: Rule) -> str:
    return next(
        (HEADINGS[name] for name in sorted(rule.sections) if name in HEADINGS), "Contributing factors"
    )


@pytest.mark.parametrize(
    ("rule", "text"), [pytest.param(r, t, id=f"{r.id}-{n}") for r in rules() for n, t in enumerate(r.hits)]
)
def test_each_rule_reports_its_hits(rule: Rule, text: str) -> None:
    assert _found(text, _section(rule)), text


@pytest.mark.parametrize(
    ("rule", "text"), [pytest.param(r, t, id=f"{r.id}-{n}") for r in rules() for n, t in enumerate(r.misses)]
)
def test_each_rule_leaves_its_misses_alone(rule: Rule, text: str) -> None:
    assert _found(text, _section(rule)) == [], text


@pytest.mark.parametrize(
    "folder",
    ["third/read", "fourth/read", "fifth/read", "fifth/kept", "sixth", "registers", "voices", "kinds"],
)
def test_sentences_whose_errors_were_mended_stay_so(folder: str) -> None:
    path = FIXTURES / folder
    found = score_rows(path if (path / "blameful.txt").is_file() else path / "dev.jsonl", "all")
    assert cast("float", found["precision"]) >= 0.99
    assert cast("float", found["recall"]) >= 0.94


def test_every_rule_has_a_hit_and_a_miss_and_a_family() -> None:
    assert len({rule.id for rule in rules()}) == len(rules())
    for rule in rules():
        assert rule.hits, rule.id
        assert rule.misses, rule.id
        assert rule.rule in families()
    assert {rule.rule for rule in rules()} == set(families()) == {f"B{number:02}" for number in range(1, 16)}


@pytest.mark.parametrize(
    ("person", "system"),
    [
        ("The DBA failed to promote the standby.", "The standby failed to promote itself."),
        ("The release engineer ignored the warning.", "The gateway ignored the header."),
        ("The analyst forgot to close the session.", "The proxy forgot the session."),
        ("The operator broke the index.", "The Postgres operator broke the index."),
        (
            "The incident manager should have called the vendor.",
            "The session manager should have expired the token.",
        ),
        ("Our platform team missed the page.", "The consumer group missed the message."),
    ],
)
def test_the_subject_decides(person: str, system: str) -> None:
    assert _found(person)
    assert _found(system) == []


@pytest.mark.parametrize(
    "text",
    [
        "The on-call engineer could not have known, because the graph was empty.",
        "The reviewers should have been notified by the bot, but the hook was off.",
        "Thanks to the storage team, who worked through the night.",
        "We should have a dashboard for queue depth.",
        'The alert text reads "Operator failed to follow the checklist".',
        "The job logged `user ignored prompt` twice.",
        "This report does not use human error as a category.",
        "The engineer skipped the canary because the pipeline had no free runner.",
        "> The admin should have asked.",
        "<!-- The admin should have asked. -->",
        "The team responsible for the cache was paged at 10:02.",
    ],
)
def test_harmless_sentences_stay_silent(text: str) -> None:
    assert _found(text) == []


def _sentences(name: str) -> list[tuple[str, str]]:
    section = ""
    rows: list[tuple[str, str]] = []
    for line in (FIXTURES / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = HEADINGS.get(line.strip("[]").split()[-1], "Contributing factors")
        elif line and not line.startswith("#"):
            rows.append((section, line))
    return rows


@pytest.mark.parametrize("name", ["ordinary.txt", "everyday.txt"])
def test_ordinary_engineering_sentences_stay_silent(name: str) -> None:
    rows = _sentences(name)
    assert len(rows) > 500
    assert [text for section, text in rows if _found(text, section)] == []


@pytest.mark.parametrize(
    ("blame", "acquitted"),
    [
        ("The operator ignored the page.", "Nothing suggests that the operator ignored the page."),
        ("The team would have skipped it; it was negligent.", "The court found that the team was negligent."),
        ("The trainer crashed the site.", "The trainer crashed whenever the rate was zero."),
        ("It was a careless deployment.", "A careless retry loop multiplied the load."),
        ("The lead caused the outage.", "A full disk could lead to a loop causing the outage."),
        ("The operator chose to ignore the page.", "The operator may ignore the page."),
        ("We fixed the pump and caused a leak.", "We fixed a bug in parse() that caused the leak."),
        ("Second level ignored the ticket.", "The second line ignored the tabs."),
        ("The hosting provider ignored the ticket.", "The storage provider ignored the header."),
        (
            "The lead, with two pages open, ignored the third.",
            "The probe, with two ports open, ignored the third.",
        ),
        ("The outage began after Zsófia deleted the zone.", "The outage began after Vault deleted the zone."),
        (
            "It began after Xq deleted the zone and lost her key.",
            "It began after Xq deleted the zone and its key.",
        ),
        (
            "Not one person has bothered to look since commissioning.",
            "Nobody checked it, since the alert had no receiver.",
        ),
        ("Their conduct was reckless.", "The insurer calls it a reckless act."),
        ("The DBA let the queue fill.", "The DBA let the queue fill to keep the orders."),
        ("Staff must remember the order.", "Staff should not have to remember the order."),
        ("The step was skipped by the engineer.", "The step was skipped by the scheduler."),
    ],
)
def test_words_around_the_blame_acquit(blame: str, acquitted: str) -> None:
    assert _found(blame, "Action items" if "must" in blame else "Contributing factors") != []
    assert _found(acquitted, "Action items" if "must" in blame else "Contributing factors") == []


def test_we_is_a_warning_and_a_person_an_error() -> None:
    text = (
        "## Lessons learned\n\n- We should have tested the restore.\n- The admin should have "
        "tested the restore.\n"
    )
    assert [(item.line, item.level) for item in check_wording(read_document(text))] == [
        (3, "warning"),
        (4, "error"),
    ]


def test_a_name_next_to_harm_is_reported_in_the_analysis_and_not_in_the_timeline() -> None:
    sentence = "The cache was empty after @mira deployed the new build."
    assert _found(sentence, "Contributing factors") == ["B12"]
    assert _found(sentence, "Timeline") == []


def test_suggestions_pass_the_checks_themselves() -> None:
    for family in families().values():
        document = read_document(f"## Lessons learned\n\n{family.suggestion}\n")
        assert [item.rule for item in check_wording(document) if item.level == "error"] == [], family.rule


def test_the_same_text_gives_the_same_findings() -> None:
    text = "# P\n\n## Summary\n\nThe admin forgot the key!! Nobody checked. Human error.\n"
    assert check_document(text) == check_document(text)
    assert len(check_document(text)) >= 3
