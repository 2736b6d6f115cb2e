"""Parameters of log messages: named, summed up with their units, and read again from the sealed files."""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from digest_bundles import seal
from hypothesis import given
from hypothesis import strategies as st

from agent.digest import bulk, logparts, parameters, processes, quantities
from agent.digest.engine import digest
from agent.digest.excerpts import excerpt
from agent.digest.logs import Place
from agent.digest.parameters import Sample
from agent.digest.picks import MOST, Picks
from agent.drafting.cause import quiet
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence
from agent.schema.incident import Incident
from agent.store import Bundle, Home

START = datetime(2026, 3, 20, 5, 0, tzinfo=UTC)
ONSET = START + timedelta(minutes=20)


@pytest.mark.parametrize(
    ("message", "named"),
    [
        (
            "connection to host db-2 failed after 3 attempts (timeout 5000 ms)",
            {"host": "db-2", "attempts": "3", "timeout": "5000 ms"},
        ),
        (
            "pool exhausted: size=10 active=10 idle=0 waiting=57",
            {"size": "10", "active": "10", "idle": "0", "waiting": "57"},
        ),
        ("pool size 10 reached; queue length: 55", {"pool size": "10", "queue length": "55"}),
        ("user 42 logged in from 10.0.0.3:5432", {"user": "42", "from": "10.0.0.3:5432"}),
        ('{"host":"db-3","latency_ms":35}', {"host": "db-3", "latency_ms": "35 ms"}),
        ("Processed 120 records in 1m30.5s", {"records": "120", "in": "1m30.5s"}),
        ('user=alice host="db two" port:5432', {"user": "alice", "host": "db two", "port": "5432"}),
        ("done 2026-03-20 05:00:01 id=4d2a46c7-71cb-4cf1-b5bb-b68406d9da6f", {}),
    ],
)
def test_values_are_named_by_their_keys_or_the_words_beside_them(
    message: str, named: Mapping[str, str]
) -> None:
    assert parameters.read(message, {}) == named


def test_fields_of_structured_records_are_parameters_and_what_stands_around_them_is_not() -> None:
    fields = {"host": "db-3", "took_ms": "12", "logger": "c.x.Pool", "ts": "1", "request": "a" * 200}
    assert parameters.read("slow query", fields) == {"host": "db-3", "took_ms": "12 ms"}


@given(st.text(max_size=300), st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=5))
def test_any_message_is_read(message: str, fields: dict[str, str]) -> None:
    found = parameters.read(message, fields)
    assert len(found) <= parameters.MOST_NAMES
    parameters.summed_up([Sample(Place("a", 1, 1), 0, found), Sample(Place("a", 2, 2), 1, found)])


@pytest.mark.parametrize(
    ("text", "value", "unit", "spoken"),
    [
        ("35ms", 0.035, "s", "35 ms"),
        ("1m30.5s", 90.5, "s", "90.5 s"),
        ("512MiB", 512 * 2**20, "B", "536.9 MB"),
        ("81%", 81, "%", "81%"),
        ("57", 57, "", "57"),
    ],
)
def test_quantities_are_read_with_their_units(text: str, value: float, unit: str, spoken: str) -> None:
    found = quantities.quantity(text)
    assert found is not None
    assert (found.value, found.unit) == (pytest.approx(value), unit)
    assert found.spoken() == spoken
    assert quantities.quantity("db-2") is quantities.quantity("-") is quantities.quantity("35xy") is None


def test_what_was_shown_is_summed_up_with_where_it_stands() -> None:
    values = [("db-2", "900ms"), ("db-2", "1.2s"), ("db-1", "30ms"), ("db-2", "800ms")]
    samples = [
        Sample(Place("a.log", n, n), n, {"host": host, "took": took, "pool size": "10", "code": "7"})
        for n, (host, took) in enumerate(values, 1)
    ]
    texts = {told.name: told for told in parameters.summed_up(samples)}
    assert texts["host"].text() == "host: db-2 75 %, db-1 25 %"
    assert texts["host"].telling == (Place("a.log", 1, 1),)
    assert texts["took"].text() == "took: 30ms to 1.2s, median 800ms, 4 distinct"
    assert texts["took"].telling == (Place("a.log", 3, 3), Place("a.log", 2, 2))
    assert texts["pool size"].text() == "pool size: always 10"
    assert "code" not in texts


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=4))
def test_picks_are_every_nth_record_in_bounded_memory(lengths: list[int]) -> None:
    whole = Picks()
    for artifact, length in enumerate(lengths):
        part = Picks()
        for line in range(length):
            part.add(artifact, line, line)
        whole.merge(part)
    assert len(whole) <= MOST
    for artifact, length in enumerate(lengths):
        lines = [pick.line for pick in whole if pick.artifact == artifact]
        assert lines == sorted(set(lines))
        assert all(line < length for line in lines)
    assert sum(lengths) == 0 or len(whole) >= min(sum(lengths), MOST) / (2 * len(lengths)) - len(lengths)


