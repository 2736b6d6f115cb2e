"""Traces that a tool printed as a tree keep their spans, times, parents and failures."""

from pathlib import Path

from evals.importers.spantree import is_span_tree, otlp_lines
from tools.formats import read
from tools.formats.records import Span

TREE = """\
├─ GET /cart (frontend) - 1250.50ms (span_id=aa01)
│  Datetime: start=2025-03-04T10:00:00.250000Z end=2025-03-04T10:00:01.500500Z
│  Resource labels: service.name='frontend'
│  Attributes:
│    http.method: GET
│    http.status_code: 503
  ├─ SELECT carts (cart-db) - 1200.00ms (span_id=bb02)
  │  Datetime: start=2025-03-04T10:00:00.260000Z end=2025-03-04T10:00:01.460000Z
  │  Attributes:
  │    db.statement: SELECT * FROM carts WHERE user = 7
  │  Events:
  │    retry (+10.00ms) at 2025-03-04T10:00:00.270000Z
"""
LISTED = """\
Trace (traceID=f00d) (durationMs=812)
\tstartTime=2025-03-04T10:00:00Z rootServiceName=None rootTraceName=POST /checkout
"""


def spans_of(text: str, folder: Path) -> list[Span]:
    path = folder / "traces.jsonl"
    path.write_bytes(otlp_lines(text))
    return [record for record in read(path).records if isinstance(record, Span)]


def test_a_tree_keeps_parent_service_duration_and_failure(tmp_path: Path) -> None:
    assert is_span_tree(TREE)
    root, child = spans_of(TREE, tmp_path)
    assert (root.service, root.operation, root.seconds, root.error) == ("frontend", "GET /cart", 1.2505, True)
    assert root.start.isoformat() == "2025-03-04T10:00:00.250000+00:00"
    assert (child.service, child.parent_id, child.trace_id, child.seconds) == ("cart-db", "aa01", "aa01", 1.2)
    assert child.error is not True


def test_a_list_of_traces_gives_one_root_each(tmp_path: Path) -> None:
    assert is_span_tree(LISTED)
    (trace,) = spans_of(LISTED, tmp_path)
    assert (trace.operation, trace.seconds, trace.parent_id) == ("POST /checkout", 0.812, None)


def test_other_answers_are_left_alone() -> None:
    assert not is_span_tree("NAME READY\nweb-0 1/1\n")
