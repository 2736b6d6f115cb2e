"""The whole digest on recorded incidents."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from digest_bundles import DATA, folder, incident, seal

from agent import fitting
from agent.cli.main import main
from agent.digest import digest, excerpt
from agent.drafting.claude import rendering
from agent.schema.digest import Digest
from agent.store import Home, IncidentFolder, to_json
from tools.formats import read
from tools.formats.records import LogRecord

NAMES = ("watchdog", "job", "policy", "probe")


def computed(made: IncidentFolder) -> Digest:
    bundle = made.bundle()
    assert bundle is not None
    return digest(bundle, made.read_incident())


def test_a_watchdog_alone_is_no_incident(tmp_path: Path) -> None:
    found = computed(folder("watchdog", tmp_path))
    assert found.suspects == ()
    assert found.onset is None
    assert [item.attributes["noise"] for item in found.evidence] == ["always-firing"]
    assert found.fact("alerts_fired").count == 0


@pytest.mark.parametrize(
    ("name", "component", "kind"),
    [
        ("job", "java-api-checker", "job"),
        ("policy", "default-deny-egress", "network"),
        ("probe", "adservice", "service"),
    ],
)
def test_the_component_that_was_at_fault_is_suspected_first(
    tmp_path: Path, name: str, component: str, kind: str
) -> None:
    first = computed(folder(name, tmp_path)).suspects[0]
    assert (first.component, first.component_kind) == (component, kind)


def test_the_crash_loop_is_one_item_with_its_exit_code_and_probe(tmp_path: Path) -> None:
    found = computed(folder("probe", tmp_path))
    (loop,) = [item for item in found.evidence if item.attributes.get("reason") == "CrashLoopBackOff"]
    assert loop.attributes["exit_code"] == "143"
    assert "delay=1s timeout=1s period=1s" in loop.attributes["liveness"]
    assert loop.severity == "critical"


@pytest.mark.parametrize("name", NAMES)
def test_every_pointer_resolves_to_real_lines(tmp_path: Path, name: str) -> None:
    made = folder(name, tmp_path)
    bundle = made.bundle()
    assert bundle is not None
    for item in computed(made).evidence:
        for part in excerpt(bundle, item):
            assert part.first_line is not None
            shown = (DATA / name / part.artifact).read_text().split("\n")[part.first_line - 1 :]
            assert part.lines
            assert list(part.lines) == [line.rstrip("\r") for line in shown[: len(part.lines)]]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_bytes_give_the_same_digest(tmp_path: Path, name: str) -> None:
    first = computed(folder(name, tmp_path / "one"))
    again = computed(folder(name, tmp_path / "two"))
    assert to_json(first) == to_json(again)


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_artifacts_does_not_matter(tmp_path: Path, name: str) -> None:
    forward = computed(folder(name, tmp_path / "one"))
    backward = computed(folder(name, tmp_path / "two", backwards=True))
    assert forward.evidence == backward.evidence
    assert forward.suspects == backward.suspects


@pytest.mark.parametrize("name", ["job", "probe"])
def test_counted_log_records_are_those_that_the_readers_gave(tmp_path: Path, name: str) -> None:
    expected = sum(
        isinstance(record, LogRecord)
        for file in (DATA / name).rglob("*")
        if file.is_file()
        for record in read(file).records
    )
    assert computed(folder(name, tmp_path)).fact("log_lines").count == expected


def test_digest_and_show_print_json_that_can_be_scripted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder("probe", tmp_path)
    assert main(["digest", "probe", "--home", str(tmp_path), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    wanted = printed["suspects"][0]["evidence"][0]
    assert main(["show", "probe", wanted, "--home", str(tmp_path), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["evidence"]["id"] == wanted
    assert {"artifact", "first_line", "lines"} == set(shown["excerpts"][0])
    assert not (tmp_path / "probe" / "digest.json").exists()


def test_digest_json_fits_a_budget_and_counts_what_was_cut(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder("probe", tmp_path)
    sizes: list[int] = []
    for budget in ([], ["--budget", "2000"]):
        assert main(["digest", "probe", "--home", str(tmp_path), "--json", *budget]) == 0
        printed = Digest.model_validate_json(capsys.readouterr().out)
        assert rendering.fitted(printed).tokens <= (2000 if budget else fitting.DEFAULT)
        sizes.append(len(printed.evidence))
    assert sizes[0] > sizes[1]
    assert "left out to fit the budget" in printed.notes[-1]


def test_digest_and_show_print_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder("probe", tmp_path)
    assert main(["digest", "probe", "--home", str(tmp_path), "--top", "3"]) == 0
    assert "adservice" in capsys.readouterr().out
    assert main(["show", "probe", "k1", "--home", str(tmp_path)]) == 0
    assert "CrashLoopBackOff" in capsys.readouterr().out


def test_an_unknown_id_is_not_found_and_near_ids_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder("probe", tmp_path)
    assert main(["show", "probe", "K999", "--home", str(tmp_path)]) == 3
    assert "It has K1 to K" in capsys.readouterr().err


def test_a_metric_that_shifts_is_dated_and_its_samples_can_be_shown(tmp_path: Path) -> None:
    rows = ["time,cart-p90latency,cart-rps,ads-p90latency"]
    for second in range(0, 300, 5):
        slow = 4600 + second % 7 if second >= 150 else 8.5 + 0.1 * (second % 3)
        stamp = f"2026-03-20T05:{second // 60:02}:{second % 60:02}Z"
        rows.append(f"{stamp},{slow},{10 + second % 2},{9 + 0.1 * (second % 4)}")
    made = Home(tmp_path).create(incident("shift"))
    with made.new_snapshot() as scratch:
        (scratch / "metrics.csv").write_text("\n".join(rows) + "\n")
        seal(scratch, "shift", [scratch / "metrics.csv"])
    found = computed(made)
    bundle = made.bundle()
    assert bundle is not None
    (moved,) = [item for item in found.evidence if item.severity != "info"]
    assert (moved.service, moved.attributes["metric_kind"], moved.attributes["harm"]) == (
        "cart",
        "latency",
        "bad",
    )
    assert moved.start == datetime(2026, 3, 20, 5, 2, 30, tzinfo=UTC)
    assert moved.end is None
    assert found.onset == moved.start
    (part,) = excerpt(bundle, moved, limit=100)
    assert part.samples[5][0] == "2026-03-20T05:02:30Z"
    assert part.samples[5][1] > 4000 > part.samples[4][1]
    assert [suspect.component for suspect in found.suspects] == ["cart"]


def test_a_metric_is_drawn_with_its_samples_at_the_onset(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = ["time,cart-p90latency"]
    for second in range(0, 600, 5):
        slow = 4600 if 300 <= second < 400 else 8 + second % 3
        rows.append(f"2026-03-20T05:{second // 60:02}:{second % 60:02}Z,{slow}")
    made = Home(tmp_path).create(incident("drawn"))
    with made.new_snapshot() as scratch:
        (scratch / "metrics.csv").write_text("\n".join(rows) + "\n")
        seal(scratch, "drawn", [scratch / "metrics.csv"])
    assert main(["show", "drawn", "M1", "--home", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert "(1 min 40 s)" in shown
    top = next(line for line in shown.splitlines() if "4600 │" in line)
    marked = next(line for line in shown.splitlines() if "╵" in line)
    assert top.index("█") == marked.index("^")
    assert "         ^  2026-03-20T05:05:00Z          4600" in shown
    assert "         $  2026-03-20T05:06:40Z" in shown
    assert "11 more" in shown


def test_a_quantile_of_a_histogram_is_shown_as_it_was_judged(tmp_path: Path) -> None:
    result: list[dict[str, object]] = []
    for bound, (before, after) in {"0.1": (95, 10), "2.5": (99, 97), "+Inf": (100, 100)}.items():
        total, values = 0, list[list[object]]()
        for index in range(120):
            total += (before if index < 80 else after) + index % 3 * (bound == "+Inf")
            values.append([1_774_000_000 + 15 * index, str(total)])
        labels = {"__name__": "request_seconds_bucket", "app": "cart", "le": bound}
        result.append({"metric": labels, "values": values})
    made = Home(tmp_path).create(incident("buckets"))
    with made.new_snapshot() as scratch:
        text = json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}})
        (scratch / "latency.json").write_text(text)
        seal(scratch, "buckets", [scratch / "latency.json"])
    found = computed(made)
    bundle = made.bundle()
    assert bundle is not None
    (moved,) = [item for item in found.evidence if item.attributes.get("quantile")]
    assert moved.statement.startswith("cart request_seconds p")
    part = excerpt(bundle, moved)[0]
    assert part.judged_as == moved.attributes["quantile"]
    assert max(value for _, value in part.course) <= 2.5
