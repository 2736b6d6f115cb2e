"""Word lists and rules as data, read once and only when a check runs."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import cast

_FOLDER = Path(__file__).parent


def load_yaml(name: str) -> object:
    """Read one data file of this package."""
    import yaml  # noqa: PLC0415 - heavy, and --help must not pay for it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with (_FOLDER / name).open(encoding="utf-8") as file:
        return yaml.load(file, Loader=loader)  # noqa: S506 - both loaders are the safe ones


@cache
def words() -> dict[str, frozenset[str]]:
    """Read the subject word lists, by list name."""
    data = cast("dict[str, str]", load_yaml("subjects.yaml"))
    return {name: frozenset(text.split()) for name, text in data.items()}
