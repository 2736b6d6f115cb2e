"""The rules of rules.toml, compiled for bytes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

from tools.redaction.checks import CHECKS

_AROUND = re.compile(r"\(\?<?[!=](?:\\.|\[(?:\\.|[^\]])*\]|[^()\\\[])*\)")
_NAME = re.compile(r"\(\?P<\w+>")


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of thing to mask."""

    name: str
    kind: str
    """What stands in the mask."""
    cue: bytes
    """RE2 syntax without groups: what a line must hold before the pattern is tried."""
    pattern: re.Pattern[bytes]
    groups: tuple[str, ...]
    """Which groups of the pattern hold the secret; without any it is the whole match."""
    check: Callable[[str, str], bool] | None
    tails: tuple[bytes, ...]
    """How one begins, for texts that were cut within it."""
    lines: int
    """Lines that one match may run over."""
    optional: bool
    """Only by setting."""
    hits: tuple[str, ...]
    misses: tuple[str, ...]


@cache
def rules() -> tuple[Rule, ...]:
    """Read the table once; a match goes to the rule that stands first."""
    text = files("tools.redaction").joinpath("rules.toml").read_text(encoding="utf-8")
    return tuple(_rule(table) for table in cast("list[dict[str, object]]", tomllib.loads(text)["rule"]))


def _rule(table: dict[str, object]) -> Rule:
    check = table.get("check")
    text = str(table["pattern"])
    pattern = re.compile(text.encode())
    return Rule(
        name=str(table["name"]),
        kind=str(table["kind"]),
        cue=str(table.get("cue") or _cue(text)).encode(),
        pattern=pattern,
        groups=tuple(name for name in pattern.groupindex if name.startswith("secret")),
        check=CHECKS[str(check)] if check else None,
        tails=tuple(text.encode() for text in _texts(table.get("tails", []))),
        lines=int(str(table.get("lines", 1))),
        optional=bool(table.get("optional")),
        hits=_examples(table["hits"]),
        misses=_examples(table["misses"]),
    )


def _cue(pattern: str) -> str:
    """Leave out what RE2 does not know: look-arounds, the verbose form, and groups that nobody asks for."""
    if pattern.startswith("(?x)"):
        pattern = "".join(pattern.removeprefix("(?x)").split())
    return _NAME.sub("(?:", _AROUND.sub("", pattern))


def _texts(value: object) -> list[str]:
    return cast("list[str]", value)


def _examples(value: object) -> tuple[str, ...]:
    return tuple(text.replace("·", "") for text in _texts(value))
