"""A folder that keeps reports as files, such as docs/postmortems of a repository."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory


class WouldOverwrite(Exception):  # noqa: N818 - reads as the outcome it is
    """Files with these names exist and belong to something else."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} exists and is not an earlier version of this report.")
        self.path = path


def plan(
    folder: Path, files: Mapping[str, bytes], *, ours: Callable[[Mapping[str, bytes]], bool]
) -> tuple[Path, ...]:
    """List what would be written; raise WouldOverwrite where existing files are not ours to replace.

    `ours` is given the contents of those files that exist already and differ.
    """
    found = {name: (folder / name).read_bytes() for name in files if (folder / name).is_file()}
    differing = [name for name, data in found.items() if data != files[name]]
    if differing and not ours(found):
        raise WouldOverwrite(folder / differing[0])
    return tuple(folder / name for name in files)


def write(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write all files, each atomically; none is replaced before all have been written beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".publishing-", dir=folder) as scratch:
        for name, data in files.items():
            _write(Path(scratch) / name, data)
        return tuple((Path(scratch) / name).replace(folder / name) for name in files)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
