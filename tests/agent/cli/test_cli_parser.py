"""What the command line answers to words that it does not know."""

from __future__ import annotations

import pytest

from agent.cli.main import COMMANDS, build_parser, main


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["drft"], "Unknown command 'drft'. Did you mean draft?"),
        (
            ["draft", "--incident", "x", "--drafer", "offline"],
            "Unknown option --drafer. Did you mean --drafter?",
        ),
        (["draft", "--incidnt", "x"], "Unknown option --incidnt. Did you mean --incident?"),
        (["draft", "--incid", "x"], "Unknown option --incid. Did you mean --incident?"),
        (["--home", "x", "status"], "Options of a command stand after it"),
        (["digest", "ID", "L1"], "Unexpected argument 'L1'."),
        (["digest", "ID", "--top", "many"], "'many' is not a number of at least 1"),
        (["answer", "ID", "Q1"], "Missing: TEXT, --by."),
    ],
)
def test_a_word_that_is_not_known_is_answered_with_what_was_meant(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    shown = capsys.readouterr()
    assert ended.value.code == 2
    assert shown.out == ""
    assert said in shown.err
    assert "--help` shows options and examples." in shown.err


def test_without_a_command_help_goes_to_stderr_for_stdout_carries_data(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "commands:" in shown.err


def test_help_fits_eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = build_parser().format_help()
    assert max(len(line) for line in text.splitlines()) <= 80
    assert all(f"    {name}  " in text for name, _ in COMMANDS)  # each with its summary beside it


@pytest.mark.parametrize("words", [["--help"], ["--help", "check"], ["-h"]])
def test_help_about_all_lists_every_command(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert all(f"    {name}  " in shown for name, _ in COMMANDS)


@pytest.mark.parametrize("name", [name for name, _ in COMMANDS])
def test_a_command_has_the_same_help_alone_as_among_all(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shown: list[str] = []
    for parser in (build_parser(), build_parser(name)):
        with pytest.raises(SystemExit):
            parser.parse_args([name, "--help"])
        shown.append(capsys.readouterr().out)
    assert shown[0] == shown[1] != ""
