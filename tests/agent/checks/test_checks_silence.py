"""Suppressing comments, baselines and the [check] table."""

import json
from pathlib import Path

import pytest

from agent.checks import check_document, examine_document
from agent.checks.configuration import Configuration, read_configuration
from agent.cli.main import main
from agent.errors import UserError

HEAD = "# P\n\n**Date**: 2026-01-02\n\n## Lessons learned\n\n"
BLAME = "The admin should have asked."


def _rules(text: str, configuration: Configuration | None = None) -> list[str]:
    found = check_document(HEAD + text, configuration=configuration)
    return [item.rule for item in found if item.level != "info"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f'<!-- pm-agent: ignore B03 reason="quoted" -->\n{BLAME}', []),
        (f'<!-- pm-agent: ignore B reason="quoted" -->\n\n{BLAME}', []),
        (f'{BLAME} <!-- pm-agent: ignore B03 reason="quoted" -->', []),
        (f"- one\n- {BLAME} <!-- pm-agent: ignore B03,B01 reason='quoted' -->\n- {BLAME}", ["B03"]),
        (f'<!-- pm-agent: ignore B03 reason="quoted" -->\n- a\n- {BLAME}\n\n{BLAME}', ["B03"]),
        (
            "\n\n".join(
                [
                    '<!-- pm-agent: ignore-start B03 reason="old" -->',
                    BLAME,
                    "<!-- pm-agent: ignore-end -->",
                    BLAME,
                ]
            ),
            ["B03"],
        ),
        (f'{BLAME}\n\n{BLAME}\n\n<!-- pm-agent: ignore-file B03 reason="archive" -->', []),
        (f"<!-- pm-agent: ignore B03 -->\n{BLAME}", ["S01", "B03"]),
        (f'<!-- pm-agent: ignore reason="x" -->\n{BLAME}', ["S01", "B03"]),
        (f'<!-- pm-agent: ignore B01 reason="x" -->\n{BLAME}', ["S02", "B03"]),
        (f'<!-- pm-agent: silence B03 reason="x" -->\n{BLAME}', ["S01", "B03"]),
        (f'```\n<!-- pm-agent: ignore B03 reason="x" -->\n```\n{BLAME}', ["B03"]),
        (f'Write `<!-- pm-agent: ignore B03 reason="x" -->` here. {BLAME}', ["B03"]),
        ("<!-- pm-agent: ignore-end B03 -->", ["S01"]),
    ],
)
def test_comments(text: str, left: list[str]) -> None:
    assert _rules(text) == left


def test_a_silenced_finding_keeps_its_reason() -> None:
    _, silenced = examine_document(HEAD + f'<!-- pm-agent: ignore B03 reason="said in chat" -->\n{BLAME}\n')
    assert [(item.report.rule, item.kind, item.reason) for item in silenced] == [
        ("B03", "inSource", "said in chat")
    ]


def test_a_baseline_knows_moved_findings_and_not_new_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, known = tmp_path / "a.md", tmp_path / "known.json"
    file.write_text(HEAD + BLAME + "\n")
    command = ["check", str(file), "--baseline", str(known)]
    assert main([*command, "--write-baseline"]) == 0
    assert main(command) == 0
    file.write_text(HEAD + "The queue was full.\n\n" + BLAME + "\n")
    assert main(command) == 0
    file.write_text(HEAD + BLAME + "\n\n" + BLAME + "\n")
    assert main(command) == 1
    capsys.readouterr()
    known.write_text("[]")
    assert main(command) == 2
    assert "known.json is no baseline" in capsys.readouterr().err


def test_settings_decide_levels_people_systems_and_priorities() -> None:
    text = "Zorblax forgot the key.\n"
    assert _rules(text, Configuration(roster={"Zorblax": ""})) == ["B01"]
    assert _rules(text, Configuration(services=("zorblax",))) == []
    assert _rules(BLAME, Configuration(levels={"B03": "off"})) == []
    assert [
        item.level
        for item in check_document(HEAD + BLAME, configuration=Configuration(levels={"B03": "warning"}))
        if item.rule == "B03"
    ] == ["warning"]
    item = (
        "\n## Action items\n\n- Cap the queue at 500 jobs (owner: Core team, due: 2026-04-01, priority: {})\n"
    )
    scale = Configuration(priorities=("Now", "Next"))
    assert "A03" not in _rules(item.format("Now"), scale)
    assert "A03" in _rules(item.format("P1"), scale)


def test_the_nearest_settings_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pm-agent.toml").write_text(
        '[check]\ngate = "warning"\nignore = ["old/*"]\nroster = ["Dana"]\nlevels = { B09 = "off" }\n'
    )
    inner = tmp_path / "docs"
    inner.mkdir()
    found = read_configuration(None, cwd=inner)
    assert (found.gate, found.levels, found.roster) == ("warning", {"B09": "off"}, {"Dana": ""})
    assert found.ignores(tmp_path / "old" / "x.md")
    assert not found.ignores(inner / "x.md")
    (tmp_path / "docs" / "a.md").write_text(HEAD + "Mistakes were made during the cutover.\n")
    monkeypatch.chdir(inner)
    assert main(["check", "a.md"]) == 1


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ('gate = "loud"', "gate is wrong"),
        ("colour = 1", "no setting 'colour'"),
        ('levels = { B9 = "off" }', "levels is wrong"),
        ("services = [1]", "services is wrong"),
        ("roster = { Dana = 3 }", "roster is wrong"),
        ("baseline = 3", "baseline is wrong"),
        ("= x", "cannot be read"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, table: str, reason: str) -> None:
    (tmp_path / "pm-agent.toml").write_text(f"[check]\n{table}\n")
    with pytest.raises(UserError, match=reason):
        read_configuration(None, cwd=tmp_path)


def test_settings_of_the_rest_accept_the_table(tmp_path: Path) -> None:
    from agent.settings import read_settings

    (tmp_path / "pm-agent.toml").write_text('home = "x"\n[check]\ngate = "error"\n')
    assert read_settings(cwd=tmp_path, environ={}).home == tmp_path / "x"


def test_the_same_input_gives_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.md"
    file.write_text(HEAD + BLAME + "\n\nHuman error!!\n")
    outputs: list[str] = []
    for _ in range(2):
        main(["check", str(file), "--format", "sarif"])
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1]
    assert json.loads(outputs[0])["version"] == "2.1.0"
