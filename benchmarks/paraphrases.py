"""Measure false alarms of the grounding checks: `python -m benchmarks.paraphrases [FOLDER] [--json]`.

FOLDER holds sentences.jsonl (case, evidence, facts, standing, text: true sentences about recorded incidents
in the words of a careful writer) and one CASE.json a case with the evidence that they cite. A sentence that
answers a why-chain also has its basis and, as `lent`, the citations of the claim above it. Every finding is a
false alarm. A FOLDER may also hold false.jsonl, of the same form: false sentences, each of which is to be
reported.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from agent.checks.grounding import check_grounding
from agent.schema.digest import Digest, Edge, Fact, FactName
from agent.schema.evidence import Evidence
from agent.schema.finding import Finding
from agent.schema.postmortem import Cause, Claim, Factor, Header, PostMortem, Provenance, Why
from benchmarks.rows import say

_DATA = Path(__file__).parents[1] / "tests/agent/checks/data"
FOLDER = _DATA / "paraphrases"
DRAFTED = _DATA / "drafted"
"""Sentences of whole drafts as a language model wrote them."""
VARIED = _DATA / "varied"
"""Sentences in looser prose: rounded, relative, compared, spelled out, over several pieces of evidence."""
LOOSE = _DATA / "loose"
LOOSER = _DATA / "looser"
LOOSEST = _DATA / "loosest"
"""Three more sets of loose prose, each written before the rules had seen it."""
ORDERED = _DATA / "ordered"
"""Loose prose on what rose, fell, recovered or came first, and false sentences of the same sort."""
MIXED = _DATA / "mixed"
"""Relative clauses, contrasts, ranges, shares, orders and lists given in part, and false twins of them."""
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One sentence and what was reported on it."""

    case: str
    text: str
    findings: tuple[Finding, ...]


def false_alarms(folder: Path = FOLDER) -> tuple[int, tuple[Alarm, ...]]:
    """Return how many true sentences were checked and which were reported at warning or above."""
    read = tuple(_reported(folder, "sentences.jsonl"))
    return len(read), tuple(alarm for alarm in read if alarm.findings)


def passed_lies(folder: Path) -> tuple[int, tuple[str, ...]]:
    """Return how many false sentences were checked and which were not reported."""
    read = tuple(_reported(folder, "false.jsonl"))
    return len(read), tuple(f"{alarm.case}: {alarm.text}" for alarm in read if not alarm.findings)


def _reported(folder: Path, name: str) -> Iterator[Alarm]:
    """Yield every sentence of a file with what is reported on it at warning or above."""
    digests: dict[str, tuple[Digest, Header]] = {}
    for line in (folder / name).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["case"] not in digests:
            digests[row["case"]] = read_case(folder / f"{row['case']}.json")
        digest, header = digests[row["case"]]
        claim = Claim(
            text=row["text"],
            evidence=tuple(row["evidence"]),
            facts=tuple(row["facts"]),
            standing=row["standing"],
        )
        draft = draft_of(claim, header)
        if "basis" in row:
            draft = draft.model_copy(update={"summary": (), "factors": (_factor_with(claim, row),)})
        found = tuple(item for item in check_grounding(draft, digest) if item.level != "info")
        yield Alarm(row["case"], row["text"], found)


def draft_of(claim: Claim, header: Header) -> PostMortem:
    """Wrap one claim into a draft that says nothing else."""
    cause = Cause(
        verdict="no incident", claim=Claim(text="Nothing is said here.", standing="stated by a person")
    )
    parts: dict[str, Any] = dict.fromkeys(
        (
            "impact",
            "detection",
            "timeline",
            "factors",
            "response",
            "went_well",
            "went_badly",
            "lucky",
            "lessons",
        ),
        (),
    )
    parts |= dict.fromkeys(("actions", "prevention", "open_questions", "ruled_out", "coverage", "gaps"), ())
    source = Provenance(drafter="test", drafted_at=_NOW, pm_agent="0", digest_sha256="0")
    return PostMortem(header=header, summary=(claim,), cause=cause, provenance=source, **parts)


def _factor_with(answer: Claim, row: dict[str, Any]) -> Factor:
    """Wrap a sentence as the answer of a why-chain, whose claim lends it its own citations."""
    why = Why(question="Why?", answer=answer.text, evidence=answer.evidence, basis=row["basis"])
    said = Claim(
        text="Nothing is said here.",
        evidence=tuple(row["lent"]),
        facts=answer.facts,
        standing="stated by a person",
    )
    return Factor(id="F1", layer="immediate", category="dependency", title="Nothing", claim=said, whys=(why,))


def read_case(path: Path) -> tuple[Digest, Header]:
    """Read one case as a digest that holds the cited evidence only."""
    data = json.loads(path.read_text(encoding="utf-8"))
    header = Header.model_validate_json(json.dumps(data["header"]))
    known = {fact["name"]: Fact.model_validate_json(json.dumps(fact)) for fact in data["facts"]}
    facts = tuple(
        known.get(name) or Fact(name=name, label=name, text="not known", note="not recorded")
        for name in get_args(FactName)
    )
    digest = Digest(
        incident=header.incident,
        snapshot="s1",
        manifest_sha256="0" * 64,
        window=None,
        onset=header.start,
        onset_source="evidence" if header.start else "not known",
        evidence=tuple(Evidence.model_validate_json(json.dumps(item)) for item in data["evidence"]),
        facts=facts,
        coverage=(),
        suspects=(),
        topology=tuple(Edge.model_validate(edge) for edge in data["topology"]),
    )
    return digest, header


def main() -> int:
    """Measure and print; exit 1 above two in a hundred."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, help="folder of sentences and evidence (default: the bundled ones)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()
    folders = [args.folder] if args.folder else [FOLDER, VARIED, LOOSE, LOOSER, LOOSEST, ORDERED, MIXED]
    measured = [false_alarms(folder) for folder in folders]
    checked = sum(count for count, _ in measured)
    alarms = tuple(alarm for _, found in measured for alarm in found)
    told = [passed_lies(folder) for folder in folders if (folder / "false.jsonl").is_file()]
    lies, passed = sum(count for count, _ in told), [text for _, found in told for text in found]
    if args.json:
        listed = [
            {
                "case": alarm.case,
                "text": alarm.text,
                "findings": [f"{item.rule} {item.message}" for item in alarm.findings],
            }
            for alarm in alarms
        ]
        counts = {"sentences": checked, "reported": len(alarms), "lies": lies, "passed": passed}
        say(json.dumps(counts | {"listed": listed}, indent=2))
    else:
        for alarm in alarms:
            say(f"{alarm.case}: {alarm.text}")
            for item in alarm.findings:
                say(f"    {item.level} {item.rule} {item.message}")
        for text in passed:
            say(f"passed: {text}")
        say(f"{len(alarms)} of {checked} true sentences reported ({len(alarms) / checked:.1%})")
        if lies:
            say(f"{lies - len(passed)} of {lies} false sentences reported")
    return int(len(alarms) > 0.02 * checked)


if __name__ == "__main__":
    raise SystemExit(main())
