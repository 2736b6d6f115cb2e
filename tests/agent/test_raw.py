"""Raw artifacts after approval: dropped or encrypted, provable all the same, and never half lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from agent.cli.main import main
from agent.errors import ExitCode, NotAllowed, UserError
from agent.raw import drop, encrypt, key_of, restore
from agent.review.verification import verify
from agent.settings import CollectSpec, read_settings
from agent.store import IncidentFolder
from tests.agent.specs import files_spec

FIXTURE = Path(__file__).parents[1] / "fixtures" / "reviewed"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
X25519: Any = import_module("pyrage").x25519
PAIR = X25519.Identity.generate()
KEY, PUBLIC = SecretStr(str(PAIR)), str(PAIR.to_public())


@pytest.fixture
def folder(tmp_path: Path) -> IncidentFolder:
    return IncidentFolder(shutil.copytree(FIXTURE, tmp_path / "home" / "db-queue-full"))


def raw_files(folder: IncidentFolder) -> dict[str, bytes]:
    evidence = folder.path / "evidence"
    names = [path.relative_to(evidence).as_posix() for path in evidence.rglob("*") if path.is_file()]
    return {name: (evidence / name).read_bytes() for name in names if "/" in name}


def test_dropped_artifacts_are_gone_and_verify_says_so(folder: IncidentFolder) -> None:
    manifest = (folder.path / "evidence/manifest.json").read_bytes()
    assert drop(folder, NOW) == 2
    assert raw_files(folder) == {}
    assert (folder.path / "evidence/manifest.json").read_bytes() == manifest
    result = verify(folder)
    assert result.problems == ()
    assert (result.checked.dropped, result.checked.unresolved) == (2, 3)
    bundle = folder.bundle()
    assert bundle
    with pytest.raises(NotAllowed, match="was dropped on 2026-03-02T09:00:00Z") as caught:
        bundle.path("files/checker.log")
    assert "--recollect" in str(caught.value)
    assert drop(folder, NOW) == 0


def test_encrypted_artifacts_are_proved_with_the_key_and_come_back(folder: IncidentFolder) -> None:
    before = raw_files(folder)
    assert encrypt(folder, [PUBLIC], NOW) == 2
    assert set(raw_files(folder)) == {f"{name}.raw.age" for name in before}
    telling = next(iter(before.values()))[200:260]
    assert all(
        telling not in path.read_bytes() for path in folder.path.rglob("evidence/**/*") if path.is_file()
    )
    locked = verify(folder)
    assert (locked.problems, locked.checked.locked) == ((), 2)
    opened = verify(folder, KEY)
    assert (opened.problems, opened.checked.locked, opened.checked.unresolved) == ((), 0, 3)
    other = SecretStr(str(X25519.Identity.generate()))
    with pytest.raises(UserError, match="The key does not open"):
        verify(folder, other)
    with pytest.raises(UserError, match="is no secret age key"):
        restore(folder, SecretStr("hunter2"))
    with pytest.raises(UserError, match="The key does not open"):
        restore(folder, other)
    assert restore(folder, KEY) == 2
    assert raw_files(folder) == before
    assert verify(folder).checked.unresolved == 0
    assert encrypt(folder, [PUBLIC], NOW) == 2
    assert drop(folder, NOW) == 2
    assert raw_files(folder) == {}


@pytest.mark.parametrize("end", [b"", b"x" * 40])
def test_an_encrypted_artifact_that_was_changed_is_caught(folder: IncidentFolder, end: bytes) -> None:
    encrypt(folder, [PUBLIC], NOW)
    file = folder.path / "evidence/files/latency.csv.raw.age"
    file.write_bytes(file.read_bytes()[:-40] + end)
    (problem,) = verify(folder, KEY).problems
    assert problem.where == "evidence/files/latency.csv"
    assert "cannot be decrypted" in problem.message
    file.unlink()
    (gone,) = verify(folder).problems
    assert gone.message == "the file is missing, plain and encrypted."


def test_an_encrypted_artifact_that_was_exchanged_is_caught(folder: IncidentFolder) -> None:
    encrypt(folder, [PUBLIC], NOW)
    files = folder.path / "evidence/files"
    shutil.copy(files / "checker.log.raw.age", files / "latency.csv.raw.age")
    (problem,) = verify(folder, KEY).problems
    assert (problem.where, problem.message[:9]) == ("evidence/files/latency.csv", "sha256 is")
    with pytest.raises(UserError, match="not what the manifest vouches for"):
        restore(folder, KEY)


class Cut(BaseException):
    """The process ends here."""


STEPS = ("unlink", "replace")


@pytest.mark.parametrize("what", ["drop", "encrypt", "restore"])
def test_cut_off_at_any_step_nothing_is_lost_and_again_ends_it(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Die before the n-th change on disk, for every n: verify holds, and a second attempt completes."""
    cuts = 0
    for at in range(1, 100):
        folder = IncidentFolder(shutil.copytree(FIXTURE, tmp_path / f"{what}-{at}"))
        before = raw_files(folder)
        if what == "restore":
            encrypt(folder, [PUBLIC], NOW)
        work: Callable[[], object] = {
            "drop": lambda: drop(folder, NOW),  # noqa: B023
            "encrypt": lambda: encrypt(folder, [PUBLIC], NOW),  # noqa: B023
            "restore": lambda: restore(folder, KEY),  # noqa: B023
        }[what]
        left = at
        with monkeypatch.context() as patched:
            for name in STEPS:
                real = getattr(Path, name)

                def counted(
                    self: Path, *args: object, real: Callable[..., object] = real, **more: object
                ) -> object:
                    nonlocal left
                    left -= 1
                    if left == 0:
                        raise Cut
                    return real(self, *args, **more)

                patched.setattr(Path, name, counted)
            try:
                work()
                ended = True
            except Cut:
                ended = False
        cuts += not ended
        kept = [problem.message for problem in verify(folder, KEY).problems]
        assert all("does not vouch" in message for message in kept), (at, kept)  # a scratch file at the most
        work()
        assert verify(folder, KEY).problems == ()
        if what == "restore":
            assert raw_files(folder) == before
        if ended:
            break
    assert cuts > 3


