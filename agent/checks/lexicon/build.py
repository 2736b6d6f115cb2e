"""Generate `compiled.json` from the YAML files: `python -m agent.checks.lexicon.build`.

In a rule, `{words:NAME}` becomes the alternatives of a list of vocabulary.yaml, and each entry of `verbs` its
inflected forms. In a verb phrase `_` stands for up to six words, `his` for any possessive.
"""

from __future__ import annotations

import json
import re
from typing import cast

import yaml

from agent.checks.lexicon import COMPILED, FOLDER
from agent.checks.lexicon.cues import index_cues
from agent.checks.lexicon.inflection import inflect
from agent.checks.rulebook import places_of, read_rule

_MACRO = re.compile(r"\{words:(\w+)\}")


def compile_lexicon() -> str:
    """Return the text of `compiled.json`, one rule a line."""
    subjects = _read("subjects") | _read("names")
    vocabulary = {name: _entries(text) for name, text in _read("vocabulary").items()}
    every = sorted((FOLDER / "rules").glob("B*.yaml"))
    rows = [row for file in every for row in yaml.safe_load(file.read_text(encoding="utf-8"))]
    parts = [_table(name, _read(name)) for name in ("families", "catalogue")]
    parts.insert(0, _table("subjects", subjects))
    entries = [_rule(row, vocabulary) for row in rows]
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    parts.append(f'"wording": [\n{lines}\n]')
    parts.append(
        _table("cues", index_cues([read_rule(*place) for row in entries for place in places_of(row)]))
    )
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _read(name: str) -> dict[str, object]:
    return cast("dict[str, object]", yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))


def _entries(text: object) -> str:
    words = [part.strip() for part in str(text).split(",") if part.strip()]
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


def _table(name: str, content: dict[str, object]) -> str:
    rows = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in content.items())
    return f"{json.dumps(name)}: {{\n{rows}\n}}"


def _rule(row: dict[str, object], vocabulary: dict[str, str]) -> dict[str, object]:
    compiled = dict(row)
    for key in ("pattern", "not", "need"):
        if key in row:
            compiled[key] = _MACRO.sub(lambda found: f"(?:{vocabulary[found.group(1)]})", str(row[key]))
    if "verbs" in row:
        compiled["verbs"] = [_lexeme(str(verb)) for verb in cast("list[object]", row["verbs"])]
    return compiled


def _lexeme(phrase: str) -> dict[str, object]:
    """Return the phrase, the forms of its verb and the pattern of what follows the verb."""
    verb, *rest = phrase.split()
    after = "".join(r"(?: [^\s,;:.]+){0,6}?" if word == "_" else " " + _possessive(word) for word in rest)
    return {"verb": phrase, "forms": list(inflect(verb)), "rest": after}


def _possessive(word: str) -> str:
    return "(?:his|her|their|its|our|my|the)" if word == "his" else re.escape(word).replace(r"\-", "-")


if __name__ == "__main__":
    COMPILED.write_text(compile_lexicon(), encoding="utf-8")
