"""A prompt is a file with a contract; every break of it is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

import prompts
from prompts import PromptError, load

HEAD = "---\nid: greet\nversion: 2\ninputs: [name]\noutput: text\n---\n"


def written(folder: Path, text: str, name: str = "greet") -> Path:
    (folder / "parts").mkdir(exist_ok=True)
    (folder / f"{name}.md").write_text(text)
    return folder


@pytest.mark.parametrize("name", prompts.names())
def test_every_shipped_prompt_loads_and_fills(name: str) -> None:
    prompt = load(name)
    filled = prompt.render(**{key: f"<{key}>" for key in prompt.inputs})
    assert "{{" not in filled
    assert all(f"<{key}>" in filled for key in prompt.inputs)


def test_a_part_is_put_in_place_and_changes_the_hash(tmp_path: Path) -> None:
    folder = written(tmp_path, HEAD + "Hello {{ name }}.\n{{> rule }}\n")
    (folder / "parts" / "rule.md").write_text("Be brief.")
    first = load("greet", folder)
    assert first.render(name="Ada") == "Hello Ada.\nBe brief.\n"
    (folder / "parts" / "rule.md").write_text("Be long.")
    load.cache_clear()
    assert load("greet", folder).sha256 != first.sha256


def test_a_value_is_not_filled_again(tmp_path: Path) -> None:
    prompt = load("greet", written(tmp_path, HEAD + "Hello {{ name }}\n"))
    assert prompt.render(name="{{ name }}") == "Hello {{ name }}\n"


def test_missing_and_undeclared_values_are_refused(tmp_path: Path) -> None:
    prompt = load("greet", written(tmp_path, HEAD + "Hello {{ name }}\n"))
    with pytest.raises(PromptError, match="no value for name"):
        prompt.render()
    with pytest.raises(PromptError, match="age is not among its inputs"):
        prompt.render(name="Ada", age="36")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + "Hello\n", "name is used or declared"),
        (HEAD + "Hello {{ name }} {{ age }}\n", "age is used or declared"),
        (HEAD + "Hello {{ name }} {{Age}}\n", "braces"),
        (HEAD + "{{> nowhere }}{{ name }}", "no part nowhere"),
        (HEAD.replace("greet", "other") + "{{ name }}", "not the file's name"),
        (HEAD.replace("output: text\n", "") + "{{ name }}", "exactly"),
        (HEAD.replace("2", "two") + "{{ name }}", "whole number"),
        ("Hello {{ name }}", "front matter"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(PromptError, match=message):
        load("greet", written(tmp_path, text))


def test_a_prompt_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match="there is no prompt"):
        load("greet", tmp_path)
