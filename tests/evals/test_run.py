"""The runner drafts copies, grades what came out, and counts what broke."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.cli.main import main
from agent.errors import ExitCode, NotFound, UserError
from agent.schema.digest import Digest
from agent.schema.finding import Finding
from agent.schema.incident import Incident
from agent.schema.postmortem import PostMortem
from agent.store import IncidentFolder, write_text
from evals import run
from evals.expectation import Expectation, ExpectedCause, Statement, dump_expectation
from evals.results import CaseResult, sum_up

KEYS = {
    "id",
    "cause_rank",
    "must_state",
    "invented_facts",
    "hallucinated_citations",
    "abstained",
    "should_abstain",
    "findings",
    "seconds",
}


def expectation(case_id: str = "shop-1", fields: dict[str, object] | None = None) -> Expectation:
    base: dict[str, object] = {
        "id": case_id,
        "title": "Orders failed",
        "system": "a shop",
        "signals": ("logs",),
        "licence": "MIT",
        "cause": ExpectedCause(component=("orders",), phrases=("access denied",), label="bad login"),
        "must_state": (
            Statement(say="login", any=("login .* refused",)),
            Statement(say="other", any=("xyzzy",)),
        ),
    }
    return Expectation.model_validate(base | (fields or {}))


def make_case(cases: Path, expected: Expectation) -> Path:
    folder = cases / expected.id
    (folder / "bundle" / "evidence").mkdir(parents=True)
    IncidentFolder(folder / "bundle").write_incident(Incident(id=expected.id, title=expected.title))
    write_text(folder / "expect.yaml", dump_expectation(expected))
    return folder


@pytest.fixture
def drafting(
    monkeypatch: pytest.MonkeyPatch, draft: PostMortem, digest: Digest
) -> Callable[..., list[IncidentFolder]]:
    """Replace the draft path by one that leaves the given draft behind; return the folders it was given."""

    def replace(
        *, text: PostMortem = draft, findings: tuple[Finding, ...] = (), breaks: str = ""
    ) -> list[IncidentFolder]:
        seen: list[IncidentFolder] = []

        def run_draft(folder: IncidentFolder, **_: object) -> None:
            seen.append(folder)
            if breaks and breaks == folder.id:
                raise ZeroDivisionError("broken on purpose")
            folder.write_digest(digest)
            folder.write_draft(text)

        monkeypatch.setattr(run, "run_draft", run_draft)

        def check_draft(*_: object, **__: object) -> tuple[Finding, ...]:
            return findings

        monkeypatch.setattr(run, "check_draft", check_draft)
        return seen

    return replace


def test_a_good_draft_passes(drafting: Callable[..., list[IncidentFolder]], tmp_path: Path) -> None:
    drafting()
    make_case(tmp_path, expectation())
    (case,) = run.evaluate(cases=tmp_path).cases
    assert (case.outcome, case.cause_rank, case.component_rank) == ("pass", 1, 1)
    assert (case.must_state.hit, case.must_state.of, case.must_state.missed) == (1, 2, ("other",))
    assert (case.verdict, case.expected) == ("probable", "orders: bad login")


def test_the_drafter_sees_a_copy_without_the_answer(
    drafting: Callable[..., list[IncidentFolder]], tmp_path: Path
) -> None:
    seen = drafting()
    folder = make_case(tmp_path, expectation())
    before = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*"))
    run.evaluate(cases=tmp_path)
    assert seen[0].id == "shop-1"
    assert not seen[0].path.is_relative_to(folder)
    assert not (seen[0].path.parent / "expect.yaml").exists()
    assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("expected", "finding", "note"),
    [
        ({"cause": ExpectedCause(component=("payments",), label="x")}, None, None),
        ({"must_not_state": (Statement(say="no", any=("access denied",)),)}, None, "violations"),
        ({"should_abstain": True, "verdict": "not established"}, None, "violations"),
        ({}, Finding(rule="G02", level="error", message="12 is not in L1"), "invented"),
    ],
)
def test_a_bad_draft_fails_for_the_right_reason(
    expected: dict[str, object],
    finding: Finding | None,
    note: str | None,
    drafting: Callable[..., list[IncidentFolder]],
    tmp_path: Path,
) -> None:
    drafting(findings=(finding,) if finding else ())
    make_case(tmp_path, expectation(fields=expected))
    (case,) = run.evaluate(cases=tmp_path).cases
    assert case.outcome == "fail"
    if note:
        assert getattr(case, note)


def test_what_breaks_is_unscored_and_counted_as_a_miss(
    drafting: Callable[..., list[IncidentFolder]], tmp_path: Path
) -> None:
    drafting(breaks="shop-2")
    for name in ("shop-1", "shop-2"):
        make_case(tmp_path, expectation(name))
    make_case(tmp_path, expectation("shop-3")).joinpath("expect.yaml").write_text("id: [")
    lines: list[str] = []
    result = run.evaluate(cases=tmp_path, progress=lines.append)
    assert [case.outcome for case in result.cases] == ["pass", "unscored", "unscored"]
    assert "ZeroDivisionError: broken on purpose (test_run.py:" in result.cases[1].error
    assert "expect.yaml is not readable YAML" in result.cases[2].error
    totals = result.totals
    assert (totals.cases, totals.passed, totals.unscored) == (3, 1, 2)
    assert (totals.cause_graded, totals.cause_hit_at_1) == (2, 1)
    assert (totals.must_state.hit, totals.must_state.of) == (1, 4)
    assert len(lines) == 3


def test_one_case_can_be_chosen(drafting: Callable[..., list[IncidentFolder]], tmp_path: Path) -> None:
    seen = drafting()
    for name in ("shop-1", "shop-2"):
        make_case(tmp_path, expectation(name))
    assert [case.id for case in run.evaluate(cases=tmp_path, only="shop-2").cases] == ["shop-2"]
    assert len(seen) == 1
    with pytest.raises(NotFound, match="No case 'nope'"):
        run.evaluate(cases=tmp_path, only="nope")


def test_no_case_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no case"):
        run.evaluate(cases=tmp_path)
    with pytest.raises(NotFound, match="is not a folder of cases"):
        run.evaluate(cases=tmp_path / "nowhere")


def test_the_command_prints_the_document(
    drafting: Callable[..., list[IncidentFolder]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drafting(breaks="shop-2")
    for name in ("shop-1", "shop-2"):
        make_case(tmp_path, expectation(name))
    assert main(["eval", "--cases", str(tmp_path), "--drafter", "offline", "--json"]) == ExitCode.FINDINGS
    told = json.loads(capsys.readouterr().out)
    assert {"cases", "totals"} <= set(told)
    assert all(set(case) >= KEYS for case in told["cases"])
    assert set(told["cases"][0]["must_state"]) >= {"hit", "of"}
    assert set(told["cases"][0]["findings"]) == {"error", "warning", "info"}
    assert told["cases"][1]["cause_rank"] is None


def test_the_command_prints_a_table(
    drafting: Callable[..., list[IncidentFolder]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drafting()
    make_case(tmp_path, expectation())
    assert main(["eval", "--cases", str(tmp_path)]) == ExitCode.OK
    printed = capsys.readouterr()
    assert "cause first: 1 of 1" in printed.out
    assert "not stated: other" in printed.out
    assert "shop-1: pass" in printed.err


def test_abstentions_are_counted_on_both_sides() -> None:
    def case(**fields: object) -> CaseResult:
        base: dict[str, object] = {"id": "c", "must_state": {"hit": 0, "of": 0}, "outcome": "pass"}
        return CaseResult.model_validate(base | fields)

    totals = sum_up(
        (
            case(abstained=True, should_abstain=True),
            case(abstained=False, should_abstain=True),
            case(abstained=True, should_abstain=False),
            case(cause_graded=True, cause_rank=3, component_rank=1),
            case(cause_graded=True, cause_rank=4, component_rank=2),
        )
    )
    assert (totals.abstained_rightly, totals.should_abstain, totals.abstained_wrongly) == (1, 2, 1)
    assert (totals.cause_hit_at_1, totals.cause_hit_at_3, totals.cause_graded) == (0, 1, 2)
    assert (totals.component_hit_at_1, totals.component_hit_at_3) == (1, 2)
    assert totals.must_state_recall == 1.0
