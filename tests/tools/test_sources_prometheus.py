"""The Prometheus source: what it asks a real server, and what it makes of one that misbehaves."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.misbehaving import FAULTS, SECONDS, TOKEN, Fault, Handler, inside_200, put_through, serving
from tests.tools.scopes import WINDOW, scope
from tests.tools.servers import Samples, prometheus, victoria_metrics
from tools.formats import read
from tools.formats.records import AlertRecord, Series
from tools.sources import golden
from tools.sources.prometheus import KIND
from tools.sources.source import Deadline, Recorder, Source, Span, Surroundings
from tools.sources.stepping import MAX_POINTS, pieces, step_for

EMPTY = b'{"status":"success","data":{"resultType":"matrix","result":[]}}'
RULES = """groups:
- name: checkout
  rules:
  - alert: CheckoutErrors
    expr: vector(0) > 1
    for: 5m
    labels: {severity: critical}
    annotations: {summary: Checkout answers with errors}
"""


def source(url: str, **settings: object) -> Source:
    told = {"kind": "prometheus", "name": "p", "url": url, "token_env": "TOKEN", **settings}
    return KIND.make(KIND.settings.model_validate(told), Surroundings(Path(), {"TOKEN": TOKEN}))


def past() -> Samples:
    """An hour of a checkout that begins to fail half-way, and of a cart that does not."""
    times = [WINDOW.start.timestamp() + 15.0 * n for n in range(241)]
    half = times[120]

    def counter(before: float, after: float) -> list[tuple[float, float]]:
        total, values = 0.0, []
        for at in times:
            total += 15 * (before if at < half else after)
            values.append((at, total))
        return values

    found: list[tuple[dict[str, str], list[tuple[float, float]]]] = []
    for service, bad in (("checkout", 4.0), ("cart", 0.0)):
        labels = {"service": service, "namespace": "shop"}
        found += [
            ({"__name__": "http_requests_total", "code": "200", **labels}, counter(10, 10 - bad)),
            ({"__name__": "http_requests_total", "code": "500", **labels}, counter(0.1, bad)),
            ({"__name__": "db_pool_connections_in_use", **labels}, [(at, 5.0) for at in times]),
        ]
        found += [
            ({"__name__": "http_request_duration_seconds_bucket", "le": le, **labels}, counter(share, share))
            for le, share in (("0.1", 8.0), ("1", 9.9), ("+Inf", 10.0))
        ]
    alert = {
        "alertname": "CheckoutErrors",
        "alertstate": "firing",
        "service": "checkout",
        "severity": "critical",
    }
    found.append(({"__name__": "ALERTS", **alert}, [(at, 1.0) for at in times[140:200]]))
    return found


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    with prometheus(tmp_path_factory.mktemp("prometheus"), past(), RULES) as address:
        yield address


def series(folder: Path) -> dict[str, list[Series]]:
    found: dict[str, list[Series]] = {}
    for path in sorted(folder.glob("*.json")):
        for record in read(path).records:
            if isinstance(record, Series):
                found.setdefault(record.metric, []).append(record)
    return found


def test_golden_signals_of_the_incident_s_services_are_found(url: str, tmp_path: Path) -> None:
    fetched = source(url).fetch(scope("checkout", namespaces=("shop",)), tmp_path)
    assert (fetched.outcome, fetched.note) == ("ok", "")
    found = series(tmp_path)
    assert set(found) == {
        "http_requests_error_ratio",
        "http_requests_per_second",
        "http_request_duration_seconds_p50",
        "http_request_duration_seconds_p99",
        "db_pool_connections_in_use",
    }
    assert {one.service for many in found.values() for one in many} == {"checkout"}
    (ratio,) = found["http_requests_error_ratio"]
    assert ratio.values[60] == pytest.approx(0.1 / 10.1)
    assert ratio.values[-1] == pytest.approx(0.4)
    (quantile,) = found["http_request_duration_seconds_p99"]
    assert 0.1 < quantile.values[-1] <= 1


def test_victoria_metrics_gives_the_same_golden_signals(url: str, tmp_path: Path) -> None:
    with victoria_metrics(tmp_path / "server", past()) as other:
        for address, folder in ((url, tmp_path / "one"), (other, tmp_path / "other")):
            folder.mkdir()
            fetched = source(address, alerts=False).fetch(scope("checkout", namespaces=("shop",)), folder)
            assert (fetched.outcome, fetched.note) == ("ok", "")
    one, two = series(tmp_path / "one"), series(tmp_path / "other")
    assert one.keys() == two.keys()
    (ratio,), (same,) = one["http_requests_error_ratio"], two["http_requests_error_ratio"]
    assert ratio.labels == same.labels
    assert same.values[-1] == pytest.approx(ratio.values[-1], rel=0.05)


def test_past_alerts_and_rules_come_as_episodes_and_thresholds(url: str, tmp_path: Path) -> None:
    fetched = source(url, discover=False).fetch(scope("checkout"), tmp_path)
    assert [item.sniffed.format for item in fetched.artifacts] == ["prometheus-alerts", "prometheus-rules"]
    (alert,) = (
        record for record in read(tmp_path / "ALERTS.json").records if isinstance(record, AlertRecord)
    )
    assert alert.name == "CheckoutErrors"
    assert alert.starts_at == WINDOW.start + timedelta(seconds=15 * 140)
    assert "CheckoutErrors" in (tmp_path / "rules.json").read_text()
    assert [asked.outcome for asked in fetched.asked] == ["ok", "ok"]
    assert "step 15 s" in fetched.asked[0].query


def test_queries_of_the_team_are_named_and_a_wrong_one_is_a_row(url: str, tmp_path: Path) -> None:
    queries = {"good": "sum(rate(http_requests_total[5m]))", "wrong": "sum(rate("}
    fetched = source(url, discover=False, alerts=False, queries=queries).fetch(scope(), tmp_path)
    assert fetched.outcome == "partial"
    assert set(series(tmp_path)) == {"good"}
    assert [asked.outcome for asked in fetched.asked] == ["ok", "failed"]
    assert "bad_data" in fetched.note


def test_a_window_beyond_eleven_thousand_samples_is_asked_in_pieces(url: str, tmp_path: Path) -> None:
    window = Span(WINDOW.start, WINDOW.start + timedelta(seconds=MAX_POINTS + 500))
    asked = source(
        url, discover=False, alerts=False, step=1, queries={"in_use": "db_pool_connections_in_use"}
    )
    fetched = asked.fetch(scope(window=window), tmp_path)
    assert fetched.outcome == "ok"
    (one, other) = series(tmp_path)["in_use"]
    assert len(one.times) == len(set(one.times)) == len(other.times)
    assert one.times[0] == window.start.timestamp()
    assert [path.name for path in tmp_path.iterdir()] == ["in_use.json"]


def test_services_that_no_series_bears_are_said_and_all_are_asked(url: str, tmp_path: Path) -> None:
    fetched = source(url).fetch(scope("payments"), tmp_path)
    assert "no series bears the name of payments" in fetched.note
    assert {one.service for one in series(tmp_path)["db_pool_connections_in_use"]} == {"cart", "checkout"}


def cluster() -> Samples:
    """A shop's metrics as clusters have them: each kind names its owner by other labels; one pod ends."""
    times = [WINDOW.start.timestamp() + 15.0 * n for n in range(241)]
    target = {"namespace": "shop", "job": "shop/checkout", "container": "checkout"}
    series: list[tuple[dict[str, str], list[tuple[float, float]]]] = []
    for pod, seen in (("checkout-7f9-old", times[:40]), ("checkout-8c2-new", times[60:])):
        climbing = [(at, float(n)) for n, at in enumerate(seen)]
        own = {**target, "pod": pod, "service": "checkout"}
        series += [
            ({"__name__": f"{kind}_requests_total", **more, **own}, climbing)
            for kind, more in (
                ("http", {"code": "200"}),
                ("http", {"code": "500"}),
                ("rpc", {"grpc_code": "OK"}),
                ("rpc", {"grpc_code": "Unavailable"}),
                ("cache", {}),
                ("db", {}),
            )
        ]
        kubelet = {"namespace": "shop", "job": "kubelet", "container": "checkout", "pod": pod}
        series += [
            ({"__name__": "container_memory_working_set_bytes", **kubelet}, climbing),
            (
                {"__name__": "kube_pod_status_ready", "namespace": "shop", "job": "state", "pod": pod},
                climbing,
            ),
        ]
    series += [
        ({"__name__": "jvm_threads_live", "namespace": "shop", "job": "shop/checkout"}, [(times[3], 5.0)]),
        ({"__name__": "only_cart_queue", "namespace": "shop", "service": "cart"}, [(times[3], 5.0)]),
    ]
    return series


