"""Looks into recorded incidents: what they count, where they point, and what is not recorded."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.digest import digest, excerpt
from agent.digest.wording import around
from agent.drafting.looks import (
    CompareWindows,
    FindSeries,
    LinesAround,
    ListAlerts,
    ListCalls,
    ListChanges,
    Look,
    SearchChat,
    SearchKubernetes,
    SearchLogs,
)
from agent.errors import ToolRefused
from agent.investigation import SealedRecording
from agent.review.resolving import Resolver
from agent.schema.bundle import Artifact, Manifest, Request
from agent.schema.digest import Digest
from agent.schema.incident import Incident
from agent.store import MANIFEST, Bundle, Home, IncidentFolder, write_model
from tools.formats import sniff

CASES = Path(__file__).parents[3] / "evals" / "incidents"
AT = datetime(2025, 12, 26, 4, 32, 28, tzinfo=UTC)
Opened = tuple[Bundle, Digest]


def logged(home: Path, text: str) -> Opened:
    """Seal one log of a made-up incident."""
    folder = Home(home).create(Incident(id="made-up", title="Shop slow"))
    with folder.new_snapshot() as scratch:
        (scratch / "shop.log").write_text(text)
        artifact = Artifact(
            path="shop.log",
            source="files",
            signal="logs",
            format=sniff(scratch / "shop.log").format,
            query="shop.log",
            rows=text.count("\n"),
            bytes=len(text.encode()),
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            labels={"service": "shop"},
        )
        request = Request(source="files", query="*", outcome="ok", artifacts=("shop.log",))
        manifest = Manifest(incident="made-up", sealed_at=AT, requests=(request,), artifacts=(artifact,))
        write_model(scratch / MANIFEST, manifest)
    bundle = folder.bundle()
    assert bundle
    return bundle, digest(bundle, folder.read_incident())


def opened(case: str) -> Opened:
    folder = IncidentFolder(CASES / case / "bundle")
    bundle = folder.bundle()
    assert bundle
    return bundle, digest(bundle, folder.read_incident())


@pytest.fixture(scope="module")
def boutique() -> Opened:
    return opened("boutique-4392eb")


@pytest.fixture(scope="module")
def shop() -> Opened:
    return opened("boutique-1d95c3")


@pytest.fixture(scope="module")
def silent() -> Opened:
    return opened("cluster-7b5950")


def test_log_lines_are_counted_by_service_and_form(shop: Opened) -> None:
    bundle, computed = shop
    recording = SealedRecording(bundle, computed)
    answer = recording.answer(SearchLogs(text="Connection refused", service="adservice"))
    raw = [
        line
        for artifact in bundle.manifest.artifacts
        if artifact.path.startswith("logs/adservice")
        for line in bundle.path(artifact.path).read_text().splitlines()
        if "connection refused" in line
    ]
    ids = {line.id for line in answer.lines}
    items = [*recording.found, *computed.evidence]
    assert raw
    assert sum(int(item.attributes["count"]) for item in items if item.id in ids) == len(raw)


def test_every_minted_pointer_leads_to_what_the_statement_says(boutique: Opened) -> None:
    bundle, computed = boutique
    recording = SealedRecording(bundle, computed)
    for look in (
        SearchLogs(level="warning"),
        LinesAround(time=AT + timedelta(seconds=100), seconds=60),
        FindSeries(metric="p90latency", service="checkoutservice"),
        SearchKubernetes(text="worker-02", kind="Pod"),
    ):
        recording.answer(look)
    assert {item.kind for item in recording.found} >= {"L", "M", "K"}
    for item in recording.found:
        shown = excerpt(bundle, item)
        assert all(part.lines or part.samples for part in shown), item
        if item.kind == "K" and item.attributes.get("source") == "state":
            assert any(item.attributes["object"] in line for part in shown for line in part.lines)


def test_statistics_are_those_of_the_samples(boutique: Opened) -> None:
    bundle, computed = boutique
    recording = SealedRecording(bundle, computed)
    recording.answer(FindSeries(metric="p90latency", service="checkoutservice"))
    (item,) = recording.found
    values = [value for part in excerpt(bundle, item, limit=10_000) for _, value in part.samples]
    assert f"to {max(values):.0f} ms at" in item.statement
    assert item.attributes["unit"] == "ms"
    assert item.attributes["metric"] == "p90latency"


def test_windows_stand_side_by_side_with_their_factor(boutique: Opened) -> None:
    recording = SealedRecording(*boutique)
    answer = recording.answer(
        CompareWindows(
            metric="tcp_retans",
            service="worker-02",
            first_start=AT - timedelta(seconds=90),
            first_end=AT - timedelta(seconds=8),
            second_start=AT,
            second_end=AT + timedelta(seconds=120),
        )
    )
    assert len(answer.lines) == 1
    assert "averaged 0.267 (peak 2.27)" in answer.lines[0].text
    assert "a factor of 24" in answer.lines[0].text
    backwards = CompareWindows(
        metric="tcp", first_start=AT, first_end=AT, second_start=AT, second_end=AT + timedelta(1)
    )
    with pytest.raises(ToolRefused, match="ends after it starts"):
        recording.answer(backwards)


def test_what_the_digest_has_keeps_its_id(boutique: Opened) -> None:
    bundle, computed = boutique
    recording = SealedRecording(bundle, computed)
    answer = recording.answer(ListAlerts())
    assert sorted(line.id for line in answer.lines) == ["A1", "A2", "A3", "A4", "A5"]
    assert recording.answer(ListChanges()).lines[0].text.startswith("C1 ")
    assert recording.found == ()


def test_objects_are_found_by_field_and_value(boutique: Opened) -> None:
    recording = SealedRecording(*boutique)
    answer = recording.answer(SearchKubernetes(text="memory", kind="Deployment"))
    assert any("cpu=200m,memory=300Mi" in line.text for line in answer.lines)
    pods = recording.answer(SearchKubernetes(text="service"))
    assert re.search(r"\d+ more (?:objects|events) are not shown", pods.cut)
    with pytest.raises(ToolRefused):
        recording.answer(SearchKubernetes(text="  "))


def test_nothing_found_and_nothing_recorded_are_two_answers(boutique: Opened, silent: Opened) -> None:
    loud, quiet = SealedRecording(*boutique), SealedRecording(*silent)
    found = loud.answer(SearchLogs(text="no such words at all"))
    assert found.not_recorded == ""
    assert found.lines[0].text.startswith('N1 No recorded log line with "no such words at all" (')
    assert loud.answer(SearchLogs(text="x", service="nobody")).not_recorded == "log lines of nobody"
    assert quiet.answer(SearchLogs(text="x")).not_recorded == "log lines"
    assert quiet.answer(FindSeries(metric="cpu")).not_recorded == "metrics"
    assert loud.answer(FindSeries(metric="no_such_metric")).not_recorded == "series for no_such_metric"
    assert loud.answer(SearchChat(text="x")).not_recorded == "chat"
    assert quiet.answer(ListCalls(service="a")).not_recorded == "record of which services call each other"
    assert loud.answer(ListCalls(service="nobody")).empty == "No recorded call has nobody at either end"


def test_what_was_not_found_can_be_cited_and_opened(boutique: Opened) -> None:
    bundle, computed = boutique
    recording = SealedRecording(bundle, computed)
    missing = recording.standing()
    assert "The recording holds no chat" in {item.statement for item in missing}
    assert recording.standing() == missing
    for look in (
        SearchLogs(text="no such words", service="frontend"),
        FindSeries(metric="no_such_metric"),
        SearchKubernetes(text="nonesuch"),
        ListAlerts(text="nonesuch", start=AT),
        LinesAround(time=AT - timedelta(days=9)),
        ListCalls(service="nonesuch"),
    ):
        answer = recording.answer(look)
        (item,) = (found for found in recording.found if answer.lines[0].id == found.id)
        assert item.kind == "N"
        assert item.service is None
    resolver = Resolver(bundle, (pointer for item in recording.found for pointer in item.pointers))
    for item in recording.found:
        assert [resolver.problem(pointer, None) for pointer in item.pointers] == [None] * len(item.pointers)
        assert all(part.lines for part in excerpt(bundle, item))
    first = next(item for item in recording.found if item.kind == "N" and "frontend" in item.statement)
    assert "frontend" in first.pointers[0].artifact


def test_a_roll_out_that_the_objects_tell_of_is_among_the_changes(boutique: Opened) -> None:
    recording = SealedRecording(*boutique)
    assert any(line.id == "C1" for line in recording.answer(ListChanges()).lines)
    late = recording.answer(ListChanges(start=AT))
    assert late.lines[0].text.endswith("No recorded change from 2025-12-26T04:32:28Z")


def test_a_form_is_looked_for_by_the_id_of_a_pattern(boutique: Opened) -> None:
    recording = SealedRecording(*boutique)
    assert recording.answer(SearchLogs(like="L1")).lines
    with pytest.raises(ToolRefused, match="M1 is no log pattern"):
        recording.answer(SearchLogs(like="M1"))
    with pytest.raises(ToolRefused, match="give words"):
        recording.answer(SearchLogs())


WORDS = st.sampled_from(["", "worker-02", "error", "cpu", "timeout", "cart", "(", "\\", "\u202e", "x" * 200])
TIMES = st.none() | st.integers(-7200, 3600).map(lambda seconds: AT + timedelta(seconds=seconds))
LOOKS: st.SearchStrategy[Look] = st.one_of(
    st.builds(SearchLogs, text=WORDS, service=WORDS, start=TIMES, end=TIMES),
    st.builds(FindSeries, metric=WORDS, service=WORDS, labels=WORDS, start=TIMES, end=TIMES),
    st.builds(ListAlerts, text=WORDS, start=TIMES, end=TIMES),
    st.builds(SearchKubernetes, text=WORDS, kind=WORDS),
    st.builds(ListCalls, service=WORDS),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(looks=st.lists(LOOKS, min_size=1, max_size=4))
def test_the_same_looks_give_the_same_bounded_answers_and_ids(boutique: Opened, looks: list[Look]) -> None:
    bundle, computed = boutique

    def asked(recording: SealedRecording) -> list[object]:
        return [_or_refused(lambda look=look: recording.answer(look)) for look in looks]

    first, second = SealedRecording(bundle, computed), SealedRecording(bundle, computed)
    assert asked(first) == asked(second)
    assert first.found == second.found
    known = {item.id for item in computed.evidence}
    assert not known & {item.id for item in first.found}
    assert len({item.id for item in first.found}) == len(first.found)
    before = len(first.found)
    assert asked(first) == asked(second)
    assert len(first.found) == before


def _or_refused(ask: Callable[[], object]) -> object:
    try:
        return ask()
    except ToolRefused as error:
        return str(error)


def test_a_long_line_is_quoted_around_the_words_that_were_sought(tmp_path: Path) -> None:
    told = f"request {'x' * 300} refused by the ledger because of code 4711 {'y' * 300}"
    line = f"2025-12-26T04:32:28Z ERROR {told}\n"
    recording = SealedRecording(*logged(tmp_path, line * 3 + "2025-12-26T04:32:29Z INFO fine\n"))
    found = recording.answer(SearchLogs(text="LEDGER because"))
    assert "refused by the ledger because of code 4711" in found.lines[0].text
    near = recording.answer(LinesAround(time=AT))
    told = [line.text.endswith("(3 times, last 2025-12-26T04:32:28Z)") for line in near.lines]
    assert told == [True, False]


def test_who_calls_whom_can_be_cited_and_opened(boutique: Opened) -> None:
    bundle, computed = boutique
    recording = SealedRecording(bundle, computed)
    calls = [item for item in recording.standing() if item.kind == "T"]
    assert {item.service for item in calls} >= {"checkoutservice", "recommendationservice", "adservice"}
    (line,) = recording.answer(ListCalls(service="redis-cart")).lines
    assert line.text == f"{line.id} redis-cart is called by cartservice"
    (item,) = (found for found in recording.found if found.id == line.id)
    told = [text for part in excerpt(bundle, item) for text in part.lines]
    assert any("redis-cart" in text and "cartservice" in text for text in told)
    (again,) = recording.answer(ListCalls(service="checkoutservice")).lines
    assert again.id in {item.id for item in calls}


def test_series_are_told_with_the_unit_that_alerts_state_and_those_that_moved_first(boutique: Opened) -> None:
    answer = SealedRecording(*boutique).answer(FindSeries(metric="latency", start=AT))
    assert all(" ms at " in line.text for line in answer.lines if " ranged " in line.text)
    first = {line.text.split(" of ")[1].split()[0] for line in answer.lines[:4]}
    assert first & {"checkoutservice", "recommendationservice", "adservice"}
    assert [line.rank for line in answer.lines] == sorted(line.rank for line in answer.lines)


@pytest.mark.parametrize(("level", "seen"), [("error", 1), ("warning", 2), ("info", 3), ("", 4)])
def test_a_level_means_this_one_or_a_graver(
    tmp_path: Path, level: Literal["error", "warning", "info", ""], seen: int
) -> None:
    text = "".join(
        f"2025-12-26T04:32:2{at}Z {word}job {name} ended\n"
        for at, (word, name) in enumerate([("ERROR ", "a"), ("WARN ", "bb"), ("INFO ", "ccc"), ("", "dddd")])
    )
    recording = SealedRecording(*logged(tmp_path, text))
    answer = recording.answer(SearchLogs(text="job", level=level))
    assert len(answer.lines) == seen


def test_of_many_forms_the_grave_and_rare_ones_are_kept(tmp_path: Path) -> None:
    words = [
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "zeta",
        "eta",
        "theta",
        "iota",
        "kappa",
        "mu",
        "nu",
        "xi",
    ]
    text = "".join(f"2025-12-26T04:32:2{n % 9}Z INFO {word} was served\n" * 5 for n, word in enumerate(words))
    text += (
        "2025-12-26T04:32:29Z INFO connection to ledger refused\n2025-12-26T04:32:29Z ERROR ledger is gone\n"
    )
    answer = SealedRecording(*logged(tmp_path, text)).answer(
        SearchLogs(start=AT - timedelta(days=1), level="info")
    )
    ranked = sorted(answer.lines, key=lambda line: line.rank)
    assert [line.name for line in ranked[:2]] == ["ledger is gone", "connection to ledger refused"]
    assert re.search(r"^3 more ordinary forms with 15 lines are not shown", answer.cut)


def test_what_the_record_tells_of_is_not_minted_again(tmp_path: Path) -> None:
    bundle, computed = opened("boutique-9d2b45")
    recording = SealedRecording(bundle, computed)
    answer = recording.answer(SearchKubernetes(text="adservice", kind="Event"))
    known = {item.id for item in computed.evidence}
    assert {line.id for line in answer.lines} & known
    minted = {(item.statement.split(":")[1][:30], item.start) for item in recording.found}
    told = {(item.statement.split("event ")[-1][:30], item.start) for item in computed.evidence}
    assert not {(what.strip(), at) for what, at in minted} & told


def test_a_setting_comes_before_what_every_object_has(tmp_path: Path) -> None:
    recording = SealedRecording(*opened("boutique-9d2b45"))
    answer = recording.answer(SearchKubernetes(text="adservice", kind="Deployment"))
    first = answer.lines[0].text
    assert "container.server.liveness grpc" in first
    assert " age " not in first
    alone = recording.answer(SearchKubernetes(text="adservice liveness", kind="Deployment"))
    assert "#failure=1" in alone.lines[0].text
    whole = recording.answer(SearchKubernetes(text="deployment adservice", kind="Deployment"))
    assert "other fields of Deployment adservice: " in whole.cut


@given(st.text(), st.text(min_size=1, max_size=9), st.text(), st.integers(20, 60))
def test_around_keeps_the_sought_words_within_its_limit(
    before: str, sought: str, after: str, limit: int
) -> None:
    text = before + sought + after
    cut = around(text, sought, limit)
    assert len(cut) <= max(limit, 0) or cut == text
    if sought.casefold() == sought and len(text.casefold()) == len(text) and len(text) > limit:
        assert sought.strip() in cut or text.casefold().find(sought) < len(before)
