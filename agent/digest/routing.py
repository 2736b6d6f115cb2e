"""How requests find their pods: selectors, endpoints, ports, and the addresses that workloads are given."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.digest.conditions import NOTHING
from agent.digest.objects import Inventory, KubeObject
from agent.digest.pods import Trouble

_PORT = re.compile(r"\b(\d+)(?:/(TCP|UDP|SCTP))?", re.IGNORECASE)
_SCHEME = r"(?:[a-z][\w+]*(?::[a-z]\w*)?://)?"
_ADDRESS = re.compile(_SCHEME + r"(?P<host>[a-z][a-z0-9.-]*):(?P<port>\d{2,5})(?:/\S*)?")
_ENOUGH = 2
"""Addresses of a workload that must lead to recorded services before one that does not tells anything."""


def services(inventory: Inventory) -> Iterator[tuple[KubeObject, Trouble]]:
    """Find services that reach nothing: no endpoints, a selector without pods, a port that nobody serves."""
    endpoints = {(e.namespace or "", e.name): e for e in inventory.of("Endpoints")}
    templates = _pod_labels(inventory)
    for service in inventory.of("Service"):
        selector = service.get("selector")
        if selector in NOTHING:
            continue
        twin = endpoints.get((service.namespace or "", service.name))
        shown = service.fields.get("endpoints", twin.fields.get("endpoints") if twin else None)
        empty = shown is not None and shown.strip().lower() in NOTHING
        wanted = _pairs(selector)
        matching = [labels for labels in templates if wanted.items() <= labels.items()]
        owned = any(pod.workload == service.name for pod in inventory.of("Pod"))
        if templates and not matching and not owned:
            text = f"had no pods: none that was recorded carried {selector}"
            yield service, Trouble("NoPods", text, "warning", 0.3, "context", {"selector": selector})
        elif templates and not matching:
            text = f"selected pods with {selector}, which no recorded pod carried"
            yield (
                service,
                Trouble("SelectorMismatch", text, "critical", 0.95, "condition", {"selector": selector}),
            )
        elif empty:
            yield (
                service,
                Trouble(
                    "NoEndpoints", "had no ready endpoints", "error", 0.65, "symptom", {"selector": selector}
                ),
            )
        yield from ((service, item) for item in _port(service, inventory))


def _pod_labels(inventory: Inventory) -> list[dict[str, str]]:
    return [labels for pod in inventory.of("Pod") if (labels := _pairs(pod.get("labels")))]


def _pairs(text: str) -> dict[str, str]:
    found = (part.partition("=") for part in re.split(r"[,\s]+", text) if "=" in part)
    return {key: value for key, _, value in found}


def _ports(text: str) -> set[tuple[int, str]]:
    """Read ports with their protocol; TCP where none is said, as in Kubernetes."""
    return {(int(port), (protocol or "TCP").upper()) for port, protocol in _PORT.findall(text)}


def _port(service: KubeObject, inventory: Inventory) -> Iterator[Trouble]:
    told = service.get("target_port") or " ".join(re.findall(r"->(\d+\S*)", service.get("ports")))
    targets = _ports(told)
    served = _declared(service, inventory)
    if not targets or not served or targets & served:
        return
    if {port for port, _ in targets} & {port for port, _ in served}:
        shown, declared = _listed(targets), _listed(served)
        text = f"sent traffic to {shown}, while its pods declared {declared} (another protocol)"
        yield Trouble("ProtocolMismatch", text, "critical", 0.95, "condition", {"target_port": shown})
        return
    shown = ", ".join(str(port) for port, _ in sorted(targets))
    open_ports = ", ".join(str(port) for port, _ in sorted(served))
    text = f"sent traffic to target port {shown}, while its pods declared port {open_ports}"
    yield Trouble("TargetPortMismatch", text, "critical", 0.95, "condition", {"target_port": shown})


def _declared(service: KubeObject, inventory: Inventory) -> set[tuple[int, str]]:
    """Give the ports that the containers of a service's pods declare."""
    return {
        port
        for pod in inventory.of("Pod")
        if pod.workload == service.name
        for fields in pod.containers().values()
        for port in _ports(fields.get("ports", ""))
    }


def _listed(ports: set[tuple[int, str]]) -> str:
    return ", ".join(f"{port}/{protocol}" for port, protocol in sorted(ports))


def addresses(inventory: Inventory, complaints: str) -> Iterator[tuple[KubeObject, Trouble]]:
    """Find settings that lead to a port that the service does not have, or to a service that does not exist.

    Optional parts are often configured and absent, so an unknown service counts only where an error of the
    logs (`complaints`) names it.
    """
    services: dict[str, dict[str, KubeObject]] = {}
    for service in inventory.of("Service"):
        services.setdefault(service.namespace or "", {})[service.name] = service
    seen: set[tuple[str, str, str]] = set()
    for kind in ("Pod", "Deployment", "StatefulSet"):
        for thing in inventory.of(kind):
            near = services.get(thing.namespace or "", {})
            for name, value, trouble in _settings(thing, near, complaints):
                key = (thing.workload, name, value)
                if key not in seen:
                    seen.add(key)
                    yield _at_fault(thing, trouble, near, inventory)


def _at_fault(
    caller: KubeObject, trouble: Trouble, services: dict[str, KubeObject], inventory: Inventory
) -> tuple[KubeObject, Trouble]:
    """Put a port that caller and pods agree on down to the service between them, which alone has another."""
    match = _ADDRESS.fullmatch(trouble.attributes["value"])
    service = services.get(match["host"].split(".")[0]) if match else None
    if match is None or service is None or trouble.reason != "UnservedPort":
        return caller, trouble
    port = int(match["port"])
    if port not in {number for number, _ in _declared(service, inventory)}:
        return caller, trouble
    offered = ", ".join(str(number) for number, _ in sorted(_ports(service.get("ports", "port"))))
    text = (
        f"offered port {offered} alone, while its pods declared port {port} and {caller.workload} called "
        f"that port ({trouble.attributes['setting']})"
    )
    found = Trouble("ListedPortMismatch", text, "critical", 0.95, "condition", {"target_port": str(port)})
    return service, found


def _settings(
    thing: KubeObject, services: dict[str, KubeObject], complaints: str
) -> Iterator[tuple[str, str, Trouble]]:
    found: list[tuple[str, str, str, int]] = []
    for fields in thing.containers().values():
        for key, value in sorted(fields.items()):
            if key.startswith("env.") and (match := _ADDRESS.fullmatch(value.strip())):
                found.append((key.removeprefix("env."), value.strip(), match["host"], int(match["port"])))
    known = sum(host.split(".")[0] in services for _, _, host, _ in found)
    for name, value, host, port in found:
        service = services.get(host.split(".")[0])
        attributes = {"setting": name, "value": value}
        if service is None:
            named = re.search(rf"(?<![\w-]){re.escape(host)}(?![\w-])", complaints)
            if "." not in host and host != "localhost" and known >= _ENOUGH and named:
                text = f"had {name} set to {value}, while no service {host} was recorded"
                yield name, value, Trouble("UnknownService", text, "error", 0.85, "condition", attributes)
            continue
        open_ports = {number for number, _ in _ports(service.get("ports", "port"))}
        if open_ports and port not in open_ports:
            offered = ", ".join(map(str, sorted(open_ports)))
            text = f"had {name} set to {value}, while the service {service.name} offers port {offered}"
            yield name, value, Trouble("UnservedPort", text, "critical", 0.9, "condition", attributes)
