"""Prompt files: Markdown with front matter, loaded strictly and filled strictly."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast

import yaml

FOLDER = Path(__file__).parent
_KEYS = {"id", "version", "inputs", "output"}
_VARIABLE = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
_PART = re.compile(r"\{\{>\s*([a-z_]+)\s*\}\}\n?")


class PromptError(ValueError):
    """A prompt file breaks its contract, or a caller does; a defect of ours, never of the user's."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt, its parts already in place."""

    id: str
    version: int
    inputs: tuple[str, ...]
    output: str
    """Name of the reply type, or "text"."""
    text: str

    @property
    def sha256(self) -> str:
        """Hash of the text with its parts; changes with every word."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def reference(self) -> str:
        """How a draft names the prompt: `id@version:hash`."""
        return f"{self.id}@{self.version}:{self.sha256[:12]}"

    def render(self, **values: str) -> str:
        """Fill every variable once; raise PromptError for one that is missing or was not declared.

        Values are never looked at again, so text that holds `{{...}}` stays as it is.
        """
        if missing := sorted(set(self.inputs) - set(values)):
            raise PromptError(f"prompt {self.id}: no value for {', '.join(missing)}")
        if unknown := sorted(set(values) - set(self.inputs)):
            raise PromptError(f"prompt {self.id}: {', '.join(unknown)} is not among its inputs")
        return _VARIABLE.sub(lambda found: values[found.group(1)], self.text)


@lru_cache(maxsize=64)
def load(name: str, folder: Path = FOLDER) -> Prompt:
    """Load `<name>.md`; raise PromptError where front matter and text do not agree."""
    file = folder / f"{name}.md"
    front, text = _split(file)
    if set(front) != _KEYS:
        raise PromptError(f"{file.name}: front matter needs exactly {', '.join(sorted(_KEYS))}")
    if front["id"] != name:
        raise PromptError(f"{file.name}: its id is {front['id']!r}, not the file's name")
    inputs, version = front["inputs"], front["version"]
    if not isinstance(inputs, list) or not isinstance(version, int):
        raise PromptError(f"{file.name}: inputs is a list and version a whole number")
    declared = tuple(str(item) for item in cast("list[object]", inputs))
    text = _PART.sub(lambda found: _part(folder, found.group(1), file), text).strip() + "\n"
    used = set(_VARIABLE.findall(text))
    if used != set(declared):
        odd = ", ".join(sorted(used ^ set(declared)))
        raise PromptError(f"{file.name}: {odd} is used or declared, but not both")
    if "{{" in _VARIABLE.sub("", text):
        raise PromptError(f"{file.name}: holds braces that are neither a variable nor a part")
    return Prompt(name, version, declared, str(front["output"]), text)


def names(folder: Path = FOLDER) -> tuple[str, ...]:
    """List every prompt."""
    return tuple(sorted(file.stem for file in folder.glob("*.md")))


def _split(file: Path) -> tuple[dict[str, object], str]:
    if not file.is_file():
        raise PromptError(f"there is no prompt {file.name}")
    pieces = file.read_text(encoding="utf-8").split("---\n", 2)
    if len(pieces) != 3 or pieces[0]:
        raise PromptError(f"{file.name}: does not begin with front matter between two lines of ---")
    front: object = yaml.safe_load(pieces[1])
    if not isinstance(front, dict):
        raise PromptError(f"{file.name}: its front matter is not a mapping")
    return cast("dict[str, object]", front), pieces[2]


def _part(folder: Path, name: str, file: Path) -> str:
    part = folder / "parts" / f"{name}.md"
    if not part.is_file():
        raise PromptError(f"{file.name}: there is no part {name}")
    return part.read_text(encoding="utf-8").strip() + "\n"
