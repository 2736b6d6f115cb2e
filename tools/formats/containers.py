"""Containers as Docker (or Podman) lists them: `docker ps` tables and JSON lines, `docker inspect`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from tools.formats.documents import Element, listing, mapping, string
from tools.formats.logs_json import Json
from tools.formats.opening import spoil
from tools.formats.records import ObjectState, Tally
from tools.formats.stamps import Stamps
from tools.formats.tables import read_table

_HEADER = re.compile(r"^CONTAINER ID\s{2,}.*\bNAMES\b")
_STATUS = re.compile(r"(?P<state>Up|Exited|Restarting|Created|Dead|Paused|Removal In Progress)"
                     r"(?: \((?P<code>-?\d+)\))?(?: (?P<age>.*?))?(?: \((?P<health>[^)]*)\))?$")  # fmt: skip
_STATES = {
    "Up": "running", "Exited": "exited", "Restarting": "restarting", "Created": "created", "Dead": "dead",
    "Paused": "paused", "Removal In Progress": "removing",
}  # fmt: skip
_AGE = re.compile(r"(?:about )?(an?|\d+) (second|minute|hour|day|week|month|year)s?", re.IGNORECASE)
_SECONDS = {
    "second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800, "month": 2592000, "year": 31536000,
}  # fmt: skip
_NEVER = "0001-01-01"


def is_container_table(text: str) -> bool:
    """Say whether text is the table of `docker ps`."""
    return _HEADER.match(text.lstrip()) is not None


def is_inspected(item: Mapping[str, Json]) -> bool:
    """Say whether an object is a container of `docker inspect` or a line of `docker ps --format json`."""
    inspected = {"Id", "State", "Config"} <= item.keys() and isinstance(item.get("State"), dict)
    return inspected or {"ID", "Image", "Names", "Status"} <= item.keys()


def read_containers(source: Iterable[tuple[int, str]], tally: Tally, stamps: Stamps) -> Iterator[ObjectState]:
    """Yield one object a row of `docker ps`; relative ages need the recording time."""
    rows = [row for row in source if row[1].strip()]
    if not rows:
        return
    (line, header), *rest = rows
    for number, cells in read_table(header, line, rest).rows:
        if not cells.get("NAMES"):
            spoil(tally, number, "a container without a name")
            continue
        fields = _listed(cells.get("STATUS", ""), cells.get("IMAGE", ""), cells.get("PORTS", ""), stamps)
        tally.rows += 1
        yield _container((number, number), cells["NAMES"], fields, stamps)


def read_inspected(elements: Iterator[Element], tally: Tally, stamps: Stamps) -> Iterator[ObjectState]:
    """Yield one object a container of `docker inspect` or of `docker ps --format json`."""
    for element in elements:
        item = mapping(element.value)
        if not is_inspected(item):
            spoil(tally, element.line, "not a container")
            continue
        if "Names" in item:
            name = string(item["Names"])
            ports = string(item.get("Ports"))
            fields = _listed(string(item["Status"]), string(item["Image"]), ports, stamps)
        else:
            name, fields = string(item.get("Name")).lstrip("/"), _inspected(item, stamps)
        tally.rows += 1
        yield _container((element.line, element.end_line), name, fields, stamps)


def _container(lines: tuple[int, int], name: str, fields: dict[str, str], stamps: Stamps) -> ObjectState:
    return ObjectState(*lines, "Container", name, None, stamps.recorded_at, fields)


def _listed(status: str, image: str, ports: str, stamps: Stamps) -> dict[str, str]:
    fields = {"image": image, "ports": ports, "status": status}
    if match := _STATUS.match(status):
        fields["phase"] = _STATES[match["state"]]
        fields["exit_code"], fields["health"] = match["code"] or "", (match["health"] or "").lower()
        age = _AGE.search(match["age"] or "")
        if age and stamps.recorded_at is not None:
            count = 1 if age[1].lower() in {"a", "an"} else int(age[1])
            key = "started" if match["state"] == "Up" else "finished"
            then = stamps.recorded_at - timedelta(seconds=count * _SECONDS[age[2].lower()])
            fields[key] = then.isoformat()
    return {key: text for key, text in fields.items() if text}


def _inspected(item: dict[str, Json], stamps: Stamps) -> dict[str, str]:
    state, config, host = (mapping(item.get(key)) for key in ("State", "Config", "HostConfig"))
    fields = {
        "phase": string(state.get("Status")),
        "exit_code": string(state.get("ExitCode")) if not state.get("Running") else "",
        "reason": "OOMKilled" if state.get("OOMKilled") is True else "",
        "message": string(state.get("Error")),
        "health": string(mapping(state.get("Health")).get("Status")),
        "restarts": string(item.get("RestartCount")),
        "image": string(config.get("Image")) or string(item.get("Image")),
        "restart_policy": string(mapping(host.get("RestartPolicy")).get("Name")),
        "memory_limit": string(host.get("Memory")) if host.get("Memory") else "",
        "command": " ".join([string(item.get("Path")), *map(string, listing(item.get("Args")))]).strip(),
    }
    times = (("created", item.get("Created")), ("started", state.get("StartedAt")),
             ("finished", state.get("FinishedAt")))  # fmt: skip
    for key, value in times:
        text = string(value)
        if text and not text.startswith(_NEVER) and (time := stamps.parse(text)) is not None:
            fields[key] = time.isoformat()
    return {key: text for key, text in fields.items() if text}
