"""The `[check]` table of pm-agent.toml, read without the other settings so that a check starts quickly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from agent.checks.pattern import Pattern
from agent.errors import UserError

if TYPE_CHECKING:
    from agent.schema.finding import Level

FILE_NAME = "pm-agent.toml"
_LEVELS = ("error", "warning", "info", "off")
_RULE = Pattern(r"[A-Z]\d\d")


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a team decides about checks once; a command-line flag wins."""

    gate: Literal["error", "warning"] = "error"
    levels: Mapping[str, Level | Literal["off"]] = field(default_factory=dict[str, "Level"])
    """Level by rule id, instead of the rule's own; "off" silences it."""
    roster: Mapping[str, str] = field(default_factory=dict[str, str])
    """Names and handles of people, each with its role or ""."""
    services: tuple[str, ...] = ()
    """Names of systems; never taken for people."""
    priorities: tuple[str, ...] = ()
    """The priority scale; empty: P0 to P4 and the usual words."""
    ignore: tuple[str, ...] = ()
    """Patterns of files that are not checked, relative to the folder of the file."""
    baseline: Path | None = None
    folder: Path | None = None
    """Where the file lies; patterns and the baseline are relative to it."""

    def ignores(self, path: Path) -> bool:
        """Tell whether a file is left out."""
        if not self.ignore:
            return False
        base = (self.folder or Path()).resolve()
        whole = path.resolve()
        name = whole.relative_to(base).as_posix() if whole.is_relative_to(base) else whole.as_posix()
        return any(fnmatch(name, pattern) for pattern in self.ignore)


DEFAULT = Configuration()


def read_configuration(named: str | None, *, cwd: Path) -> Configuration:
    """Read the named settings file, or the nearest pm-agent.toml from `cwd` upwards; raise UserError."""
    if named:
        file = Path(named)
        if not file.is_file():
            raise UserError(f"{named} does not exist.", hint="Name a settings file that does.")
    else:
        file = next((up / FILE_NAME for up in (cwd, *cwd.parents) if (up / FILE_NAME).is_file()), None)
        if file is None:
            return DEFAULT
    import tomllib  # noqa: PLC0415 - most folders have no settings file

    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(f"{file} cannot be read: {error}.", hint="Correct the file.") from error
    table = data.get("check", {})
    if not isinstance(table, dict):
        raise _wrong(file, "check", "a table, [check]")
    found = _parse(cast("dict[str, object]", table), file)
    return replace(found, roster={**_members(data.get("roster")), **found.roster})


def _members(roster: object) -> dict[str, str]:
    """Give every name of the people in `[[roster]]` with their role; agent.settings checks the table."""
    found: dict[str, str] = {}
    for entry in cast("list[object]", roster) if isinstance(roster, list) else []:
        member = cast("dict[str, object]", entry) if isinstance(entry, dict) else {}
        role = member.get("role")
        for key in ("handle", "name", "slack", "github", "pagerduty"):
            if isinstance(name := member.get(key), str) and name:
                found[name] = role if isinstance(role, str) else ""
    return found


def _parse(table: dict[str, object], file: Path) -> Configuration:
    known = {"gate", "levels", "roster", "services", "priorities", "ignore", "baseline"}
    unknown = sorted(set(table) - known)
    if unknown:
        raise UserError(
            f"{file}: [check] has no setting {unknown[0]!r}.", hint=f"There are {', '.join(sorted(known))}."
        )
    gate = table.get("gate", "error")
    if gate not in {"error", "warning"}:
        raise _wrong(file, "gate", '"error" or "warning"')
    roster = table.get("roster", {})
    names = cast("list[object]", roster) if isinstance(roster, list) else []
    people: object = dict.fromkeys(names, "") if names else (cast("object", roster) or {})
    baseline = table.get("baseline")
    if baseline is not None and not isinstance(baseline, str):
        raise _wrong(file, "baseline", "a file name")
    return Configuration(
        gate=cast("Literal['error', 'warning']", gate),
        levels=cast("Mapping[str, Level]", _levels(table.get("levels", {}), file)),
        roster=_texts(people, file, "roster"),
        services=_list(table, "services", file),
        priorities=_list(table, "priorities", file),
        ignore=_list(table, "ignore", file),
        baseline=file.parent / baseline if baseline else None,
        folder=file.parent,
    )


def _levels(value: object, file: Path) -> dict[str, str]:
    def fits(rule: str, level: str) -> bool:
        return _RULE.fullmatch(rule) is not None and level in _LEVELS

    return _texts(value, file, "levels", fits, 'rule ids with "error", "warning", "info" or "off"')


def _texts(
    value: object,
    file: Path,
    name: str,
    fits: Callable[[str, str], bool] = lambda _key, _value: True,
    wanted: str = "a list of names, or names with roles",
) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _wrong(file, name, wanted)
    pairs = cast("dict[object, object]", value)
    texts = {key: item for key, item in pairs.items() if isinstance(key, str) and isinstance(item, str)}
    if len(texts) != len(pairs) or not all(fits(key, item) for key, item in texts.items()):
        raise _wrong(file, name, wanted)
    return texts


def _list(table: dict[str, object], name: str, file: Path) -> tuple[str, ...]:
    value = table.get(name, [])
    items = cast("list[object]", value) if isinstance(value, list) else [None]
    texts = tuple(item for item in items if isinstance(item, str))
    if len(texts) != len(items):
        raise _wrong(file, name, "a list of texts")
    return texts


def _wrong(file: Path, name: str, wanted: str) -> UserError:
    return UserError(f"{file}: [check] {name} is wrong.", hint=f"It must be {wanted}.")