def test_what_was_not_digested_is_not_dropped(folder: IncidentFolder) -> None:
    (folder.path / "digest.json").unlink()
    before = raw_files(folder)
    for attempt in (lambda: drop(folder, NOW), lambda: encrypt(folder, [PUBLIC], NOW)):
        with pytest.raises(NotAllowed, match="Nothing was computed from evidence"):
            attempt()
    assert raw_files(folder) == before


def test_settings_ask_for_a_key_that_is_one(tmp_path: Path, folder: IncidentFolder) -> None:
    file = tmp_path / "pm-agent.toml"
    file.write_text('[collect]\nkeep_raw = "encrypt"\n')
    with pytest.raises(UserError, match="needs raw_recipients"):
        read_settings(file, environ={})
    file.write_text('[collect]\nkeep_raw = "encrypt"\nraw_recipients = ["age1nonsense"]\n')
    with pytest.raises(UserError, match="'age1nonsense' is no public age key"):
        encrypt(folder, read_settings(file, environ={}).collect.raw_recipients, NOW)
    assert raw_files(folder)


def test_the_key_comes_from_variable_or_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    class Keyring:
        @staticmethod
        def get_password(service: str, user: str) -> str | None:
            return "AGE-SECRET-KEY-1X" if (service, user) == ("pm-agent", "raw") else None

    monkeypatch.setitem(__import__("sys").modules, "keyring", Keyring)
    by_keyring = CollectSpec(raw_key_keyring="pm-agent/raw")
    assert key_of(by_keyring, {"PM_AGENT_RAW_KEY": " A "}) == SecretStr("A")
    assert key_of(by_keyring, {}) == SecretStr("AGE-SECRET-KEY-1X")
    assert key_of(CollectSpec(), {}) is None
    with pytest.raises(UserError, match="no entry 'pm-agent/other'"):
        key_of(CollectSpec(raw_key_keyring="pm-agent/other"), {})


def test_without_the_extra_it_is_said_before_anything_is_drafted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = prepared(tmp_path, monkeypatch, f'keep_raw = "encrypt"\nraw_recipients = ["{PUBLIC}"]\n')
    monkeypatch.setitem(__import__("sys").modules, "pyrage", None)
    assert main(["draft", "--incident", "shop", "--drafter", "offline"]) == ExitCode.UNUSABLE
    assert "pip install 'pm-agent[encrypt]'" in capsys.readouterr().err
    assert not (home / "shop/draft.json").exists()


