"""Settings: pm-agent.toml and the environment, read once, frozen."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import ConfigDict, Field, SecretStr, model_validator

from agent.errors import NotFound, UserError
from agent.schema.base import Model, parse
from agent.schema.incident import SourceSpec
from agent.schema.roster import Member

FILE_NAME = "pm-agent.toml"
DEFAULT_HOME = Path("postmortems")

_VARIABLES = {
    "home": "PM_AGENT_HOME",
    "drafter": "PM_AGENT_DRAFTER",
    "people": "PM_AGENT_PEOPLE",
    "authors": "PM_AGENT_AUTHORS",
    "checkpoint_dsn": "PM_AGENT_CHECKPOINT_DSN",
    "source_timeout": "PM_AGENT_SOURCE_TIMEOUT",
    "offline": "PM_AGENT_OFFLINE",
    "model": "PM_AGENT_MODEL",
    "effort": "PM_AGENT_EFFORT",
    "budget_usd": "PM_AGENT_BUDGET_USD",
    "max_seconds": "PM_AGENT_MAX_SECONDS",
}


class IncidentsSpec(Model):
    """Where incident records are kept.

    Beside the provider it takes whatever that kind of source takes; what is not given here is taken from the
    `[[sources]]` of that name or kind.
    """

    model_config = ConfigDict(extra="allow")

    provider: str = Field(min_length=1)
    """Kind, or name, of a source that keeps records: "pagerduty", "github", "prometheus", "alertmanager"."""


class CollectSpec(Model):
    """What becomes of the raw artifacts once a report is approved, only in the file."""

    keep_raw: Literal["keep", "drop", "encrypt"] = "keep"
    """Leave them, delete them, or encrypt them with age; the manifest with their hashes stays."""
    raw_recipients: tuple[str, ...] = ()
    """Public age or SSH keys (age1..., ssh-ed25519 ...) that they are encrypted for."""
    raw_key_env: str = Field(default="PM_AGENT_RAW_KEY", pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    """Variable with the secret age key, which only `verify` and `raw --restore` read."""
    raw_key_keyring: str | None = None
    """Entry `service/user` of the system's keyring that holds it."""

    @model_validator(mode="after")
    def _for_somebody(self) -> Self:
        if self.keep_raw == "encrypt" and not self.raw_recipients:
            raise ValueError('keep_raw = "encrypt" needs raw_recipients, public keys such as age1...')
        return self


class InvestigationLimits(Model):
    """How far a model may look into the recording before it writes; at a limit the draft goes on without."""

    rounds: int = Field(default=3, ge=0, le=20)
    """Calls that ask for looks, each for several at once; 0 looks at nothing."""
    looks: int = Field(default=10, ge=1, le=100)
    """Looks in all rounds together."""
    tokens: int = Field(default=12_000, gt=0)
    """Tokens of the calls' replies and of what they add to the prompt."""
    seconds: float | None = Field(default=120.0, gt=0)
    """Seconds that the calls took."""
    usd: float | None = Field(default=0.05, gt=0)
    """What the calls cost at list prices."""


class Settings(Model):
    """What a team decides once; a variable wins over the file, a command-line flag over both."""

    home: Path = DEFAULT_HOME
    """Folder that holds one folder an incident; in the file relative to the file."""
    drafter: Literal["auto", "offline", "claude"] = "auto"
    people: Literal["handles", "roles"] = "handles"
    """Whether actors, owners and people named in sentences keep their names or are replaced by roles."""
    authors: tuple[str, ...] = ()
    """Who stands in the header of every draft; in the environment separated by commas."""
    checkpoint_dsn: SecretStr | None = None
    """PostgreSQL connection for checkpoints; without it each incident has an SQLite file."""
    source_timeout: float = Field(default=60.0, gt=0)
    """Seconds that one source may take."""
    sources: tuple[SourceSpec, ...] = ()
    """Sources of every incident; one that incident.yaml declares by the same name replaces it."""
    offline: bool = False
    """Whether no source is asked over the network; what was not recorded before is "not recorded"."""
    collect: CollectSpec = CollectSpec()
    """What becomes of the raw artifacts, only in the file."""
    incidents: IncidentsSpec | None = None
    """Who is asked for an incident that the home does not hold."""
    roster: tuple[Member, ...] = ()
    """People, with their names in other systems and their roles."""
    config_file: Path | None = None
    """The file that was read; no key of it."""
    model: str = Field(default="claude-sonnet-5-5", min_length=1)
    """Model that drafts."""
    models: Mapping[
        Literal["investigate", "timeline", "factors", "actions", "sections", "contradictions", "revise"], str
    ] = {}
    """Other models for single steps, only in the file; a small one may pick rows, not find causes."""
    effort: Literal["low", "medium", "high"] = "medium"
    """How long the model may think."""
    investigation: InvestigationLimits = InvestigationLimits()
    """Limits of looking further, only in the file."""
    digest_tokens: int = Field(default=8_000, ge=1_000, le=30_000)
    """Tokens of the digest that a model sees before it looks further, only in the file."""
    budget_usd: float | None = Field(default=None, gt=0)
    """What one draft may cost at list prices."""
    max_seconds: float | None = Field(default=None, gt=0)
    """Seconds after which one run makes no further model call."""


def read_settings(
    config: Path | None = None, *, cwd: Path | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """Read settings: the named file, or PM_AGENT_CONFIG's, or the nearest one from `cwd` upwards.

    Variables win over the file. Raise UserError naming file or variable, and the key that is wrong.
    """
    environ = os.environ if environ is None else environ
    named = config or (Path(environ["PM_AGENT_CONFIG"]) if environ.get("PM_AGENT_CONFIG") else None)
    file = named or _nearest(cwd or Path.cwd())
    values = _read_file(file) if file else {}
    if file:
        parse(Settings, values, where=str(file))
        values["config_file"] = file.resolve()
    told = {key: environ[variable] for key, variable in _VARIABLES.items() if environ.get(variable)}
    for key, text in told.items():
        values[key] = [part.strip() for part in text.split(",")] if key == "authors" else text
        parse(Settings, {key: values[key]}, where=f"the environment variable {_VARIABLES[key]}")
    return parse(Settings, values, where=str(file or "the settings"))


def _nearest(folder: Path) -> Path | None:
    candidates = (parent / FILE_NAME for parent in (folder.resolve(), *folder.resolve().parents))
    return next((file for file in candidates if file.is_file()), None)


def _read_file(file: Path) -> dict[str, object]:
    try:
        values: dict[str, object] = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotFound(f"{file} does not exist.", hint="Correct --config or PM_AGENT_CONFIG.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{file} is not readable TOML: {error}") from error
    if "config_file" in values:
        raise UserError(f"{file} is not valid: config_file: is no key of a settings file")
    values.pop("check", None)  # the checks read their own table, without this module's imports
    if isinstance(home := values.get("home"), str):
        values["home"] = str(file.resolve().parent / home)
    return values
