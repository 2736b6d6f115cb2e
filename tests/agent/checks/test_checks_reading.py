"""What cannot be read is reported, and the rest is checked."""

import json
from pathlib import Path

import pytest

from agent.checks import check_document
from agent.checks.reading import LONGEST
from agent.cli.main import main


def test_a_line_too_long_to_read_is_a_note_and_lines_keep_their_numbers() -> None:
    text = "# P\n\n" + "x " * LONGEST + "\n\n## Summary\n\nThe admin forgot the key.\n"
    found = [(item.rule, item.level, item.line) for item in check_document(text) if item.rule[0] in "BS"]
    assert found == [("S03", "info", 3), ("B01", "error", 7)]


def test_a_file_that_is_not_text_does_not_end_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.md").write_bytes(b"# P\n\xff\xfe\n")
    (tmp_path / "b.md").write_text("# P\n\n## Summary\n\nThe admin forgot the key.\n", encoding="utf-8")
    assert main(["check", str(tmp_path), "--rules", "B,S", "--json"]) == 1
    files = json.loads(capsys.readouterr().out)["files"]
    assert [[item["rule"] for item in file["findings"]] for file in files] == [["S03"], ["B01"]]


def test_where_nothing_can_be_read_the_status_is_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"\xff\xfe")
    assert main(["check", str(path)]) == 2
    assert "not UTF-8" in capsys.readouterr().err
