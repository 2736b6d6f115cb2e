"""What can be read of a JSON answer that a limit cut off: the elements that came whole."""

from __future__ import annotations

from pathlib import Path

from tools.formats.documents import Document
from tools.formats.records import Tally
from tools.http import Json


def whole_elements(path: Path, *keys: str) -> list[Json]:
    """Read the whole elements of the array at a path of keys; none where the cut came before the first."""
    text = path.read_bytes().decode("utf-8", "replace")
    return [element.value for element in Document(text).elements(Tally(), *keys)]
