"""Files are copied whole however the system copies, and hashed beside other work."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from tools import files

DATA = bytes(range(256)) * 1000


@pytest.mark.parametrize("data", [b"", b"x", DATA])
def test_a_copy_holds_the_same_bytes(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "from").write_bytes(data)
    (tmp_path / "to").write_bytes(b"what a killed run left" * 100_000)
    files.copy(tmp_path / "from", tmp_path / "to")
    assert (tmp_path / "to").read_bytes() == data


def test_what_the_kernel_cannot_copy_is_copied_by_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "from").write_bytes(DATA)

    def broken(read: int, written: int, count: int) -> int:
        del count
        if os.lseek(written, 0, os.SEEK_CUR):
            raise OSError(18, "Invalid cross-device link")
        return os.write(written, os.read(read, 1000))

    def nothing(read: int, written: int, count: int) -> int:
        return 0 * (read + written + count)

    monkeypatch.setattr(os, "copy_file_range", broken)
    files.copy(tmp_path / "from", tmp_path / "half")
    monkeypatch.setattr(os, "copy_file_range", nothing)
    files.copy(tmp_path / "from", tmp_path / "nothing")
    monkeypatch.delattr(os, "copy_file_range")
    files.copy(tmp_path / "from", tmp_path / "elsewhere")
    assert [(tmp_path / name).read_bytes() == DATA for name in ("half", "nothing", "elsewhere")] == [True] * 3


def test_a_file_that_is_not_there_is_told_by_its_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        files.copy(tmp_path / "none", tmp_path / "to")


def test_hashing_beside_other_work_gives_the_hash(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(DATA)
    assert files.Hashing(tmp_path / "a").sha256() == hashlib.sha256(DATA).hexdigest()
    assert files.Hashing(tmp_path / "none").sha256() == ""
