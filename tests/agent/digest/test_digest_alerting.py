"""Rules and silences: what they say of the alerts that fired, in digest and draft."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.cli.main import main
from agent.collecting import collect
from agent.digest import digest
from agent.digest.alerting import covers
from agent.digest.alerts import AlertBook, Episode
from agent.schema.digest import Digest
from agent.schema.incident import Incident
from agent.settings import Settings
from agent.store import Home, IncidentFolder
from tests.agent.specs import files_spec
from tools.formats import read
from tools.formats.records import AlertRecord, Matcher, Silence

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIRED = START + timedelta(minutes=12)


def at(minutes: float) -> str:
    return (START + timedelta(minutes=minutes)).isoformat()


def rules(*names: str, seconds: int = 600) -> object:
    found = [
        {
            "type": "alerting",
            "name": name,
            "query": "sum(rate(http_errors_total[5m])) / sum(rate(http_requests_total[5m])) > 0.05",
            "duration": seconds,
            "labels": {"severity": "critical"},
            "annotations": {"summary": "Checkout answers with errors"},
            "state": "inactive",
        }
        for name in names
    ]
    return {"status": "success", "data": {"groups": [{"name": "shop", "rules": found}]}}


def alert(name: str = "CheckoutErrors") -> dict[str, object]:
    labels = {"alertname": name, "severity": "critical", "service": "checkout"}
    told = {"summary": "Checkout answers with errors"}
    state = {"state": "suppressed", "silencedBy": ["s1"], "inhibitedBy": []}
    return {
        "labels": labels,
        "annotations": told,
        "startsAt": FIRED.isoformat(),
        "endsAt": at(60),
        "status": state,
    }


def silence(
    value: str = "CheckoutErrors", since: float = 5, until: float = 40, **more: object
) -> dict[str, object]:
    matcher = {"name": "alertname", "value": value, "isRegex": False, "isEqual": True, **more}
    times = {"startsAt": at(since), "endsAt": at(until), "updatedAt": at(since)}
    return {
        "id": "s1",
        "matchers": [matcher],
        **times,
        "createdBy": "dreyes",
        "comment": "deploy of checkout",
    }


def made(tmp_path: Path, **files: object) -> tuple[IncidentFolder, Digest]:
    (tmp_path / "dump").mkdir()
    for name, value in files.items():
        (tmp_path / "dump" / f"{name}.json").write_text(json.dumps(value, indent=1))
    lines = [f"{at(n / 60)} INFO GET /cart 200 {n} ms" for n in range(-1800, 60, 30)]
    lines += [f"{at(n / 60)} ERROR connection pool exhausted for order {n}" for n in range(60, 1800, 20)]
    (tmp_path / "dump" / "checkout.log").write_text("\n".join(lines))
    record = Incident(
        id="shop",
        title="Checkout answers with errors",
        start=START,
        end=START + timedelta(minutes=30),
        services=("checkout",),
        sources=(files_spec("../../dump/*"),),
    )
    folder = Home(tmp_path / "home").create(record)
    bundle = collect(folder, record, settings=Settings(), now=lambda: START + timedelta(days=1))
    return folder, digest(bundle, record)


def test_an_alert_carries_its_rule_and_the_silence_that_covered_it(tmp_path: Path) -> None:
    _, found = made(tmp_path, rules=rules("CheckoutErrors", "Other"), alerts=[alert()], silences=[silence()])
    fired = next(e for e in found.evidence if e.attributes.get("alertname") == "CheckoutErrors")
    assert fired.statement.startswith("Alert CheckoutErrors fired while it was silenced")
    assert (fired.attributes["waits"], fired.attributes["threshold"]) == ("10 min", "> 0.05")
    assert fired.attributes["expr"].endswith("> 0.05")
    assert fired.attributes["silenced"] == "from 2026-03-01T12:05:00Z to 2026-03-01T12:40:00Z"
    assert {pointer.artifact for pointer in fired.pointers} == {
        "files/dump/alerts.json",
        "files/dump/rules.json",
        "files/dump/silences.json",
    }
    told = next(e for e in found.evidence if e.attributes.get("noise") == "silence")
    assert told.statement == "Silence of alertname=CheckoutErrors covered CheckoutErrors: deploy of checkout"
    assert (told.start, told.end, told.severity) == (
        START + timedelta(minutes=5),
        START + timedelta(minutes=40),
        "warning",
    )
    assert not [e for e in found.evidence if e.attributes.get("noise") == "rules"]
    assert found.fact("alerts_fired").count == 1


def test_what_covered_nothing_is_told_small_and_what_was_over_not_at_all(tmp_path: Path) -> None:
    silences = [silence("Elsewhere"), silence("CheckoutErrors", -90, -30), silence("Elsewhere", 60, 90)]
    _, found = made(tmp_path, alerts=[alert()], silences=silences)
    told = [e for e in found.evidence if e.attributes.get("noise") == "silence"]
    assert [(e.statement, e.severity) for e in told] == [
        ("Silence of alertname=Elsewhere was in force: deploy of checkout", "info")
    ]
    fired = next(e for e in found.evidence if e.attributes.get("alertname") == "CheckoutErrors")
    assert "silenced" not in fired.attributes


def test_rules_of_which_none_fired_are_one_piece_of_evidence(tmp_path: Path) -> None:
    _, found = made(tmp_path, rules=rules("B", "A"))
    (told,) = (e for e in found.evidence if e.kind == "A")
    assert told.statement == (
        "2 alerting rules existed when this was recorded, and none of their alerts is in it: A and B"
    )
    assert found.fact("alerts_fired").text == "not known"


def test_the_draft_says_what_the_rule_waits_and_verifies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = made(tmp_path, rules=rules("CheckoutErrors"), alerts=[alert()], silences=[silence()])
    monkeypatch.chdir(tmp_path)
    home = str(folder.path.parent)
    assert main(["draft", "--incident", "shop", "--home", home, "--drafter", "offline"]) == 0
    draft = (folder.path / "draft.md").read_text()
    section = re.search(r"^## Detection\n(.*?)^## ", draft, re.DOTALL | re.MULTILINE)
    assert section
    assert "The rule of CheckoutErrors waits 10 min before its alert fires." in section[1]
    assert "Silence of alertname=CheckoutErrors covered CheckoutErrors: deploy of checkout." in section[1]
    assert re.search(r"12:05:00Z? \|.*Silence of alertname=CheckoutErrors.*\| dreyes \|", draft), draft
    assert main(["verify", "shop", "--home", home]) == 0
    findings = json.loads((folder.path / "findings.json").read_text())
    rows = findings if isinstance(findings, list) else findings["findings"]
    assert not [one for one in rows if one["level"] == "error"], rows


def test_an_alert_before_the_start_is_not_said_to_have_been_prompt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = {**alert(), "startsAt": at(-0.5), "status": {"state": "active"}}
    folder, found = made(tmp_path, alerts=[early])
    assert found.fact("time_to_detect").seconds == -30
    monkeypatch.chdir(tmp_path)
    main(["draft", "--incident", "shop", "--home", str(folder.path.parent), "--drafter", "offline"])
    draft = json.loads(folder.draft_file.read_text())
    assert "It fired 30 s before the start that the record gives." in [c["text"] for c in draft["detection"]]
    assert not [c for c in draft["went_well"] if "alert" in c["text"].lower()]


def episode(name: str, since: float | None, until: float | None, **labels: str) -> Episode:
    def moment(minutes: float | None) -> datetime | None:
        return None if minutes is None else START + timedelta(minutes=minutes)

    book = AlertBook()
    book.read("a.json", [AlertRecord(1, 1, name, "firing", moment(since), moment(until), labels)])
    return book.folded()[0]


@pytest.mark.parametrize(
    ("matchers", "expected"),
    [
        ((Matcher("alertname", "Slow"),), True),
        ((Matcher("alertname", "Slo"),), False),
        ((Matcher("alertname", "Sl.*|Other", is_regex=True),), True),
        ((Matcher("alertname", "lo", is_regex=True),), False),
        ((Matcher("service", "cart", is_equal=False),), True),
        ((Matcher("service", "check.*", is_regex=True, is_equal=False),), False),
        ((Matcher("alertname", "Slow"), Matcher("team", "")), True),
        ((Matcher("alertname", "(?-s:Slow"),), False),
        ((Matcher("alertname", "(?P<a", is_regex=True, is_equal=False),), False),
        ((), False),
    ],
)
def test_matchers_mean_what_they_mean_in_alertmanager(matchers: tuple[Matcher, ...], expected: bool) -> None:  # noqa: FBT001
    silenced = Silence(1, 1, matchers, START, START + timedelta(minutes=10))
    assert covers(silenced, episode("Slow", 1, 5, service="checkout")) is expected


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [(-5, -1, False), (-5, 0, False), (-5, 1, True), (9, None, True), (10, 12, False), (None, None, True)],
)
def test_a_silence_covers_what_fires_while_it_is_in_force(
    since: float | None,
    until: float | None,
    expected: bool,  # noqa: FBT001
) -> None:
    silenced = Silence(1, 1, (Matcher("alertname", "Slow"),), START, START + timedelta(minutes=10))
    assert covers(silenced, episode("Slow", since, until)) is expected


def test_what_amtool_prints_of_silences_is_read_and_junk_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "silences.json"
    file.write_text(
        json.dumps([silence(), {"id": "s2", "comment": "no matchers"}, silence("B", isRegex=True)])
    )
    reading = read(file)
    found = list(reading.records)
    assert reading.sniffed.format == "alertmanager-silences"
    assert [str(one.matchers[0]) for one in found if isinstance(one, Silence)] == [
        "alertname=CheckoutErrors",
        "alertname=~B",
    ]
    assert (reading.tally.rows, reading.tally.malformed) == (2, 1)
