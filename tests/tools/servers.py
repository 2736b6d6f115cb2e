"""Real servers and clients for tests, from the distribution's packages, on free ports."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

REQUIRE = "PM_AGENT_REQUIRE_SERVERS"

_PACKAGES = ("prometheus", "prometheus-alertmanager", "victoria-metrics", "kubernetes-client")

Samples = Sequence[tuple[Mapping[str, str], Sequence[tuple[float, float]]]]
"""Label sets with `__name__`, and their (seconds, value) pairs."""


def binary(*names: str) -> str:
    """Find an installed server; skip the test without it, or fail it where servers are required."""
    for name in names:
        if found := shutil.which(name):
            return found
    reason = f"{names[0]} is not installed (Debian: apt-get install {' '.join(_PACKAGES)})"
    if os.environ.get(REQUIRE):
        pytest.fail(f"{reason}, and {REQUIRE} is set")
    pytest.skip(reason)


def open_metrics(samples: Samples) -> str:
    """Write samples as OpenMetrics, every metric of unknown type, so that names stay as they are."""
    families: dict[str, list[str]] = {}
    for labels, values in samples:
        name = labels["__name__"]
        lines = families.setdefault(name, [])
        lines.extend(f"{name}{{{_inner(labels)}}} {value!r} {at!r}" for at, value in values)
    text = "".join(f"# TYPE {name} unknown\n" + "\n".join(lines) + "\n" for name, lines in families.items())
    return text + "# EOF\n"


@contextmanager
def prometheus(folder: Path, samples: Samples = (), rules: str = "") -> Generator[str]:
    """Run a Prometheus whose past holds the samples; yield its address."""
    server, tool = binary("prometheus"), binary("promtool")
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / "data"
    if samples:
        (folder / "past.om").write_text(open_metrics(samples), encoding="utf-8")
        _run([tool, "tsdb", "create-blocks-from", "openmetrics", str(folder / "past.om"), str(data)])
    listing = f"rule_files: [{folder / 'rules.yml'}]\n" if rules else ""
    if rules:
        (folder / "rules.yml").write_text(rules, encoding="utf-8")
    (folder / "prometheus.yml").write_text(
        f"global: {{evaluation_interval: 1h}}\n{listing}", encoding="utf-8"
    )
    port = _free_port()
    command = [
        server,
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={data}",
        "--storage.tsdb.retention.time=100y",
        "--query.lookback-delta=4s",  # a backfilled past has no staleness markers
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with _serving(command, folder / "prometheus.log", f"http://127.0.0.1:{port}", "/-/ready") as url:
        yield url


@contextmanager
def victoria_metrics(folder: Path, samples: Samples = ()) -> Generator[str]:
    """Run a VictoriaMetrics into which the samples were imported; yield its address."""
    server = binary("victoria-metrics")
    folder.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    command = [
        server,
        f"-storageDataPath={folder / 'data'}",
        f"-httpListenAddr=127.0.0.1:{port}",
        "-retentionPeriod=100y",
        "-search.latencyOffset=0s",
        "-search.maxStalenessInterval=4s",  # an imported past has no staleness markers
        "-search.disableCache",
    ]
    with _serving(command, folder / "victoria.log", f"http://127.0.0.1:{port}", "/health") as url:
        lines = "".join(
            f"{labels['__name__']}{{{_inner(labels)}}} {value!r} {round(at * 1000)}\n"
            for labels, values in samples
            for at, value in values
        )
        httpx.post(f"{url}/api/v1/import/prometheus", content=lines, trust_env=False).raise_for_status()
        httpx.get(f"{url}/internal/force_flush", trust_env=False).raise_for_status()
        yield url


@contextmanager
def alertmanager(folder: Path) -> Generator[str]:
    """Run an Alertmanager without peers; yield its address."""
    server = binary("alertmanager", "prometheus-alertmanager")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "alertmanager.yml").write_text("route: {receiver: none}\nreceivers: [{name: none}]\n")
    port = _free_port()
    command = [
        server,
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'data'}",
        "--cluster.listen-address=",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with _serving(command, folder / "alertmanager.log", f"http://127.0.0.1:{port}", "/-/ready") as url:
        yield url


@contextmanager
def _serving(command: list[str], log: Path, url: str, ready: str) -> Generator[str]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        until = time.monotonic() + 60
        while not _answers(url + ready):
            if process.poll() is not None or time.monotonic() > until:
                pytest.fail(f"{command[0]} did not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def _run(command: Iterable[str]) -> None:
    done = subprocess.run(list(command), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _inner(labels: Mapping[str, str]) -> str:
    return ",".join(f'{k}="{_escaped(v)}"' for k, v in sorted(labels.items()) if k != "__name__")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
