"""One person across systems, and the role that every name of theirs stands for."""

from __future__ import annotations

from pathlib import Path

from agent.checks.configuration import read_configuration
from agent.schema.incident import Person
from agent.schema.roster import Member, handles, united

DANA = Member(
    handle="dreyes",
    name="Dana Reyes",
    role="on-call, payments",
    slack="U0DANA",
    github="dana-r",
    email="dana@example.org",
)


def test_every_name_of_a_person_has_their_role() -> None:
    roles = united((), (DANA, Member(handle="sam")))
    names = ("dreyes", "Dana Reyes", "U0DANA", "dana-r", "dana@example.org")
    assert roles == {known: "on-call, payments" for name in names for known in (name, f"@{name}")}


def test_the_role_in_this_incident_goes_before_the_standing_one() -> None:
    here = Person(handle="dana reyes", role="incident commander")
    roles = united((here,), (DANA,))
    assert roles["@dana-r"] == roles["dana reyes"] == "incident commander"


def test_a_person_without_a_role_keeps_their_name() -> None:
    assert united((Person(handle="sam"),), ()) == {}


def test_where_handles_are_shown_every_name_becomes_the_handle() -> None:
    shown = handles((DANA,))
    assert shown["Dana Reyes"] == shown["@dana-r"] == "dreyes"
    assert "dreyes" not in shown
    assert "@dreyes" not in shown


def test_an_address_is_compared_without_regard_to_case() -> None:
    assert DANA.answers_to("", "DANA@example.org")
    assert DANA.answers_to("@Dana-R")
    assert not DANA.answers_to("", "dan")


def test_the_roster_feeds_the_checks(tmp_path: Path) -> None:
    (tmp_path / "pm-agent.toml").write_text(
        '[[roster]]\nhandle = "dreyes"\ngithub = "dana-r"\nrole = "on-call"\n'
        '[check.roster]\n"dreyes" = "the release engineer"\n'
    )
    roster = read_configuration(None, cwd=tmp_path).roster
    assert roster == {"dreyes": "the release engineer", "dana-r": "on-call"}
