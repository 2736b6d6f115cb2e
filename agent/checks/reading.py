"""Files and lines that a check cannot read: reported, never dropped in silence."""

from __future__ import annotations

from pathlib import Path

from agent.checks.report import Report

LONGEST = 20_000
"""Characters of a line that is still read as prose; longer ones are data, and reading them takes minutes."""


def leave_out_long_lines(text: str) -> tuple[str, tuple[Report, ...]]:
    """Empty the lines that are too long to be prose, so that line numbers stay; report each as S03."""
    if len(text) <= LONGEST:
        return text, ()
    lines = text.split("\n")
    found: list[Report] = []
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST:
            lines[number - 1] = ""
            message = f"this line of {len(line):,} characters was not read; the limit is {LONGEST:,}"
            found.append(
                _not_read("info", message, "Wrap it, or move the data to a file of its own.", number)
            )
    return ("\n".join(lines), tuple(found)) if found else (text, ())


def unreadable_file(reason: str) -> Report:
    """Report a file of which nothing was read."""
    return _not_read("warning", reason, "Save it as UTF-8 text, or leave it out with [check] ignore.", 1)


def nothing_to_check() -> Report:
    """Report a document without any text."""
    message = "this document has no text that can be checked"
    return _not_read("warning", message, "Write it, or leave it out with [check] ignore.", 1)


def read_text(path: Path) -> str | Report:
    """Read a file as UTF-8; return a report instead where that is not possible."""
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        return unreadable_file(f"{path} cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        return unreadable_file(f"{path} is not UTF-8 text: byte {error.start} cannot be read")
    if "\0" in text:
        return unreadable_file(f"{path} is not text: it holds NUL bytes")
    return text


def _not_read(level: str, message: str, suggestion: str, line: int) -> Report:
    return Report(
        rule="S03",
        level="info" if level == "info" else "warning",
        message=message,
        suggestion=suggestion,
        line=line,
        end_line=line,
    )
