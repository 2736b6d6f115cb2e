"""SARIF against its schema, GitHub annotations, mechanical edits, rule pages."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from agent.checks import check_document
from agent.checks.annotations import annotate
from agent.checks.report import Report
from agent.checks.rule_pages import pages, render_index, render_page
from agent.checks.rulebook import families
from agent.cli.main import main

ROOT = Path(__file__).parents[3]
SCHEMA: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "sarif-2.1.0.json").read_text())
HEAD = "# P\n\n**Date**: 2026-01-02\n\n## Lessons learned\n\n"
TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float),
}  # fmt: skip


def _problems(value: Any, schema: dict[str, Any], where: str = "$") -> list[str]:
    """Validate with the keywords that the SARIF schema uses."""
    if "$ref" in schema:
        return _problems(value, SCHEMA["definitions"][schema["$ref"].rsplit("/", 1)[1]], where)
    found: list[str] = []
    if "type" in schema and (
        not isinstance(value, TYPES[schema["type"]])
        or (isinstance(value, bool) and schema["type"] in {"integer", "number"})
    ):
        return [f"{where} is no {schema['type']}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where} is not in {schema['enum']}")
    if "pattern" in schema and not re.search(str(schema["pattern"]), str(value)):
        found.append(f"{where} does not match {schema['pattern']}")
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if number and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        found.append(f"{where} is out of range")
    found += [
        f"{where} fits none of {name}"
        for name in ("anyOf", "oneOf")
        if name in schema and all(_problems(value, option, where) for option in schema[name])
    ]
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            found.append(f"{where} has too few items")
        texts = [json.dumps(item, sort_keys=True) for item in value]
        if schema.get("uniqueItems") and len(set(texts)) < len(texts):
            found.append(f"{where} repeats an item")
        for number, item in enumerate(value):
            found += _problems(item, schema.get("items", {}), f"{where}[{number}]")
    if isinstance(value, dict):
        known = schema.get("properties", {})
        found += [f"{where} lacks {name}" for name in schema.get("required", []) if name not in value]
        for name, item in value.items():
            rest = schema.get("additionalProperties", {})
            if name not in known and rest is False:
                found.append(f"{where} must not have {name}")
            else:
                found += _problems(
                    item, known.get(name, rest if isinstance(rest, dict) else {}), f"{where}.{name}"
                )
    return found


def test_sarif_is_valid_and_complete(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a b.md"
    file.write_text(
        HEAD + "The admin forgot the key. It was sloppily done.\n\n"
        '<!-- pm-agent: ignore B03 reason="said in chat" -->\nThe admin should have asked.\n'
    )
    assert main(["check", str(file), "--format", "sarif"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert _problems(data, SCHEMA) == []
    run = data["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    by_rule = {result["ruleId"]: result for result in run["results"]}
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    region = by_rule["B01"]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 7, "startColumn": 11, "endLine": 7, "endColumn": 17}
    uri = by_rule["B01"]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.endswith("a%20b.md")
    assert by_rule["B03"]["suppressions"] == [{"kind": "inSource", "justification": "said in chat"}]
    assert "fixes" in by_rule["B04"]
    assert "fixes" not in by_rule["B01"]


def test_the_validator_sees_what_is_wrong() -> None:
    bad = {"version": "2.0.0", "runs": [{"tool": {}, "surprise": 1}]}
    assert len(_problems(bad, SCHEMA)) == 3


def test_annotations_escape_what_the_runner_would_read() -> None:
    report = Report("B01", "info", "a\nb: 5%", "", "x", 3, 4, 3, 9)
    assert annotate("a,b.md", report) == (
        "::notice file=a%2Cb.md,line=3,endLine=3,col=4,endColumn=8,title=B01::a%0Ab: 5%25"
    )


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("The change was sloppily prepared.", "The change was prepared."),
        ("It broke!! Again!!!", "It broke. Again."),
        ("Sloppily prepared changes broke it.", "Sloppily prepared changes broke it."),
        ("Because of @dana's merge, it broke.", "Because of the release engineer's merge, it broke."),
        ("Because of @mira's merge, it broke.", "Because of @mira's merge, it broke."),
        ("The admin forgot the key.", "The admin forgot the key."),
    ],
)
def test_fix_edits_mechanically_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, fixed: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pm-agent.toml").write_text('[check]\nroster = { "@dana" = "the release engineer" }\n')
    file = tmp_path / "a.md"
    file.write_bytes((HEAD + text + "\n").replace("\n", "\r\n").encode())
    assert main(["check", "a.md", "--diff"]) == (text != fixed)
    assert main(["check", "a.md", "--fix", "--diff"]) == (text != fixed)
    assert ("-" + text in capsys.readouterr().out) == (text != fixed)
    assert file.read_bytes() == (HEAD + text + "\n").replace("\n", "\r\n").encode()
    assert main(["check", "a.md", "--fix"]) == 0
    assert file.read_bytes() == (HEAD + fixed + "\n").replace("\n", "\r\n").encode()


def test_pages_of_the_documentation_are_those_of_the_data() -> None:
    folder = ROOT / "docs" / "rules"
    wanted = {f"{page.rule}.md": render_page(page) for page in pages().values()} | {
        "README.md": render_index()
    }
    assert {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()} == wanted


def test_every_rule_that_code_can_report_has_a_page() -> None:
    sources = (ROOT / "agent" / "checks").glob("*.py")
    named = {
        rule for file in sources for rule in re.findall(r'"([ACGPS]\d\d)"', file.read_text(encoding="utf-8"))
    }
    assert named | set(families()) == set(pages())


@pytest.mark.parametrize("rule", [name for name in pages() if name[0] in "ABC" and name != "C05"])
def test_examples_of_the_pages_are_true(rule: str) -> None:
    page = pages()[rule]
    heading = {"A": "## Action items\n\n", "B": "## Contributing factors\n\n", "C": ""}[rule[0]]
    head = f"# P\n\n**Date**: 2026-03-03\n\n{heading}"
    assert rule in [item.rule for item in check_document(f"{head}{page.hit}\n")]
    assert rule not in [item.rule for item in check_document(f"{head}{page.miss}\n")]


def test_explain_and_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "b03"]) == 0
    assert "A canary would have limited the impact." in capsys.readouterr().out
    assert main(["explain", "B99"]) == 3
    assert "pm-agent rules" in capsys.readouterr().err
    assert main(["rules", "--json"]) == 0
    assert [row["rule"] for row in json.loads(capsys.readouterr().out)] == sorted(pages())
