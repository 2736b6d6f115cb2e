"""Saving: models and texts written atomically, and the hashes that files have."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from pydantic import BaseModel

from tools.files import sha256_file

__all__ = ["sha256_file", "to_json", "version_of", "write_atomically", "write_model", "write_text"]


def version_of(model: BaseModel) -> str:
    """sha256 that a model's file has once it is written."""
    return hashlib.sha256(to_json(model)).hexdigest()


def to_json(model: BaseModel) -> bytes:
    """Serialise for a file: two-space indent, fields in their order, trailing newline; byte-stable."""
    return (model.model_dump_json(indent=2, exclude_none=False) + "\n").encode()


def write_model(path: Path, model: BaseModel) -> str:
    """Write a model atomically and return the file's sha256."""
    data = to_json(model)
    write_atomically(path, data)
    return hashlib.sha256(data).hexdigest()


def write_text(path: Path, text: str) -> None:
    """Write text atomically."""
    write_atomically(path, text.encode("utf-8"))


def write_atomically(path: Path, data: bytes) -> None:
    """Write bytes so that a reader sees the old file or the new one, and a kill leaves one of them."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
