"""How the check of a document grows with its size."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from agent.checks import survey_document
from agent.checks.fixing import find_edit
from benchmarks.document_size import document

_NOBODY: Mapping[str, str] = {}


def _seconds(text: str) -> float:
    """Processor time of a check that also looks for an edit of each finding; the less of two runs."""
    spent: list[float] = []
    for _ in range(2):
        begin = time.process_time()
        for report in survey_document(text).reports:
            find_edit(text, report, _NOBODY)
        spent.append(time.process_time() - begin)
    return min(spent)


@pytest.mark.parametrize(
    "shape", ["timeline out of order", "action items in a table", "paragraphs with findings"]
)
def test_a_document_of_four_times_the_rows_takes_no_more_than_linear_work(shape: str) -> None:
    small, large = (_seconds(document(shape, rows)) for rows in (200, 800))
    assert large < 7 * small  # 4 where the work is linear, 16 where it is quadratic