def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, collect: str) -> Path:
    for variable in ("PM_AGENT_HOME", "PM_AGENT_DRAFTER", "PM_AGENT_RAW_KEY"):
        monkeypatch.delenv(variable, raising=False)
    config = tmp_path / "pm-agent.toml"
    config.write_text(f'home = "home"\n[collect]\n{collect}')
    monkeypatch.setenv("PM_AGENT_CONFIG", str(config))
    lines = [f"2026-03-01T12:{n:02}:00Z INFO order {n} placed" for n in range(20)]
    lines += [f"2026-03-01T12:{n:02}:00Z ERROR pool exhausted, order {n} refused" for n in range(20, 40)]
    (tmp_path / "web.log").write_text("\n".join(lines))
    record = {
        "id": "shop",
        "title": "Orders refused",
        "start": "2026-03-01T12:20:00Z",
        "end": "2026-03-01T12:40:00Z",
        "services": ["web"],
        "sources": [files_spec("../../web.log").told],
    }
    (tmp_path / "home/shop").mkdir(parents=True)
    (tmp_path / "home/shop/incident.yaml").write_text(json.dumps(record))
    return tmp_path / "home"


def approved(capsys: pytest.CaptureFixture[str]) -> None:
    """Draft and approve whatever it takes."""
    assert main(["draft", "--incident", "shop", "--drafter", "offline"]) == ExitCode.OK
    draft = json.loads((IncidentFolder(Path(read_settings().home) / "shop").draft_file).read_text())
    for question in draft["open_questions"]:
        told = ["waive", "shop", question["id"], "--reason", "not known", "--by", "Dana"]
        assert main(told) == ExitCode.OK, capsys.readouterr().err
    code = main(["approve", "shop", "--by", "Dana"])
    assert code == ExitCode.OK, capsys.readouterr().err


def test_an_approved_report_drops_its_artifacts_and_a_redraft_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = prepared(tmp_path, monkeypatch, 'keep_raw = "drop"\n')
    approved(capsys)
    assert (home / "shop/postmortem.md").is_file()
    assert raw_files(IncidentFolder(home / "shop")) == {}
    capsys.readouterr()
    assert main(["verify", "shop"]) == ExitCode.OK
    assert "1 artifacts were dropped by setting" in capsys.readouterr().err
    assert main(["show", "shop", "L1"]) == ExitCode.OK
    said = capsys.readouterr()
    assert "L1" in said.out
    assert "was dropped on" in said.err
    for command in (["draft", "--incident", "shop", "--redraft"], ["digest", "shop"]):
        assert main([*command]) == ExitCode.NOT_ALLOWED
        assert "web.log was dropped on" in capsys.readouterr().err
    assert main(["draft", "--incident", "shop", "--drafter", "offline", "--redraft", "--recollect"]) == 0
    assert main(["verify", "shop"]) == ExitCode.OK


def test_an_encrypted_incident_is_restored_by_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = prepared(tmp_path, monkeypatch, f'keep_raw = "encrypt"\nraw_recipients = ["{PUBLIC}"]\n')
    approved(capsys)
    assert list(raw_files(IncidentFolder(home / "shop"))) == ["files/web.log.raw.age"]
    capsys.readouterr()
    assert main(["verify", "shop"]) == ExitCode.OK
    assert "put the secret age key into PM_AGENT_RAW_KEY" in capsys.readouterr().err
    assert main(["draft", "--incident", "shop", "--redraft"]) == ExitCode.NOT_ALLOWED
    assert "pm-agent raw shop --restore" in capsys.readouterr().err
    assert main(["raw", "shop", "--restore"]) == ExitCode.UNUSABLE
    assert "PM_AGENT_RAW_KEY is not set" in capsys.readouterr().err
    monkeypatch.setenv("PM_AGENT_RAW_KEY", KEY.get_secret_value())
    assert main(["raw", "shop", "--restore", "--json"]) == ExitCode.OK
    (row,) = json.loads(capsys.readouterr().out)["snapshots"]
    assert (row["readable"], row["raw"]) == (1, "kept")
    assert main(["draft", "--incident", "shop", "--drafter", "offline", "--redraft"]) == ExitCode.OK
    everything = "".join(path.read_text(errors="replace") for path in home.rglob("*") if path.is_file())
    assert KEY.get_secret_value() not in everything
