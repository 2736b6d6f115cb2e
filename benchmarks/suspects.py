"""Suspects against two usual scorers: `python -m benchmarks.suspects CASES [--late 60 300] [--json]`.

CASES is a folder of imported cases. For each case whose label names a component, the rank of that component
is taken from our suspects, from BARO's scorer (largest deviation after the start over median and
interquartile range of what came before) and from n-sigma (the same with mean and standard deviation), all
told the same start: the record's, else the onset that the digest finds. Then once more with the start told
late. Figures are by system; the scorers need metrics, so cases without are a group of their own. Of cases in
which nothing is wrong it is counted in how many nothing stands out.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import fmean, median, pstdev, quantiles

from agent.digest.engine import digest
from agent.digest.intake import take_in
from agent.digest.metrics import Panel
from agent.store import IncidentFolder
from evals.expectation import read_expectation
from evals.phrases import names_any

Scorer = Callable[[Sequence[float], Sequence[float]], float]
_FAR = 1e9


@dataclass(frozen=True, slots=True)
class Ranks:
    """1-based rank of the labelled component in one case, by method; None where it is not named."""

    system: str
    case: str
    late: int
    metrics: bool
    by_method: Mapping[str, int | None]
    cause: str = ""
    """The label's own word for the cause."""


def baro(before: Sequence[float], after: Sequence[float]) -> float:
    """Score one series as BARO does: median and interquartile range, which counts as 1 where it is zero."""
    low, _, high = quantiles(before, n=4, method="inclusive")
    return max(abs(value - median(before)) for value in after) / ((high - low) or 1.0)


def n_sigma(before: Sequence[float], after: Sequence[float]) -> float:
    """Score one series by mean and standard deviation, which counts as 1 where it is zero."""
    return max(abs(value - fmean(before)) for value in after) / (pstdev(before) or 1.0)


def scored(panel: Panel, start: datetime, score: Scorer) -> list[str]:
    """Order services by their largest score over all series."""
    told = start.timestamp()
    usual = {(c.service, c.series.name): _finite(c.series.values) for c in panel.columns if c.baseline}
    best: dict[str, float] = {}
    for column in panel.columns:
        if column.baseline or not column.service:
            continue
        pairs = list(zip(column.series.times, column.series.values, strict=True))
        before = usual.get((column.service, column.series.name)) or _finite([v for t, v in pairs if t < told])
        after = _finite([v for t, v in pairs if t >= told])
        if len(before) >= 2 and after:
            best[column.service] = max(best.get(column.service, 0.0), score(before, after))
    return sorted(best, key=lambda name: (-best[name], name))


def ranks(folder: Path, late: Sequence[int]) -> list[Ranks]:
    """Rank the labelled component of one case, told its start on time and late; empty without a label."""
    expected = read_expectation(folder / "expect.yaml")
    incidents = IncidentFolder(folder / "bundle")
    bundle, incident = incidents.bundle(), incidents.read_incident()
    component = expected.cause.component
    if bundle is None or not component or expected.should_abstain:
        return []
    on_time = digest(bundle, incident)
    panel = take_in(bundle, incident).panel
    found: list[Ranks] = []
    for shift in (0, *late):
        start = on_time.onset + timedelta(seconds=shift) if on_time.onset else None
        told = incident.model_copy(update={"start": start})
        ours = on_time if not shift or start is None else digest(bundle, told)
        named = {"ours": [suspect.component for suspect in ours.suspects], "baro": [], "n_sigma": []}
        if start:
            named["baro"], named["n_sigma"] = scored(panel, start, baro), scored(panel, start, n_sigma)
        by_method = {method: _rank(names, component) for method, names in named.items()}
        cause = expected.cause.label
        found.append(Ranks(expected.system, incident.id, shift, bool(panel.columns), by_method, cause))
    return found


def named_in_control(folder: Path) -> tuple[str, str, tuple[str, ...]] | None:
    """Give system, case and suspects of a case in which nothing is wrong; None for any other."""
    expected = read_expectation(folder / "expect.yaml")
    incidents = IncidentFolder(folder / "bundle")
    bundle, incident = incidents.bundle(), incidents.read_incident()
    if bundle is None or not expected.should_abstain:
        return None
    found = digest(bundle, incident).suspects
    return expected.system, incident.id, tuple(suspect.component for suspect in found)


def _rank(names: Sequence[str], component: tuple[str, ...]) -> int | None:
    return next((rank for rank, name in enumerate(names, 1) if names_any(name, component)), None)


def _finite(values: Sequence[float]) -> list[float]:
    return [value for value in values if abs(value) < _FAR * _FAR]


def table(found: Sequence[Ranks]) -> list[dict[str, object]]:
    """Sum up by system, kind of evidence and delay: share of cases at 1 and within 3, by method."""
    groups: dict[tuple[str, bool, int], list[Ranks]] = {}
    for item in found:
        groups.setdefault((item.system, item.metrics, item.late), []).append(item)
    return [
        {
            "system": system,
            "metrics": metrics,
            "late_seconds": late,
            "cases": len(members),
            **{
                method: {f"top{most}": round(_share(members, method, most), 3) for most in (1, 3)}
                for method in ("ours", "baro", "n_sigma")
            },
        }
        for (system, metrics, late), members in sorted(groups.items())
    ]


def quiet(controls: Sequence[tuple[str, str, tuple[str, ...]]]) -> list[dict[str, object]]:
    """Count by system the controls in which nothing stands out."""
    systems = sorted({system for system, _, _ in controls})
    return [
        {
            "system": system,
            "controls": sum(name == system for name, _, _ in controls),
            "nothing_stands_out": sum(name == system and not found for name, _, found in controls),
        }
        for system in systems
    ]


def _share(members: Sequence[Ranks], method: str, most: int) -> float:
    hits = [rank for item in members if (rank := item.by_method[method]) is not None and rank <= most]
    return len(hits) / len(members)


def main() -> None:
    """Rank every case of a folder and print the shares."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.suspects", description=__doc__)
    parser.add_argument("cases", type=Path, metavar="CASES")
    parser.add_argument("--late", type=int, nargs="*", default=[60, 300], metavar="SECONDS")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    folders = [folder for folder in sorted(args.cases.iterdir()) if (folder / "expect.yaml").is_file()]
    found = [item for folder in folders for item in ranks(folder, args.late)]
    controls = [control for folder in folders if (control := named_in_control(folder))]
    rows = table(found) + quiet(controls)
    if args.json:
        cases = [
            {"system": i.system, "case": i.case, "cause": i.cause, "late_seconds": i.late, **i.by_method}
            for i in found
        ]
        named = [{"system": system, "case": case, "suspects": names} for system, case, names in controls]
        json.dump({"systems": rows, "cases": cases, "controls": named}, sys.stdout, indent=1)
        sys.stdout.write("\n")
        return
    for row in rows:
        sys.stdout.write(f"{json.dumps(row)}\n")


if __name__ == "__main__":
    main()
