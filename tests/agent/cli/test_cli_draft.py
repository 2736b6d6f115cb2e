"""`draft`, `new` and `samples` from outside: exit status, streams, messages."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from agent.cli.draft import wrapped
from agent.cli.main import main
from agent.errors import ExitCode
from agent.samples import Sample
from agent.store import read_incident


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of its own, and no settings or home of the developer."""
    for variable in ("PM_AGENT_HOME", "PM_AGENT_CONFIG", "PM_AGENT_DRAFTER"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*argv: str) -> int:
    return main(argv)


def test_an_unknown_incident_names_near_matches(capsys: pytest.CaptureFixture[str], elsewhere: Path) -> None:
    assert run("new", "--id", "checkout-42", "--title", "Checkout slow") == ExitCode.OK
    capsys.readouterr()
    assert run("draft", "--incident", "checkout-24") == ExitCode.NOT_FOUND
    out, err = capsys.readouterr()
    assert out == ""
    assert "No incident 'checkout-24'. Did you mean checkout-42?" in err
    assert "pm-agent samples" in err
    assert run("draft", "--incident", "nope") == ExitCode.NOT_FOUND
    assert "Traceback" not in capsys.readouterr().err


def test_a_folder_that_is_no_incident_says_how_to_make_one(
    capsys: pytest.CaptureFixture[str], elsewhere: Path
) -> None:
    junk = elsewhere / "junk"
    junk.mkdir()
    (junk / "core").write_bytes(bytes(range(256)) * 64)
    assert run("draft", "--incident", str(junk)) == ExitCode.UNUSABLE
    assert "is a folder without incident.yaml" in (err := capsys.readouterr().err)
    assert "pm-agent new" in err
    assert run("draft", "--incident", str(junk / "core")) == ExitCode.UNUSABLE
    assert "is a file" in capsys.readouterr().err
    assert [entry.name for entry in junk.iterdir()] == ["core"]


def test_neither_evidence_nor_sources(capsys: pytest.CaptureFixture[str]) -> None:
    run("new", "--id", "bare", "--title", "Nothing yet")
    assert run("draft", "--incident", "bare") == ExitCode.UNUSABLE
    assert "neither a sealed snapshot nor sources" in capsys.readouterr().err


def test_new_writes_what_was_said_and_nothing_else(
    capsys: pytest.CaptureFixture[str], elsewhere: Path
) -> None:
    (elsewhere / "logs").mkdir()
    status = run(
        "new", "--id", "inc-1", "--title", "Checkout: slow", "--severity", "SEV2",
        "--start", "2026-03-01T13:00:00+01:00", "--service", "cart", "--service", "web",
        "--source", "logs", "--source", "metrics/*.json", "--zone", "Europe/Berlin",
        "--recorded-at", "2026-03-01T14:00:00Z", "--json",
    )  # fmt: skip
    assert status == ExitCode.OK
    told = json.loads(capsys.readouterr().out)
    incident = read_incident(Path(told["incident_yaml"]))
    assert incident.start
    assert incident.start.isoformat() == "2026-03-01T12:00:00+00:00"
    assert (incident.services, incident.severity) == (("cart", "web"), "SEV2")
    (source,) = incident.sources
    assert source.told["paths"] == ["../../logs", "../../metrics/*.json"]
    assert (source.told["assume_zone"], source.told["recorded_at"]) == (
        "Europe/Berlin",
        "2026-03-01T14:00:00Z",
    )
    assert "people" not in Path(told["incident_yaml"]).read_text()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--start", "2026-03-01T13:00:00Z", "--end", "2026-03-01T12:00:00Z"), "is before start"),
        (("--start", "2026-03-01T13:00:00"), "no zone"),
        (("--start", "yesterday"), "start: is not a time; write it as 2026-03-01T12:00:00Z"),
        (("--source", "no/such/file"), "no/such/file does not exist"),
        (("--zone", "UTC"), "--zone and --recorded-at describe files"),
    ],
)
def test_new_refuses_what_cannot_be_meant(
    capsys: pytest.CaptureFixture[str], elsewhere: Path, flags: tuple[str, ...], message: str
) -> None:
    assert run("new", "--id", "inc-1", "--title", "t", *flags) == ExitCode.UNUSABLE
    assert message in capsys.readouterr().err
    assert not (elsewhere / "postmortems" / "inc-1").exists()