@pytest.mark.parametrize("store", [prometheus, victoria_metrics])
def test_one_list_of_series_tells_what_a_list_for_each_label_tells(
    store: Callable[[Path, Samples], AbstractContextManager[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def asked(address: str, folder: str) -> list[str]:
        (tmp_path / folder).mkdir()
        fetched = source(address, alerts=False).fetch(
            scope("checkout", namespaces=("shop",)), tmp_path / folder
        )
        assert (fetched.outcome, fetched.note) == ("ok", "")
        return [one.query for one in fetched.asked]

    with store(tmp_path / "server", cluster()) as address:
        at_once = asked(address, "once")
        monkeypatch.setattr("tools.sources.prometheus_metrics._MOST_SERIES", 1)
        one_by_one = asked(address, "many")
    queries = [query for query in at_once if "(step" in query]
    assert queries == [query for query in one_by_one if "(step" in query]
    assert len(at_once) - len(queries) == 2
    assert len(one_by_one) - len(queries) > 10
    found = series(tmp_path / "once")
    assert {"http_requests_error_ratio", "rpc_requests_error_ratio", "jvm_threads_live"} <= set(found)
    assert "only_cart_queue" not in found
    assert {one.labels["pod"] for one in found["kube_pod_status_ready"]} == {
        "checkout-7f9-old",
        "checkout-8c2-new",
    }


def test_more_metrics_than_wanted_are_counted(url: str, tmp_path: Path) -> None:
    for most in (0, 1, 3):
        (folder := tmp_path / str(most)).mkdir()
        fetched = source(url, max_queries=most, alerts=False).fetch(scope("checkout"), folder)
        assert "further metrics not asked about" in fetched.note
        assert sum("(step" in asked.query for asked in fetched.asked) <= most


def test_native_histograms_and_summaries_have_queries_of_their_own() -> None:
    names = ("rpc_seconds", "gc_seconds", "gc_seconds_sum", "gc_seconds_count", "old_seconds_bucket")
    types = {"rpc_seconds": "histogram", "gc_seconds": "summary", "old_seconds": "histogram"}
    found = dict(golden.families(names, types))
    assert found == {
        "rpc_seconds": "native histogram",
        "gc_seconds": "summary",
        "old_seconds": "histogram",
    }
    assert {golden.rank(name, kind) for name, kind in found.items()} == {1}
    native = golden.queries(golden.Metric("rpc_seconds", "native histogram", "job"), "1m")
    assert [query.expression for query in native][1] == (
        "histogram_quantile(0.99, sum by (job) (rate(rpc_seconds[1m])))"
    )
    (summary,) = golden.queries(golden.Metric("gc_seconds", "summary", "job"), "1m")
    assert summary.expression == 'gc_seconds{quantile=~"0.5|0.9.*"}'


def test_probe_of_a_real_server(url: str) -> None:
    health = source(url).probe(scope())
    assert (health.well, health.authenticated, health.missing) == (True, True, ())
    assert health.version.startswith("2.")
    assert health.clock_seconds is not None
    assert abs(health.clock_seconds) < 5
    assert "the window is there" in health.retention
    early = Span(datetime(2001, 1, 1, tzinfo=UTC), datetime(2001, 1, 2, tzinfo=UTC))
    gone = source(url).probe(scope(window=early))
    assert not gone.well
    assert "nothing of the window is left" in gone.retention


def test_no_time_means_no_question(tmp_path: Path) -> None:
    fetched = source("http://127.0.0.1:1").fetch(scope(window=None), tmp_path)
    assert fetched.outcome == "failed"
    assert "--since" in fetched.note


def test_of_an_answer_that_was_cut_the_whole_series_are_kept(tmp_path: Path) -> None:
    values = [[WINDOW.start.timestamp() + 15 * n, str(n)] for n in range(100)]
    result = [{"metric": {"__name__": "up", "job": f"j{n}"}, "values": values} for n in range(10)]
    body = orjson.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}})
    good = Fault("good", Handler.good, frozenset({"partial"}), "")

    def make(size: int) -> Callable[[str], Source]:
        return lambda url: source(url, max_bytes=size, discover=False, alerts=False, queries={"up": "up"})

    (some := tmp_path / "some").mkdir()
    kept = put_through(good, make(len(body) // 2), body, some).fetched
    assert (kept.outcome, kept.asked[0].truncated, kept.asked[0].rows) == ("partial", True, 400)
    assert "4 came whole and are kept" in kept.note
    assert [len(one.times) for one in series(some)["up"]] == [100] * 4
    (none := tmp_path / "none").mkdir()
    lost = put_through(good, make(300), body, none)
    assert (lost.fetched.outcome, lost.files) == ("failed", ())
    assert "nothing of it came whole" in lost.fetched.note


REFUSAL = inside_200(b'{"status":"error","errorType":"timeout","error":"query timed out"}', "query timed out")


@pytest.mark.parametrize("fault", [*FAULTS, REFUSAL], ids=lambda fault: fault.name)
def test_a_server_that_misbehaves_is_a_row(fault: Fault, tmp_path: Path) -> None:
    make: Callable[[str], Source] = lambda url: source(url, max_bytes=200_000)  # noqa: E731
    trial = put_through(fault, make, EMPTY, tmp_path)
    fetched = trial.fetched
    assert fetched.outcome in fault.outcomes
    assert re.search(fault.says, fetched.note)
    assert TOKEN not in repr(fetched)
    assert trial.seconds < SECONDS + 2
    if fault.asked_once:
        assert trial.requests == 1
    if fetched.outcome != "partial":
        assert trial.files == ()


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=20_000), st.integers(min_value=1, max_value=300))
def test_pieces_cover_the_window_once_and_none_is_too_long(seconds: int, step: int) -> None:
    window = Span(WINDOW.start, WINDOW.start + timedelta(seconds=seconds))
    found = pieces(window, step)
    stamps = [
        piece.start + timedelta(seconds=step * n)
        for piece in found
        for n in range(int((piece.end - piece.start).total_seconds() // step) + 1)
    ]
    assert stamps == [window.start + timedelta(seconds=step * n) for n in range(seconds // step + 1)]
    assert all((piece.end - piece.start).total_seconds() <= step * (MAX_POINTS - 1) for piece in found)


@given(st.integers(min_value=1, max_value=10**8))
def test_the_chosen_step_needs_one_request(seconds: int) -> None:
    window = Span(WINDOW.start - timedelta(seconds=seconds), WINDOW.start)
    assert len(pieces(window, step_for(window))) == 1


def test_types_are_guessed_where_the_store_has_no_metadata() -> None:
    names = ["a_seconds_bucket", "a_seconds_sum", "a_seconds_count", "b_total", "c", "go_threads", "x_count"]
    assert dict(golden.families(names, {"c": "gauge"})) == {
        "a_seconds": "histogram",
        "b_total": "counter",
        "c": "gauge",
        "x_count": "counter",
    }


def recorder(url: str) -> Recorder:
    return cast("Recorder", source(url))


def firing(alert: str, service: str, severity: str, since: int, fired: range, condition: int) -> Samples:
    """Write ALERTS and ALERTS_FOR_STATE of one alert; numbers count steps of 15 s from the window's start."""
    start = WINDOW.start.timestamp()
    labels = {"alertname": alert, "service": service, "severity": severity}
    pending = [(start + 15.0 * n, 1.0) for n in range(since, fired.start)]
    active = [(start + 15.0 * n, 1.0) for n in fired]
    held = [(at, start + 15.0 * condition) for at, _ in (*pending, *active)]
    rows: list[tuple[dict[str, str], list[tuple[float, float]]]] = [
        ({"__name__": "ALERTS", "alertstate": "pending", **labels}, pending),
        ({"__name__": "ALERTS", "alertstate": "firing", **labels}, active),
        ({"__name__": "ALERTS_FOR_STATE", **labels}, held),
    ]
    return [row for row in rows if row[1]]


GROUP = """groups:
- name: shop
  rules:
  - alert: Slow
    expr: vector(0) > 1
    for: 5m
    annotations: {summary: Orders are slow, description: See the pool}
  - alert: Failing
    expr: vector(0) > 1
    annotations: {summary: '{{ $labels.service }} fails'}
"""


def test_past_firings_make_a_record(tmp_path: Path) -> None:
    rows = [
        *firing("Slow", "cart", "warning", 20, range(40, 60), 20),
        *firing("Slow", "cart", "warning", 200, range(220, 235), 200),
        *firing("Failing", "checkout", "critical", 210, range(210, 241), 210),
    ]
    at = {n: WINDOW.start + timedelta(seconds=15 * n) for n in (20, 59, 200, 210, 234)}
    with prometheus(tmp_path / "server", rows, GROUP) as address:
        asked = recorder(address)
        whole = asked.incident("Slow", Deadline(20), WINDOW)
        early = Span(WINDOW.start, WINDOW.start + timedelta(minutes=30))
        first = asked.incident("Slow", Deadline(20), early)
        group = asked.incident("shop", Deadline(20), WINDOW)
        still = asked.incident("Failing", Deadline(20), WINDOW)
        with pytest.raises(LookupError, match="--since and --until say another time"):
            asked.incident("Other", Deadline(20), WINDOW)
        with pytest.raises(LookupError, match="of that name fired from"):
            asked.incident("Slow", Deadline(20))  # the last week holds nothing of it
    assert (whole.title, whole.summary) == ("Orders are slow", "See the pool")
    assert (whole.start, whole.end) == (at[20], at[234])
    assert (first.start, first.end, first.services) == (at[20], at[59], ("cart",))
    assert (group.start, group.end, group.severity) == (at[20], None, "critical")
    assert set(group.services) == {"cart", "checkout"}
    assert (still.title, still.start, still.end) == ("Failing", at[210], None)


def test_without_a_window_the_last_firings_of_the_week_count(tmp_path: Path) -> None:
    """A past of days, seen from now: a short firing is found between two coarse steps, exact to 15 s."""
    ago = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)
    labels = {"__name__": "ALERTS", "alertname": "Slow", "alertstate": "firing", "service": "cart"}
    start = ago.timestamp()
    early = [(start - 7200 + 15.0 * n, 1.0) for n in range(20)]
    late = [(start + 15.0 * n, 1.0) for n in range(9)]
    with victoria_metrics(tmp_path / "server", [(labels, [*early, *late])]) as address:
        found = recorder(address).incident("Slow", Deadline(20))
    assert found.start
    assert found.end
    assert abs((found.start - ago).total_seconds()) <= 15
    assert abs((found.end - ago).total_seconds() - 120) <= 15


def test_a_refused_history_is_no_missing_one() -> None:
    denied = next(fault for fault in FAULTS if fault.name == "403")
    with serving(denied) as server, pytest.raises(ValueError, match="HTTP 403"):
        recorder(server.url).incident("Slow", Deadline(5))


def test_an_alert_that_ended_before_the_window_did_has_an_end(url: str, tmp_path: Path) -> None:
    """Without one that fires to the end: what was asked for says how far the answer goes."""
    fetched = source(url, discover=False).fetch(scope("checkout"), tmp_path)
    artifact = next(item for item in fetched.artifacts if item.path.name == "ALERTS.json")
    assert artifact.clock.recorded_at == WINDOW.end
    (alert,) = (
        one for one in read(artifact.path, clock=artifact.clock).records if isinstance(one, AlertRecord)
    )
    assert (alert.state, alert.ends_at) == ("resolved", WINDOW.start + timedelta(seconds=15 * 199))
