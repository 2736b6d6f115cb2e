"""Drafts that a language model wrote for bundled incidents, replayed from their cassettes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from benchmarks.offline_drafts import Sample
from evals.cassettes import taped

CASSETTES = Path(__file__).parents[1] / "tests/evals/cassettes"


def recorded_drafts(folder: Path = CASSETTES) -> Iterator[Sample]:
    """Replay every draft of a folder, without a network; raise SystemExit naming the folder where none is."""
    found = sorted(folder.glob("*.yaml.gz"))
    if not found:
        raise SystemExit(f"{folder} holds no cassette; `python -m evals.record CASE` records one.")
    os.environ.setdefault("ANTHROPIC_API_KEY", "not used: replies are replayed")
    for path in found:
        case = path.name.partition(".")[0]
        made = taped(case, path, record=False)
        yield Sample(case, made.draft, made.digest)