@given(st.lists(st.integers(0, 2000), max_size=6))
def test_rows_of_picks_are_taken_as_picks_one_by_one(lengths: list[int]) -> None:
    singly, at_once = Picks(), Picks()
    for artifact, length in enumerate(lengths):
        rows = np.arange(4 * length, dtype=np.int64).reshape(length, 4)
        rows[:, 0] = artifact
        at_once.add_all(rows)
        for row in rows.tolist():
            singly.add(*row)
    assert (at_once.stride, list(at_once)) == (singly.stride, list(singly))


def _lines(pod: int) -> list[str]:
    """Forty minutes of one pod: queries spread over three hosts, then mostly on one, and a pool that ends."""
    chance, lines = random.Random(pod), list[str]()
    for second in range(pod, 2400, 3):
        time = (START + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")
        late = second >= 1200
        host = chance.choices(["db-1", "db-2", "db-3"], [1, 8, 1] if late else [1, 1, 1])[0]
        lines.append(
            f"{time} INFO query {chance.randrange(10**6)} on host={host} took {chance.randrange(20, 60)} ms"
        )
        if second % 2:
            lines.append(f"{time} INFO served /cart")
        if late and second % 4 == 0:
            lines.append(f"{time} ERROR pool exhausted size=10 waiting={chance.randrange(20, 90)}")
    return lines


def _digested(home: Path, *, packed: bool = False, backwards: bool = False) -> tuple[Digest, Bundle]:
    folder = Home(home).create(
        Incident(id="pool", title="Checkout is slow", services=("checkout",), start=ONSET)
    )
    with folder.new_snapshot() as scratch:
        (scratch / "logs").mkdir()
        for pod in range(2):
            body = "\n".join(_lines(pod)).encode() + b"\n"
            file = scratch / "logs" / f"checkout-{pod}.log{'.gz' if packed else ''}"
            file.write_bytes(gzip.compress(body) if packed else body)
        files = sorted((scratch / "logs").iterdir())
        seal(scratch, "pool", files[::-1] if backwards else files)
    bundle = folder.bundle()
    assert bundle is not None
    return digest(bundle, folder.read_incident()), bundle


def _exhausted(made: Digest) -> Evidence:
    return next(e for e in made.evidence if e.attributes.get("level") == "error" and "pool" in e.statement)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("large", [False, True])
def test_an_error_carries_its_parameters_and_points_at_lines_that_show_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, large: bool, packed: bool
) -> None:
    if large:
        monkeypatch.setattr(bulk, "LARGE", 0)
    made, bundle = _digested(tmp_path, packed=packed)
    item = _exhausted(made)
    told = item.attributes["parameters"]
    assert "size: always 10" in told
    spread = re.search(r"waiting: (\d+) to (\d+), median (\d+)", told)
    assert spread is not None
    assert 20 <= int(spread[1]) < int(spread[3]) < int(spread[2]) < 90
    shown = "\n".join(line for part in excerpt(bundle, item, around=0) for line in part.lines)
    assert f"waiting={spread[1]}" in shown
    assert f"waiting={spread[2]}" in shown


@pytest.mark.parametrize("large", [False, True])
def test_a_host_that_took_over_is_evidence_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, large: bool
) -> None:
    if large:
        monkeypatch.setattr(bulk, "LARGE", 0)
    made, bundle = _digested(tmp_path)
    found = [e for e in made.evidence if e.attributes.get("parameter")]
    assert {(e.attributes["parameter"], e.attributes["value"]) for e in found} == {("host", "db-2")}
    assert float(found[0].attributes["p_value"]) < 0.01
    assert excerpt(bundle, found[0], around=0)[0].lines[0].count("host=db-2") == 1


