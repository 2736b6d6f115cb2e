"""One incident folder of an upstream dataset, read with errors that name the file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from agent.errors import NotFound, UserError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Upstream:
    """One incident folder as the dataset lays it out."""

    dataset: str
    path: Path

    def require(self, *names: str) -> None:
        """Raise UserError unless every named file is there; the message names the first that is not."""
        if not self.path.is_dir():
            raise NotFound(
                f"{self.path} is not a folder.", hint=f"Give one incident folder of {self.dataset}."
            )
        for name in names:
            if not (self.path / name).is_file():
                raise UserError(
                    f"{self.path} is not an incident of {self.dataset}: {name} is missing.",
                    hint=f"An incident of {self.dataset} holds {', '.join(names)}.",
                )

    def has(self, name: str) -> bool:
        """Whether the folder holds a file of that name."""
        return (self.path / name).is_file()

    def bytes(self, name: str) -> bytes:
        """Read a file as it is."""
        return (self.path / name).read_bytes()

    def text(self, name: str) -> str:
        """Read a UTF-8 file; raise UserError where it is not."""
        try:
            return (self.path / name).read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise UserError(f"{self.path / name} is not UTF-8: {error}") from error

    def json(self, name: str, shape: TypeAdapter[T]) -> T:
        """Read a JSON file of a known shape; raise UserError naming the file and the bad place."""
        return self.nested(name, self.bytes(name), shape)

    def nested(self, name: str, data: bytes | str, shape: TypeAdapter[T]) -> T:
        """Read JSON of a known shape that stands in a file; raise UserError as for the file."""
        try:
            return shape.validate_json(data)
        except ValidationError as error:
            raise UserError(
                f"{self.path / name} is not as {self.dataset} writes it: {_first(error)}"
            ) from error

    def yaml(self, name: str, shape: TypeAdapter[T]) -> T:
        """Read a YAML file of a known shape; raise UserError naming the file and the bad place."""
        try:
            return shape.validate_python(yaml.safe_load(self.bytes(name)))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise UserError(f"{self.path / name} is not readable YAML: {error}") from error
        except ValidationError as error:
            raise UserError(
                f"{self.path / name} is not as {self.dataset} writes it: {_first(error)}"
            ) from error

    def neutral_id(self, prefix: str) -> str:
        """Name the case by a digest of dataset and folder, since upstream names tell the class of fault."""
        digest = hashlib.sha256(f"{self.dataset}/{self.path.name}".encode()).hexdigest()
        return f"{prefix}-{digest[:6]}"


def _first(error: ValidationError) -> str:
    item = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in item['loc']) or '(whole)'}: {item['msg']}"
