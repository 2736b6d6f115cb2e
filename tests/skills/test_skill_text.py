"""The skill follows the portable format, and every command that we tell people to type exists."""

from __future__ import annotations

import argparse
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from agent.cli.main import build_parser

ROOT = Path(__file__).parents[2]
SKILL = ROOT / "skills" / "conduct-post-mortem"
TEXTS = [
    SKILL / "SKILL.md",
    *sorted((SKILL / "references").glob("*.md")),
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
FENCE = re.compile(r"^```(?:bash|sh|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def fenced_commands(text: str) -> Iterator[list[str]]:
    """Yield the arguments of each pm-agent call inside fenced shell blocks."""
    for block in FENCE.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            if "pm-agent" in words:
                yield words[words.index("pm-agent") + 1 :]


def commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def unknown_words(words: list[str]) -> list[str]:
    """List the commands and flags among the words that the parser does not know."""
    parser = build_parser()
    problems: list[str] = []
    for word in words:
        name, _, _ = word.partition("=")
        inner = commands(parser)
        if name.startswith("-"):
            if name not in parser._option_string_actions:
                problems.append(f"{parser.prog}: {name}")
        elif inner:
            if word not in inner:
                return [*problems, f"{parser.prog}: {word}"]
            parser = inner[word]
    return problems


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_and_flag_exists(path: Path) -> None:
    problems = [
        f"pm-agent {' '.join(words)} -> {problem}"
        for words in fenced_commands(path.read_text())
        for problem in unknown_words(words)
    ]
    assert problems == []


def test_unknown_commands_and_flags_are_seen() -> None:
    assert unknown_words(["no-such-command"]) == ["pm-agent: no-such-command"]
    assert unknown_words(["skill", "install", "--no-such-flag"]) == ["pm-agent skill install: --no-such-flag"]
    assert unknown_words(["skill", "install", "--dir=x"]) == []
    assert list(fenced_commands("```bash\n$ pm-agent eval \\\n  --json # all\n```")) == [["eval", "--json"]]


def test_the_texts_show_commands() -> None:
    assert sum(len(list(fenced_commands(path.read_text()))) for path in TEXTS) > 15


def front_matter() -> dict[str, object]:
    _, head, _ = (SKILL / "SKILL.md").read_text().split("---\n", 2)
    loaded = yaml.safe_load(head)
    assert isinstance(loaded, dict)
    return loaded


def test_front_matter_has_the_portable_keys_only() -> None:
    head = front_matter()
    assert set(head) <= {"name", "description", "license", "compatibility", "metadata", "allowed-tools"}
    assert head["name"] == SKILL.name
    description = str(head["description"])
    assert 100 < len(description) <= 1024
    assert not set("<>") & set(description)
    assert len(str(head["compatibility"])) <= 500
    metadata = head["metadata"]
    assert isinstance(metadata, dict)
    assert all(isinstance(value, str) for value in metadata.values())


def test_allowed_tools_are_narrow_and_leave_decisions_to_people() -> None:
    tools = re.findall(r"\S+\([^)]*\)|\S+", str(front_matter()["allowed-tools"]))
    assert all(re.fullmatch(r"Read|Bash\(pm-agent [a-z-]+:\*\)", tool) for tool in tools)
    for decision in ("approve", "publish", "reject", "waive", "answer", "new"):
        assert f"Bash(pm-agent {decision}:*)" not in tools


def test_skill_is_short_and_its_references_exist() -> None:
    text = (SKILL / "SKILL.md").read_text()
    assert len(text.splitlines()) < 500
    linked = re.findall(r"\]\((references/[^)#]+)\)", text)
    assert linked
    assert {SKILL / name for name in linked} == set((SKILL / "references").glob("*.md"))


def test_evals_hold_cases_and_balanced_triggers() -> None:
    told = json.loads((SKILL / "evals" / "evals.json").read_text())
    assert told["skill_name"] == SKILL.name
    assert len({case["id"] for case in told["evals"]}) == len(told["evals"]) >= 3
    assert all(case["prompt"] and case["expected_output"] and case["assertions"] for case in told["evals"])
    wanted = [trigger["should_trigger"] for trigger in told["triggers"]]
    assert wanted.count(True) == wanted.count(False) >= 8


def test_plugin_and_marketplace_agree() -> None:
    plugin = json.loads((ROOT / ".claude-plugin" / "plugin.json").read_text())
    marketplace = json.loads((ROOT / ".claude-plugin" / "marketplace.json").read_text())
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", plugin["name"])
    assert marketplace["owner"]["name"]
    assert [entry["name"] for entry in marketplace["plugins"]] == [plugin["name"]]
    assert (ROOT / marketplace["plugins"][0]["source"]).resolve() == ROOT


def test_front_matter_stays_within_strict_yaml() -> None:
    _, head, _ = (SKILL / "SKILL.md").read_text().split("---\n", 2)
    for line in head.splitlines():
        _, _, value = line.partition(": ")
        assert ": " not in value.strip('"'), line
        assert not value.startswith("["), line
