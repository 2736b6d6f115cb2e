"""Authors and roles from the settings."""

from __future__ import annotations

from pathlib import Path

from agent.schema.incident import Incident, Person
from agent.schema.postmortem import PostMortem
from agent.settings import Settings
from agent.workflow.attribution import attribute
from agent.workflow.run import run_draft
from tests.agent.workflow.scripted import SETTINGS, STAGES, ScriptedDrafter, incident_folder, now

DANA = Person(handle="web", name="Dana", role="on-call, web")


def record(*people: Person) -> Incident:
    return Incident(id="inc-1", title="Checkout down", people=people)


def drafted(home: Path) -> PostMortem:
    folder = incident_folder(home)
    run_draft(folder, drafter=ScriptedDrafter(), settings=SETTINGS, now=now, stages=STAGES)
    draft = folder.read_draft()
    assert draft
    return draft


def test_handles_stay_unless_the_team_wants_roles(tmp_path: Path) -> None:
    draft = drafted(tmp_path)
    assert attribute(draft, record(DANA), SETTINGS) == draft
    by_role = attribute(draft, record(DANA), Settings(people="roles"))
    assert [row.actor for row in by_role.timeline] == ["on-call, web", "db"]
    assert [row.event for row in by_role.timeline] == [row.event for row in draft.timeline]
    assert by_role.actions[0].owner == "web team"


def test_authors_of_the_settings_stand_in_the_header(tmp_path: Path) -> None:
    assert attribute(drafted(tmp_path), record(), Settings(authors=("SRE",))).header.authors == ("SRE",)
