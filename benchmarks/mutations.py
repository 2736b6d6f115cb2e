"""Measure the grounding checks: `python -m benchmarks.mutations [CASES] [--recorded] [--misses] [--json]`.

Drafts every case offline, checks that the untouched draft has no error, then tells one lie at a time and
counts how many are reported. CASES is a folder of recorded incidents, by default the bundled ones; with
`--recorded` the drafts are those that a language model wrote, replayed from their cassettes. `--most N`
bounds the places a kind a draft, `--seed WORD` draws other ones. `--misses` prints every lie that
passed, with its place.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from agent.checks import check_draft
from agent.schema.digest import Digest
from agent.schema.finding import Finding
from agent.schema.postmortem import PostMortem
from benchmarks.lies import KINDS, MUST, Lie, lies
from benchmarks.offline_drafts import Sample, offline_drafts
from benchmarks.recorded_drafts import recorded_drafts
from benchmarks.rows import say

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Miss:
    """A lie that no rule reported."""

    case: str
    kind: str
    place: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of all lies."""

    told: Counter[str]
    caught: Counter[str]
    misses: tuple[Miss, ...]
    false_errors: tuple[str, ...]
    false_warnings: tuple[str, ...]
    places: int


def measure(samples: Iterator[Sample], most: int, seed: str = "") -> Tally:
    """Tell up to `most` lies of each kind in each draft and see which are reported at warning or above.

    Another `seed` draws other places.
    """
    told: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    misses: list[Miss] = []
    errors: list[str] = []
    warnings: list[str] = []
    places: set[tuple[str, str]] = set()
    for sample in samples:
        clean = _grave(sample.draft, sample.digest)
        for finding in clean:
            (errors if finding.level == "error" else warnings).append(
                f"{sample.case} {finding.rule} {finding.section}: {finding.message}"
            )
        known = {_key(finding) for finding in clean}
        for lie in _chosen(sample, most, seed):
            told[lie.kind] += 1
            places.add((sample.case, lie.place))
            if any(_key(finding) not in known for finding in _grave(lie.draft, sample.digest)):
                caught[lie.kind] += 1
            else:
                misses.append(Miss(sample.case, lie.kind, lie.place, lie.before, lie.after))
    return Tally(told, caught, tuple(misses), tuple(errors), tuple(warnings), len(places))


def _chosen(sample: Sample, most: int, seed: str) -> Iterator[Lie]:
    by_kind: dict[str, list[Lie]] = defaultdict(list)
    for lie in lies(sample.draft, sample.digest):
        by_kind[lie.kind].append(lie)
    for kind, found in by_kind.items():
        chance = random.Random(f"{sample.case} {kind}{seed}")  # noqa: S311 - a seed that makes the figures repeatable
        yield from (found if len(found) <= most else chance.sample(found, most))


def _grave(draft: PostMortem, digest: Digest) -> list[Finding]:
    found = check_draft(draft, digest, now=datetime.now(UTC))
    return [finding for finding in found if finding.level != "info"]


def _key(finding: Finding) -> Key:
    return finding.rule, finding.section, finding.text


def summary(tally: Tally) -> dict[str, object]:
    """Sum up as plain data."""
    must = {kind: tally.told[kind] - tally.caught[kind] for kind in MUST if tally.told[kind]}
    return {
        "kinds": {
            kind: {"told": tally.told[kind], "caught": tally.caught[kind], "must": kind in MUST}
            for kind in KINDS
            if tally.told[kind]
        },
        "told": tally.told.total(),
        "caught": tally.caught.total(),
        "places": tally.places,
        "missed where all must be caught": sum(must.values()),
        "errors on untouched drafts": len(tally.false_errors),
        "warnings on untouched drafts": len(tally.false_warnings),
    }


def main() -> int:
    """Measure and print; exit 1 where a lie that must be caught passed, or a true draft has an error."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    drafts = parser.add_mutually_exclusive_group()
    drafts.add_argument(
        "cases", nargs="?", type=Path, help="folder of recorded incidents (default: the bundled ones)"
    )
    drafts.add_argument("--recorded", action="store_true", help="take the drafts of a language model instead")
    parser.add_argument("--most", type=int, default=12, help="places a kind a draft (default: 12)")
    parser.add_argument("--seed", default="", metavar="WORD", help="draw other places than by default")
    parser.add_argument("--misses", action="store_true", help="print every lie that was not reported")
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()
    samples = recorded_drafts() if args.recorded else offline_drafts(args.cases)
    tally = measure(samples, args.most, args.seed)
    result = summary(tally)
    if args.json:
        listed = [
            {"case": m.case, "kind": m.kind, "place": m.place, "before": m.before, "after": m.after}
            for m in tally.misses
        ]
        say(json.dumps(result | ({"misses": listed} if args.misses else {}), indent=2))
    else:
        _print(tally, result, misses=args.misses)
    return int(bool(result["missed where all must be caught"] or tally.false_errors))


def _print(tally: Tally, result: dict[str, object], *, misses: bool) -> None:
    for kind in KINDS:
        if tally.told[kind]:
            share = tally.caught[kind] / tally.told[kind]
            must = "  must" if kind in MUST else ""
            say(f"{kind:<42} {tally.caught[kind]:>4} of {tally.told[kind]:<4} {share:>6.1%}{must}")
    for name in (
        "told",
        "caught",
        "places",
        "missed where all must be caught",
        "errors on untouched drafts",
        "warnings on untouched drafts",
    ):
        say(f"{name}: {result[name]}")
    for line in (*tally.false_errors, *tally.false_warnings):
        say(f"false: {line}")
    if misses:
        for miss in tally.misses:
            say(f"\n{miss.kind} {miss.case} {miss.place}\n  was {miss.before}\n  is  {miss.after}")


if __name__ == "__main__":
    raise SystemExit(main())
