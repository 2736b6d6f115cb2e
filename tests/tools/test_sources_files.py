"""The file source: what is found, how it is copied, and what is said of what could not be."""

from __future__ import annotations

import os
from pathlib import Path, PurePath

import pytest

from tests.tools.scopes import ANY
from tools import files
from tools.sources.files import FileSource
from tools.sources.places import labels_of

LINE = "2026-03-17 10:00:00 INFO up\n"


def put(path: Path, text: str = LINE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("path", "labels"),
    [
        ("logs/cart.log", {"service": "cart"}),
        ("logs/cart.log.1.gz", {"service": "cart"}),
        ("logs/cart.previous.log", {"service": "cart", "previous": "true"}),
        ("logs/cart.istio-proxy.log", {"service": "cart", "container": "istio-proxy"}),
        ("web-0/nginx.log", {"pod": "web-0", "service": "web", "container": "nginx"}),
        ("cart-6c67b4656-hlbw8.log", {"pod": "cart-6c67b4656-hlbw8", "service": "cart"}),
        ("pods/shop_cart-6c67b4656-hlbw8_0a1b2c3d-0000-4000-8000-000000000000/app/0.log",
         {"namespace": "shop", "pod": "cart-6c67b4656-hlbw8", "service": "cart", "container": "app"}),
        ("cart-6c67b4656-hlbw8_shop_app-" + "0" * 64 + ".log",
         {"namespace": "shop", "pod": "cart-6c67b4656-hlbw8", "service": "cart", "container": "app"}),
        ("error.log", {}),
        ("metrics.csv", {}),
        ("kubectl_get_pods", {}),
    ],
)  # fmt: skip
def test_labels_from_paths(path: str, labels: dict[str, str]) -> None:
    assert labels_of(PurePath(path)) == labels


def test_globs_folders_and_single_files_are_copied_byte_for_byte(tmp_path: Path) -> None:
    put(tmp_path / "in" / "logs" / "cart.log")
    put(tmp_path / "in" / "logs" / "deep" / "web.log")
    put(tmp_path / "in" / "one.txt")
    source = FileSource(tmp_path / "in", ("logs/**/*.log", "logs", "one.txt"))
    fetched = source.fetch(ANY, tmp_path / "out")
    assert fetched.outcome == "ok"
    assert [item.path.relative_to(tmp_path / "out").as_posix() for item in fetched.artifacts] == [
        "logs/cart.log", "logs/deep/web.log", "one.txt",
    ]  # fmt: skip
    assert fetched.artifacts[0].path.read_text() == LINE
    assert fetched.artifacts[0].labels == {"service": "cart"}
    assert fetched.artifacts[0].tally.rows == 1


def test_nothing_matched_is_empty_and_one_of_two_is_partial(tmp_path: Path) -> None:
    put(tmp_path / "a.log")
    nothing = FileSource(tmp_path, ("*.nope",)).fetch(ANY, tmp_path / "out")
    assert (nothing.outcome, nothing.artifacts, nothing.note) == ("empty", (), "*.nope matched nothing")
    some = FileSource(tmp_path, ("*.nope", "*.log")).fetch(ANY, tmp_path / "out")
    assert some.outcome == "partial"
    assert len(some.artifacts) == 1


def test_unreadable_file_is_denied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "in" / "a.log")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files, "copy", refuse)
    fetched = FileSource(tmp_path / "in", ("*.log",)).fetch(ANY, tmp_path / "out")
    assert fetched.outcome == "denied"
    assert fetched.note == "a.log may not be read"


def test_links_loops_and_strange_names(tmp_path: Path) -> None:
    base = tmp_path / "in"
    put(base / "sub" / "a b:c.log")
    put(base / "sub" / "a_b_c.log", LINE * 2)
    (base / "sub" / "loop").symlink_to(base)
    (base / "sub" / "again.log").symlink_to(base / "sub" / "a_b_c.log")
    (base / "dangling.log").symlink_to(base / "gone")
    os.mkfifo(base / "pipe.log")
    fetched = FileSource(base, ("**/*",)).fetch(ANY, tmp_path / "out")
    names = [item.path.relative_to(tmp_path / "out").as_posix() for item in fetched.artifacts]
    assert len(names) == len(set(names)) == 2
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz_./-2") for name in names)
    assert sorted(item.tally.rows for item in fetched.artifacts) == [1, 2]


def test_paths_cannot_leave_the_destination(tmp_path: Path) -> None:
    put(tmp_path / "outside" / "x.log")
    (tmp_path / "in").mkdir()
    fetched = FileSource(tmp_path / "in", ("../outside/*.log", str(tmp_path / "outside"))).fetch(
        ANY, tmp_path / "out"
    )
    (item,) = fetched.artifacts
    assert item.path.resolve().is_relative_to((tmp_path / "out").resolve())


def test_excluded_folders_are_never_taken(tmp_path: Path) -> None:
    put(tmp_path / "evidence" / "old.log")
    put(tmp_path / "new.log")
    source = FileSource(tmp_path, ("**/*.log",), excluded=frozenset({(tmp_path / "evidence").resolve()}))
    assert [item.path.name for item in source.fetch(ANY, tmp_path.parent / "out-x").artifacts] == ["new.log"]
