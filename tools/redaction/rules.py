"""The rules of rules.toml, compiled for bytes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from tools.redaction.checks import CHECKS

View = Literal["exact", "folded", "shape"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of thing to mask."""

    name: str
    kind: str
    """What stands in the mask."""
    view: View
    literals: tuple[bytes, ...]
    confirm: re.Pattern[bytes] | None
    """What a literal's place in its view must match as well."""
    gates: tuple[re.Pattern[bytes], ...]
    pattern: re.Pattern[bytes]
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
    data = cast("dict[str, object]", tomllib.loads(text))
    gates = {name: re.compile(gate.encode()) for name, gate in cast("dict[str, str]", data["gates"]).items()}
    return tuple(_rule(table, gates) for table in cast("list[dict[str, object]]", data["rule"]))


def _rule(table: dict[str, object], gates: Mapping[str, re.Pattern[bytes]]) -> Rule:
    check = table.get("check")
    return Rule(
        name=str(table["name"]),
        kind=str(table["kind"]),
        view=cast("View", table.get("view", "exact")),
        literals=tuple(text.encode() for text in _texts(table.get("literals", []))),
        confirm=re.compile(str(table["confirm"]).encode()) if "confirm" in table else None,
        gates=tuple(gates[name] for name in _texts(table.get("gates", []))),
        pattern=re.compile(str(table["pattern"]).encode()),
        check=CHECKS[str(check)] if check else None,
        tails=tuple(text.encode() for text in _texts(table.get("tails", []))),
        lines=int(str(table.get("lines", 1))),
        optional=bool(table.get("optional")),
        hits=_examples(table["hits"]),
        misses=_examples(table["misses"]),
    )


def _texts(value: object) -> list[str]:
    return cast("list[str]", value)


def _examples(value: object) -> tuple[str, ...]:
    return tuple(text.replace("·", "") for text in _texts(value))
