"""Word lists and rules as data, read once and only when a check runs.

The YAML files are the source; `compiled.json` is generated from them, because reading YAML would take a third
of the time of a check. `python -m agent.checks.lexicon.build` writes it, a test compares.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import cast

FOLDER = Path(__file__).parent
COMPILED = FOLDER / "compiled.json"


@cache
def load_data() -> dict[str, object]:
    """Read every data file of this package, by name."""
    return cast("dict[str, object]", json.loads(COMPILED.read_text(encoding="utf-8")))


@cache
def words() -> dict[str, frozenset[str]]:
    """Read the subject word lists, by list name."""
    data = cast("dict[str, str]", load_data()["subjects"])
    return {name: frozenset(text.split()) for name, text in data.items()}
