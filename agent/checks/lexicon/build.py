"""Generate `compiled.json` from the YAML files: `python -m agent.checks.lexicon.build`."""

from __future__ import annotations

import json
from typing import cast

import yaml

from agent.checks.lexicon import COMPILED, FOLDER

SOURCES = ("subjects", "families", "wording", "catalogue")


def compile_lexicon() -> str:
    """Return the text of `compiled.json`, one rule a line."""
    data = {name: yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")) for name in SOURCES}
    parts: list[str] = []
    for name, content in data.items():
        if isinstance(content, list):
            rows = ",\n".join(json.dumps(row, ensure_ascii=True) for row in cast("list[object]", content))
            parts.append(f'"{name}": [\n{rows}\n]')
        else:
            rows = ",\n".join(
                f"{json.dumps(key)}: {json.dumps(value)}"
                for key, value in cast("dict[str, object]", content).items()
            )
            parts.append(f'"{name}": {{\n{rows}\n}}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    COMPILED.write_text(compile_lexicon(), encoding="utf-8")
