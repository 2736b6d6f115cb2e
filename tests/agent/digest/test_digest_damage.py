"""Damage met when a packed log is counted: told in the coverage, in the notes, and beside its lines."""

from __future__ import annotations

import gzip
from pathlib import Path

import planted_clocks
import pytest
import zstandard
from planted_clocks import Log

from agent.digest import bulk
from agent.digest.engine import digest
from agent.digest.excerpts import excerpt
from agent.schema.evidence import Evidence, Pointer


def packed(data: bytes, kind: str) -> bytes:
    return gzip.compress(data) if kind == "gzip" else zstandard.compress(data)


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_a_packed_log_that_breaks_off_is_told_with_what_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(bulk, "LARGE", 8_000)
    bundle, incident = planted_clocks.bundle(tmp_path, [Log("api", "json")], many=3000)
    path = bundle.path("logs/api.log")
    whole = path.read_bytes()
    path.write_bytes(packed(whole, kind))
    sound = digest(bundle, incident)
    assert sound.fact("log_lines").count == whole.count(b"\n")
    assert not any("breaks off" in note for note in sound.notes)

    data = packed(whole, kind)
    path.write_bytes(data[: len(data) * 2 // 3])
    assert bulk.is_large(path)
    found = digest(bundle, incident)
    told = f"logs/api.log breaks off: {kind} stream ends before its end, so only what stands before was read"
    assert f"{told}." in found.notes
    (row,) = [row for row in found.coverage if row.signal == "logs"]
    assert told in row.note
    lines = found.fact("log_lines").count
    assert lines is not None
    assert 0 < lines < whole.count(b"\n")


def test_lines_beside_the_damage_are_shown_and_the_damage_is_told(tmp_path: Path) -> None:
    bundle, _ = planted_clocks.bundle(tmp_path, [Log("api", "json")], many=900)
    path = bundle.path("logs/api.log")
    whole = path.read_bytes()
    data = gzip.compress(whole)
    path.write_bytes(data[: len(data) // 2])
    near, far = (
        Evidence(
            id="L1",
            kind="L",
            statement="x",
            severity="info",
            salience=0.1,
            pointers=(Pointer(artifact="logs/api.log", lines=(at, at)),),
        )
        for at in (3, whole.count(b"\n"))
    )
    (shown,) = excerpt(bundle, near)
    assert shown.lines == (whole.decode().splitlines()[2],)
    assert shown.damage == ""
    (lost,) = excerpt(bundle, far)
    assert lost.lines == ()
    assert lost.damage == "gzip stream ends before its end"
