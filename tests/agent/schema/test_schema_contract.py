"""The contract of the schema: one clock, closed models, messages that name file and field."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import UserError
from agent.schema.base import format_utc, parse, parse_json
from agent.schema.bundle import Manifest
from agent.schema.evidence import Evidence
from agent.schema.incident import Incident, Window
from agent.schema.postmortem import Claim, OpenQuestion, PostMortem

RECORD = {"id": "inc-1", "title": "Checkout slow"}

zones = st.integers(min_value=-14 * 60, max_value=14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
moments = st.datetimes(
    min_value=datetime(1971, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=zones,
)


@given(moments)
def test_times_of_any_zone_become_utc_and_survive_json(moment: datetime) -> None:
    incident = Incident(id="inc-1", title="t", start=moment)
    assert incident.start == moment
    assert incident.start
    assert incident.start.utcoffset() == timedelta(0)
    assert Incident.model_validate_json(incident.model_dump_json()) == incident
    assert format_utc(moment).endswith("Z")


def test_a_time_without_a_zone_names_file_and_field() -> None:
    with pytest.raises(UserError, match=r"incident\.yaml is not valid: start: .*no zone") as error:
        parse(Incident, {**RECORD, "start": "2026-03-01T12:00:00"}, where="incident.yaml")
    assert "offset such as +02:00" in str(error.value)


def test_an_unknown_field_is_named() -> None:
    with pytest.raises(UserError, match=r"x\.yaml is not valid: severty: Extra inputs"):
        parse(Incident, {**RECORD, "severty": "SEV1"}, where="x.yaml")


def test_every_problem_is_listed_at_once() -> None:
    with pytest.raises(UserError) as error:
        parse(Incident, {"id": "../evil", "severty": 1}, where="x.yaml")
    assert [line.split(":")[0].strip(" -") for line in str(error.value).splitlines()[1:]] == [
        "id",
        "title",
        "severty",
    ]


@pytest.mark.parametrize("identifier", ["../evil", "", "a/b", ".hidden", "a b", "a" * 129])
def test_an_id_that_is_no_folder_name_is_refused(identifier: str) -> None:
    with pytest.raises(UserError, match="id:"):
        parse(Incident, {**RECORD, "id": identifier}, where="x.yaml")


def test_reversed_times_are_refused_with_both_times() -> None:
    times = {"start": "2026-03-01T13:00:00Z", "end": "2026-03-01T12:00:00Z"}
    with pytest.raises(UserError, match="end 2026-03-01T12:00:00Z is before start 2026-03-01T13:00:00Z"):
        parse(Incident, {**RECORD, **times}, where="x.yaml")
    with pytest.raises(UserError, match="reversed or empty"):
        parse(Window, times, where="x.yaml")


def test_broken_json_names_the_file() -> None:
    with pytest.raises(UserError, match=r"manifest\.json is not valid: Invalid JSON"):
        parse_json(Manifest, b'{"version": 1,', where="manifest.json")


def test_models_are_frozen() -> None:
    incident = Incident(id="inc-1", title="t")
    with pytest.raises(ValueError, match="frozen"):
        incident.title = "another"


def test_a_claim_carries_evidence_or_facts_unless_a_person_states_it() -> None:
    with pytest.raises(ValueError, match="needs evidence or facts"):
        Claim(text="It broke.")
    assert Claim(text="It broke.", standing="stated by a person").evidence == ()
    assert Claim(text="It broke.", facts=("started",)).standing == "supported"


def test_evidence_ids_say_their_kind() -> None:
    pointer = {"artifact": "a.log", "lines": (1, 1)}
    with pytest.raises(ValueError, match="evidence L1 is of kind M"):
        Evidence.model_validate({"id": "L1", "kind": "M", "statement": "s", "pointers": (pointer,)})
    with pytest.raises(ValueError, match="lines or a series"):
        Evidence.model_validate(
            {"id": "L1", "kind": "L", "statement": "s", "pointers": ({"artifact": "a.log"},)}
        )


def test_a_settled_question_needs_a_text_and_a_name() -> None:
    with pytest.raises(ValueError, match="needs a text and a name"):
        OpenQuestion(id="Q1", question="Who?", why_open="", status="answered", answer="Dana")


def test_field_docs_become_schema_descriptions() -> None:
    schema = PostMortem.model_json_schema()
    assert schema["properties"]["gaps"]["description"] == "What could not be seen and why, one line each."
