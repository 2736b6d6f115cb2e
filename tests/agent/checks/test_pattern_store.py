"""Compiled patterns that are kept from one check to the next."""

from __future__ import annotations

import marshal
import re
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.checks import pattern_store
from agent.checks.pattern_store import compile_pattern, kept_patterns
from agent.checks.rulebook import rules

FLAGS = int(re.IGNORECASE)
SOURCES = [
    r"(?P<owner>[\w@]+) (?:was|is)(?! not)\b",
    r"(?i:stra\u00dfe|\u0130)|(?-i:[A-Z]{2,})",
    r"(?<!\d)(?P<d>\d{1,2})(?:st|nd)?(?P<rest>.*?)(?P=d)$",
    r"[\u2014\u2013]+|[^\W\d_][\w'-]*|(?=x)",
]


@pytest.fixture(autouse=True)
def _writable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def compiled_anew(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each source that `re` compiles from here on."""
    seen: list[str] = []
    real = re.compile

    def noting(source: str, flags: int = 0) -> re.Pattern[str]:
        seen.append(source)
        return real(source, flags)

    monkeypatch.setattr(pattern_store.re, "compile", noting)
    return seen


def keep(file: Path, sources: list[str]) -> None:
    with kept_patterns(file):
        for source in sources:
            compile_pattern(source, FLAGS)


def test_what_was_kept_is_not_compiled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "patterns"
    keep(file, SOURCES[:3])
    seen = compiled_anew(monkeypatch)
    keep(file, SOURCES)
    assert seen == SOURCES[3:]  # and is then kept beside the others
    seen.clear()
    keep(file, SOURCES)
    assert seen == []


@given(
    st.sampled_from(SOURCES),
    st.text(alphabet="aAzZ 09_@-'\u2014\u0130i\u0131\u00dfsST.x\nwasin", max_size=40),
)
def test_a_kept_pattern_matches_as_the_compiled_one(source: str, text: str) -> None:
    kept = pattern_store._load(source, pattern_store._code(source, FLAGS))
    plain = re.compile(source, FLAGS)
    found = [(match.span(), match.groupdict(), match.lastgroup) for match in kept.finditer(text)]
    assert found == [(match.span(), match.groupdict(), match.lastgroup) for match in plain.finditer(text)]
    assert (kept.pattern, kept.flags, kept.groups, kept.groupindex) == (
        (plain.pattern, plain.flags, plain.groups, plain.groupindex)
    )


def test_every_wording_rule_is_the_same_from_its_kept_code() -> None:
    for rule in rules():
        kept = pattern_store._load(rule.pattern.pattern, pattern_store._code(rule.pattern.pattern, FLAGS))
        assert kept == rule.pattern, rule.id  # patterns are equal where their code is


@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"junk", marshal.dumps(7), marshal.dumps((("3.0", 1), {}))]
)
def test_a_file_that_does_not_fit_is_written_anew(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "patterns"
    file.write_bytes(content)
    keep(file, SOURCES)
    seen = compiled_anew(monkeypatch)
    keep(file, SOURCES)
    assert seen == []


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_damaged_is_not_read(tmp_path: Path, data: st.DataObject) -> None:
    file = tmp_path / "patterns"
    keep(file, SOURCES)
    whole = bytearray(file.read_bytes())
    for place in data.draw(st.sets(st.integers(0, len(whole) - 1), min_size=1, max_size=5)):
        whole[place] ^= data.draw(st.integers(1, 255))
    file.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
    with kept_patterns(file):
        assert compile_pattern(SOURCES[0], FLAGS).search("Dana was") is not None


def test_nothing_is_kept_where_byte_code_must_not_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    keep(tmp_path / "patterns", SOURCES)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    keep(tmp_path / "file" / "patterns", SOURCES)
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_patterns_of_rules_that_are_gone_do_not_pile_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pattern_store, "_MOST", 3)
    file = tmp_path / "patterns"
    keep(file, SOURCES[:2])
    keep(file, SOURCES[2:])
    seen = compiled_anew(monkeypatch)
    keep(file, SOURCES[2:])
    assert seen == []
    keep(file, SOURCES[:1])
    assert seen == SOURCES[:1]


def test_patterns_are_kept_for_checks_alone(tmp_path: Path) -> None:
    file = tmp_path / "patterns"
    keep(file, SOURCES[:1])
    compile_pattern(SOURCES[1], FLAGS)  # outside: nothing is written
    keep(file, [])
    assert list(pattern_store._read(file)) == [(SOURCES[0], FLAGS)]