@pytest.mark.parametrize("large", [False, True])
def test_neither_the_order_of_files_nor_of_processes_changes_what_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, large: bool
) -> None:
    if large:
        monkeypatch.setattr(bulk, "LARGE", 0)
    first, _ = _digested(tmp_path / "a")
    if large:
        monkeypatch.setattr(logparts, "SMALL", 0)
        monkeypatch.setattr(logparts, "PART", 20_000)
        monkeypatch.setattr(processes, "cores", lambda: 2)
    second, _ = _digested(tmp_path / "b", backwards=True)
    assert [e.model_dump() for e in first.evidence] == [e.model_dump() for e in second.evidence]


@pytest.mark.parametrize("large", [False, True])
def test_a_syslog_without_any_year_is_dated_by_the_incident_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, large: bool
) -> None:
    if large:
        monkeypatch.setattr(bulk, "LARGE", 0)
    folder = Home(tmp_path).create(Incident(id="year", title="Disk full", start=ONSET))
    with folder.new_snapshot() as scratch:
        times = [START + timedelta(seconds=30 * n) for n in range(80)]
        lines = [f"{time:%b %d %H:%M:%S} web app[7]: served request {n}" for n, time in enumerate(times)]
        lines += [f"{time:%b %d %H:%M:%S} web app[7]: error: no space left on device" for time in times[41:]]
        (scratch / "messages").write_text("\n".join(sorted(lines)) + "\n")
        seal(scratch, "year", [scratch / "messages"])
    bundle = folder.bundle()
    assert bundle is not None
    made = digest(bundle, folder.read_incident())
    full = next(e for e in made.evidence if "no space left" in e.statement)
    assert full.start == ONSET + timedelta(seconds=30)
    assert full.attributes["novelty"] == "new"
    assert any("messages carry no year" in note for note in made.notes)


def _answers(pod: str, second: int, status: int) -> str:
    time = START + timedelta(seconds=second)
    asked = f'10.0.0.1 - - [{time:%d/%b/%Y:%H:%M:%S} +0000] "GET /cart/{second} HTTP/1.1" {status} {second}'
    return f'[pod/{pod}/server] {time:%Y-%m-%dT%H:%M:%SZ} {asked} "-" "curl/8"'


def _of_lines(home: Path, name: str, lines: list[str], start: datetime) -> tuple[Digest, Bundle]:
    folder = Home(home).create(Incident(id="lines", title="Errors", start=start))
    with folder.new_snapshot() as scratch:
        (scratch / name).write_text("\n".join(lines) + "\n")
        seal(scratch, "lines", [scratch / name])
    bundle = folder.bundle()
    assert bundle is not None
    return digest(bundle, folder.read_incident()), bundle


@pytest.mark.parametrize("large", [False, True])
def test_lines_that_differ_in_their_status_stand_for_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, large: bool
) -> None:
    if large:
        monkeypatch.setattr(bulk, "LARGE", 0)
    failed = {n for n in range(1300, 2400) if n % 97 in {0, 3}}
    lines = [_answers("cart-7d9f8b6c5-abcde", n, 503 if n in failed else 200) for n in range(2400)]
    made, bundle = _of_lines(tmp_path, "all.log", lines, ONSET)
    item = next(e for e in made.evidence if "503" in e.statement)
    assert "200" not in item.attributes["parameters"]
    cited = [line for part in excerpt(bundle, item, around=0) for line in part.lines]
    assert len(cited) >= 3
    assert all(" 503 " in line for line in cited)


@pytest.mark.parametrize("large", [False, True])
def test_the_pod_of_a_line_counts_more_than_the_name_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, large: bool
) -> None:
    if large:
        monkeypatch.setattr(bulk, "LARGE", 0)
    pods = ("cart-7d9f8b6c5-abcde", "orders-6c5d4b7f9-fghjk")
    lines = [_answers(pods[n % 2], n, 503 if n > 1300 else 200) for n in range(2400)]
    made, _ = _of_lines(tmp_path, "export.log", lines, ONSET)
    assert {e.service for e in made.evidence if e.kind == "L"} == {"cart", "orders"}


def test_a_recording_that_ends_before_the_onset_says_so(tmp_path: Path) -> None:
    lines = [_answers("cart-7d9f8b6c5-abcde", n, 200) for n in range(600)]
    made, _ = _of_lines(tmp_path, "all.log", lines, START + timedelta(days=300))
    assert any("tell nothing of the time since" in note for note in made.notes)
    assert not quiet(made)
