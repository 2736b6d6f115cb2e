"""Settings: where they are found, what wins, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import NotFound, UserError
from agent.settings import Settings, read_settings


def test_defaults_without_any_file(tmp_path: Path) -> None:
    assert read_settings(cwd=tmp_path, environ={}) == Settings()


def test_the_nearest_file_upwards_counts_and_its_home_is_relative_to_it(tmp_path: Path) -> None:
    (tmp_path / "pm-agent.toml").write_text('home = "incidents"\npeople = "roles"\nauthors = ["SRE"]\n')
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    settings = read_settings(cwd=inner, environ={})
    assert settings.home == tmp_path / "incidents"
    assert (settings.people, settings.authors) == ("roles", ("SRE",))


def test_a_variable_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "pm-agent.toml").write_text('drafter = "claude"\nsource_timeout = 5\n')
    environ = {"PM_AGENT_DRAFTER": "offline", "PM_AGENT_AUTHORS": "Dana, Kim", "PM_AGENT_HOME": "elsewhere"}
    settings = read_settings(cwd=tmp_path, environ=environ)
    assert settings.drafter == "offline"
    assert settings.authors == ("Dana", "Kim")
    assert settings.home == Path("elsewhere")
    assert settings.source_timeout == 5


def test_a_named_file_wins_over_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "pm-agent.toml").write_text('people = "roles"\n')
    other = tmp_path / "other.toml"
    other.write_text("")
    assert read_settings(other, cwd=tmp_path, environ={}).people == "handles"
    assert read_settings(cwd=tmp_path, environ={"PM_AGENT_CONFIG": str(other)}).people == "handles"
    with pytest.raises(NotFound, match=r"gone\.toml does not exist"):
        read_settings(tmp_path / "gone.toml", environ={})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('drfter = "offline"', r"pm-agent\.toml is not valid: drfter: Extra inputs"),
        ('people = "names"', r"pm-agent\.toml is not valid: people"),
        ("source_timeout = 0", r"pm-agent\.toml is not valid: source_timeout"),
        ("people = ", r"pm-agent\.toml is not readable TOML"),
    ],
)
def test_a_wrong_file_names_file_and_key(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "pm-agent.toml").write_text(text)
    with pytest.raises(UserError, match=message):
        read_settings(cwd=tmp_path, environ={})


def test_a_wrong_variable_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"environment variable PM_AGENT_PEOPLE is not valid: people"):
        read_settings(cwd=tmp_path, environ={"PM_AGENT_PEOPLE": "names"})


def test_the_dsn_does_not_show(tmp_path: Path) -> None:
    environ = {"PM_AGENT_CHECKPOINT_DSN": "postgresql://u:secret@db/x"}
    settings = read_settings(cwd=tmp_path, environ=environ)
    assert "secret" not in f"{settings!r} {settings.model_dump_json()}"
