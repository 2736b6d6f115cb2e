"""A sample arrives whole, once, whoever asks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from agent.samples import catalogue, install
from agent.store import Home


def test_installing_twice_at_once_gives_one_whole_copy(tmp_path: Path) -> None:
    sample = catalogue()[0]
    home = Home(tmp_path / "home")
    with ThreadPoolExecutor(4) as pool:
        folders = list(pool.map(install, [sample] * 4, [home] * 4))
    assert {folder.path for folder in folders} == {(tmp_path / "home" / sample.id).resolve()}
    assert [entry.name for entry in (tmp_path / "home").iterdir()] == [sample.id]
    assert folders[0].bundle() is not None
