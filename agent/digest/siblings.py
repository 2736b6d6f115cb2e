"""Workloads compared with their siblings: the one that is configured unlike all others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from statistics import median

from agent.digest.conditions import quantity
from agent.digest.objects import Inventory, KubeObject
from agent.digest.pods import Trouble

_SECRET = re.compile(r"password|passwd|secret|token|api_?key|credential", re.IGNORECASE)
_SHARED = re.compile(
    r"(host|addr|url|uri|endpoint|port|user|username|database|db_?name|password|registry|dns|zone|tz)$",
    re.IGNORECASE,
)


def troubles(inventory: Inventory) -> Iterator[tuple[KubeObject, Trouble]]:
    """Compare workloads of one namespace; needs five siblings to call one odd."""
    for namespace in sorted({thing.namespace or "" for thing in inventory.objects.values()}):
        family = _family(inventory, namespace)
        if len(family) >= 5:
            yield from _odd_registry(family)
            yield from _odd_limits(family)
            yield from _odd_environment(family)
            yield from _odd_probes(family)


def _family(inventory: Inventory, namespace: str) -> list[KubeObject]:
    """One object a workload: its Deployment where recorded, else its first pod."""
    found: dict[str, KubeObject] = {}
    for kind in ("Deployment", "StatefulSet", "Pod"):
        for thing in inventory.of(kind):
            if (thing.namespace or "") == namespace and thing.containers():
                found.setdefault(thing.workload, thing)
    return [found[name] for name in sorted(found)]


def _odd_registry(family: list[KubeObject]) -> Iterator[tuple[KubeObject, Trouble]]:
    shown = [
        (thing, fields["image"])
        for thing in family
        for fields in thing.containers().values()
        if fields.get("image")
    ]
    tags: dict[str, list[tuple[KubeObject, str]]] = {}
    for thing, image in shown:
        prefix = image.rsplit("/", 1)[0] if "/" in image else ""
        tags.setdefault(prefix, []).append((thing, image))
    for prefix, members in tags.items():
        counts = Counter(image.rpartition(":")[2] for _, image in members)
        usual, many = counts.most_common(1)[0]
        if not prefix or len(members) < 5 or many < 0.8 * len(members):
            continue
        for thing, image in members:
            tag = image.rpartition(":")[2]
            if tag != usual:
                text = f"ran image {image}, while {many} of {len(members)} siblings ran tag {usual}"
                yield thing, Trouble("OddImage", text, "warning", 0.6, "condition", {"image": image})


def _odd_limits(family: list[KubeObject]) -> Iterator[tuple[KubeObject, Trouble]]:
    for resource in ("memory", "cpu"):
        sizes: list[tuple[KubeObject, float, str]] = []
        for thing in family:
            for fields in thing.containers().values():
                text = _limit(fields, resource)
                size = quantity(text)
                if size:
                    sizes.append((thing, size, text))
        if len(sizes) < 5:
            continue
        typical = median(size for _, size, _ in sizes)
        for thing, size, text in sizes:
            if size * 8 <= typical:
                words = f"had a {resource} limit of {text}, under an eighth of its siblings' median"
                yield (
                    thing,
                    Trouble(
                        "TinyLimit", words, "warning", 0.7, "condition", {"limits": f"{resource}={text}"}
                    ),
                )


def _limit(fields: dict[str, str], resource: str) -> str:
    if value := fields.get(f"limits.{resource}"):
        return value
    match = re.search(rf"{resource}\s*[=:]\s*([\w.]+)", fields.get("limits", ""))
    return match.group(1) if match else ""


def _odd_environment(family: list[KubeObject]) -> Iterator[tuple[KubeObject, Trouble]]:
    """Find a shared setting (host, port, user, ...) whose value one workload alone has."""
    values: dict[str, list[tuple[KubeObject, str, str]]] = {}
    for thing in family:
        for fields in thing.containers().values():
            for key, value in fields.items():
                if key.startswith("env.") and value and not value.startswith("<"):
                    name = key.removeprefix("env.")
                    if match := _SHARED.search(name):
                        values.setdefault(_role(name, thing.workload, match.group()), []).append(
                            (thing, name, value)
                        )
    for members in values.values():
        counts = Counter(value for _, _, value in members)
        usual, many = counts.most_common(1)[0]
        odd = [(thing, name, value) for thing, name, value in members if value != usual]
        if len(members) < 5 or many < 0.8 * len(members) or len(odd) > 2:
            continue
        for thing, name, value in odd:
            secret = bool(_SECRET.search(name))
            shown = "a value of its own" if secret else value
            text = f"had {name} set to {shown}, unlike {many} of {len(members)} siblings"
            yield thing, Trouble("OddEnvironment", text, "warning", 0.75, "condition", {"setting": name})


def _role(name: str, workload: str, suffix: str) -> str:
    """Drop the workload's own words from a setting: ORDER_MYSQL_HOST of ts-order-service -> MYSQL_HOST."""
    own = {word.upper() for word in re.split(r"[-_.]", workload)}
    rest = [word for word in name.upper().split("_") if word not in own]
    return "_".join(rest) or suffix.upper()


_PROBE_DEFAULTS = {"delay": 0, "period": 10, "failure": 3}
"""What Kubernetes assumes where a probe does not say it."""


def _patience(probe: str) -> int:
    """Count the seconds from a container's start until this probe restarts it at the earliest."""
    told = {name: int(value) for name, value in re.findall(r"(delay|period|failure)=(\d+)", probe)}
    found = _PROBE_DEFAULTS | told
    return found["delay"] + found["period"] * found["failure"]


def _odd_probes(family: list[KubeObject]) -> Iterator[tuple[KubeObject, Trouble]]:
    """Find a liveness probe that restarts a container much sooner than those of its siblings."""
    patience = [
        (thing, _patience(probe), probe)
        for thing in family
        for fields in thing.containers().values()
        if (probe := fields.get("liveness"))
    ]
    if len(patience) < 5:
        return
    typical = median(seconds for _, seconds, _ in patience)
    for thing, seconds, probe in patience:
        if seconds * 4 <= typical:
            text = (
                f"had a liveness probe that restarts it {seconds} s after its start ({probe}), "
                f"while its siblings typically allow {typical:.0f} s"
            )
            yield thing, Trouble("StrictProbe", text, "error", 0.9, "condition", {"liveness": probe})
