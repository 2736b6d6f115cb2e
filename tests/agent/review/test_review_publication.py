from __future__ import annotations

from pathlib import Path

import pytest

from tools.sinks.markdown import WouldOverwrite, plan, write


def test_a_write_that_fails_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.md").write_bytes(b"old")
    calls: list[str] = []

    def full_disk(handle: int) -> None:
        calls.append("fsync")
        if len(calls) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path, {"a.md": b"new", "a.json": b"{}"})
    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]
    assert (tmp_path / "a.md").read_bytes() == b"old"


def test_same_bytes_are_no_conflict(tmp_path: Path) -> None:
    files = {"a.md": b"x", "a.json": b"{}"}
    write(tmp_path, files)
    assert plan(tmp_path, files, ours=lambda found: False) == (tmp_path / "a.md", tmp_path / "a.json")
    with pytest.raises(WouldOverwrite, match=r"a\.md exists"):
        plan(tmp_path, files | {"a.md": b"y"}, ours=lambda found: False)
