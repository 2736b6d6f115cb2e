"""Files: copied without passing through the process, and hashed, also beside other work."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from contextlib import suppress
from pathlib import Path

_STEP = 64 << 20
"""Bytes that the kernel is asked to copy at once."""


def copy(source: Path, target: Path) -> None:
    """Copy what a file holds, by reference where the file system can; raise OSError as reading does."""
    if not _copied_in_kernel(source, target):
        shutil.copyfile(source, target)


def sha256_file(path: Path) -> str:
    """Hash a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Hashing:
    """Hashes a file in a thread of its own, which a process that ends does not wait for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sha256 = ""
        self._thread = threading.Thread(target=self._run, daemon=True, name="pm-agent-hashing")
        self._thread.start()

    def sha256(self) -> str:
        """Wait for the hash; empty where the file could not be read, which its reader will say."""
        self._thread.join()
        return self._sha256

    def _run(self) -> None:
        with suppress(OSError):
            self._sha256 = sha256_file(self._path)


def _copied_in_kernel(source: Path, target: Path) -> bool:
    """Copy by copy_file_range(2); give False where the system or the file is not made for it."""
    if not hasattr(os, "copy_file_range"):
        return False
    with source.open("rb") as read, target.open("wb") as written:
        copied = 0
        try:
            while step := os.copy_file_range(read.fileno(), written.fileno(), _STEP):
                copied += step
        except OSError:  # across file systems, or of a kind that only reads: what is wrong a copy will tell
            return False
        return copied > 0 or os.fstat(read.fileno()).st_size == 0