@pytest.mark.usefixtures("elsewhere")
def test_new_remarks_on_a_start_in_the_future(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("new", "--id", "a", "--title", "t", "--start", "2199-03-01T13:00:00Z") == ExitCode.OK
    assert "note: the start, 2199-03-01T13:00:00Z, lies in the future" in capsys.readouterr().err
    assert run("new", "--id", "b", "--title", "t", "--start", "2026-03-01T13:00:00Z") == ExitCode.OK
    assert "note" not in capsys.readouterr().err


def test_new_never_asks_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("new", "--title", "t") == ExitCode.UNUSABLE
    assert "An incident needs --id." in capsys.readouterr().err


@pytest.mark.parametrize("identifier", ["../evil", "a/b", ".."])
def test_new_makes_no_folder_outside_the_home(
    capsys: pytest.CaptureFixture[str], elsewhere: Path, identifier: str
) -> None:
    assert run("new", "--id", identifier, "--title", "t") == ExitCode.UNUSABLE
    assert "id: " in capsys.readouterr().err
    assert list(elsewhere.iterdir()) == []


def test_new_does_not_overwrite(capsys: pytest.CaptureFixture[str]) -> None:
    run("new", "--id", "inc-1", "--title", "first")
    assert run("new", "--id", "inc-1", "--title", "second") == ExitCode.UNUSABLE
    assert "exists and is not empty" in capsys.readouterr().err


def test_settings_name_the_home(elsewhere: Path) -> None:
    (elsewhere / "pm-agent.toml").write_text('home = "incidents"\n')
    assert run("new", "--id", "inc-1", "--title", "t") == ExitCode.OK
    assert (elsewhere / "incidents" / "inc-1" / "incident.yaml").is_file()


def test_wrong_settings_stop_the_command(capsys: pytest.CaptureFixture[str], elsewhere: Path) -> None:
    (elsewhere / "team.toml").write_text("hom = 1\n")
    assert run("--config", "team.toml", "new", "--id", "i", "--title", "t") == ExitCode.UNUSABLE
    assert "team.toml is not valid: hom" in capsys.readouterr().err
    assert "PM_AGENT_CONFIG" not in os.environ, "one command's settings are not the next one's"


def test_samples_list_what_packages_offer_and_hide_the_folder(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, elsewhere: Path
) -> None:
    sample = Sample(
        id="shop-1", title="Cart", system="shop", signals=("logs",), licence="MIT", folder=elsewhere
    )
    monkeypatch.setattr("agent.samples.catalogue", lambda: (sample,))
    assert run("samples", "--json") == ExitCode.OK
    assert json.loads(capsys.readouterr().out) == [
        {"id": "shop-1", "title": "Cart", "system": "shop", "signals": ["logs"], "licence": "MIT"}
    ]
    assert run("samples") == ExitCode.OK
    assert capsys.readouterr().out.startswith("shop-1  Cart")


def test_a_sample_is_copied_into_the_home_once(monkeypatch: pytest.MonkeyPatch, elsewhere: Path) -> None:
    from agent.cli.locating import locate
    from agent.store import Home

    run("new", "--id", "shop-1", "--title", "t", "--home", "offered")
    sample = Sample(
        id="shop-1",
        title="t",
        system="s",
        signals=("logs",),
        licence="MIT",
        folder=elsewhere / "offered" / "shop-1",
    )
    monkeypatch.setattr("agent.cli.locating.catalogue", lambda: (sample,))
    folder = locate("shop-1", Home(elsewhere / "home"))
    assert folder.path == elsewhere / "home" / "shop-1"
    shutil.rmtree(elsewhere / "offered")
    assert locate("shop-1", Home(elsewhere / "home")) == folder


def test_a_long_line_of_the_summary_breaks_between_words_under_its_first_word() -> None:
    line = "  cause      probable: slow responses of ts-station-service without load of its own"
    first, *more = wrapped(line, 40).splitlines()
    assert first == "  cause      probable: slow responses of"
    assert more == ["             ts-station-service without", "             load of its own"]
    assert wrapped("  actions    7 proposed", 40) == "  actions    7 proposed"
    assert wrapped("", 40) == ""
