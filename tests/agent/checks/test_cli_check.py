"""`pm-agent check` from the outside."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from agent.cli.main import main

GOOD = "# P\n\n**Date**: 2026-01-02\n\n## Summary\n\nThe queue was full.\n"
BAD = "# P\n\n**Date**: 2026-01-02\n\n## Summary\n\nThe admin forgot the key.\n"
WARN = "# P\n\n**Date**: 2026-01-02\n\n## Summary\n\nMistakes were made during the cutover.\n"


def _write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_text_output_underlines_the_span(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _write(tmp_path / "a.md", BAD)
    assert main(["check", path, "--rules", "B"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{path}:7:11 error B01 ")
    assert lines[1:3] == ["    The admin forgot the key.", "              ^^^^^^"]
    assert lines[-1] == "1 file: 1 error, 0 warnings, 0 notes"


def test_gates(tmp_path: Path) -> None:
    good, warn = _write(tmp_path / "good.md", GOOD), _write(tmp_path / "warn.md", WARN)
    assert main(["check", good, "--gate", "warning"]) == 0
    assert main(["check", warn]) == 0
    assert main(["check", warn, "--gate", "warning"]) == 1


def test_json_has_exactly_the_documented_fields(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _write(tmp_path / "b" / "z.md", BAD)
    _write(tmp_path / "a.md", GOOD)
    assert main(["check", str(tmp_path), "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert list(data) == ["files"]
    assert [Path(file["path"]).name for file in data["files"]] == ["a.md", "z.md"]
    finding = next(item for item in data["files"][1]["findings"] if item["rule"] == "B01")
    assert list(finding) == [
        "rule",
        "level",
        "line",
        "column",
        "end_line",
        "end_column",
        "text",
        "message",
        "suggestion",
        "confidence",
    ]
    assert (finding["line"], finding["column"], finding["end_column"], finding["text"]) == (
        7,
        11,
        17,
        "forgot",
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "does not exist"), (b"\xff\xfe\x00", "is not UTF-8"), (b"a\x00b", "is not text")],
)
def test_unusable_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, reason: str
) -> None:
    path = tmp_path / "x.md"
    if content is not None:
        path.write_bytes(content)
    assert main(["check", str(path)]) == 2
    error = capsys.readouterr().err
    assert reason in error
    assert str(path) in error


def test_a_folder_without_markdown_and_an_unknown_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(tmp_path)]) == 2
    path = _write(tmp_path / "a.md", GOOD)
    assert [main(["check", path, "--rules", name]) for name in ("X9", "B99", "A,B1")] == [2, 2, 2]
    assert main(["check", path, "--rules", "b,G10,A01"]) == 0
    assert main(["check", path, "--json", "--format", "sarif"]) == 2
    assert "holds no Markdown" in capsys.readouterr().err


def test_check_imports_no_model_and_no_workflow(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.md", BAD)
    code = (
        f"import sys; from agent.cli.main import main; main(['check', {path!r}, '--json']); "
        f"print([m for m in ('anthropic', 'langgraph', 'httpx', 'rich') if m in sys.modules], "
        "file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("text", ["", "\n \n", "---\ntitle: x\n---\n", "<!-- later -->\n"])
def test_a_document_without_text_does_not_pass_as_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    file = tmp_path / "empty.md"
    file.write_text(text)
    assert main(["check", str(file)]) == 0
    assert "warning S03 this document has no text that can be checked" in capsys.readouterr().out
    assert main(["check", str(file), "--gate", "warning"]) == 1
    file.write_text("The queue was full.\n")
    capsys.readouterr()
    main(["check", str(file)])
    assert "S03" not in capsys.readouterr().out
