"""Whom a message of failure names as the far side."""

from __future__ import annotations

import re

_FAR_SIDE = re.compile(
    r"(?:to|for|from|host|at|server|reach|resolve|connect(?:ing)?|lookup|upstream|service)\s*[:=]?\s*[\"'(]?(?:\w+://)?"
    r"(?P<host>[a-z][a-z0-9]*(?:[-.][a-z0-9]+)*)(?::\d+)?",
)
_ADDRESS = re.compile(r"(?<![\w./-])(?P<host>[a-z][a-z0-9-]*[a-z0-9](?:\.[a-z][\w-]*)*):\d{2,5}\b")
_SOURCE = re.compile(r"\.(go|java|py|js|ts|rb|cs|cpp|c|rs|kt|scala|php|h|cc)$")
_CANNOT = re.compile(
    r"refused|unreachable|timed? ?out|timeout|unavailable|no such host|unknown ?host|resol|failed|"
    r"failure|cannot|could not|unable|503|502|504|reset",
    re.IGNORECASE,
)
_UNRESOLVED = re.compile(
    r"lookup \S+ on \S+: (?:.*timeout|server misbehaving|.*refused)|"
    r"temporary failure in name resolution|EAI_AGAIN|servfail",
    re.IGNORECASE,
)
"""What resolvers say where no name server answered, other than that there is no such name."""
_NAME_SERVICE = re.compile(
    r"core-?dns|kube-?dns|node-?local-?dns|dnsmasq|unbound|bind9?$|named$", re.IGNORECASE
)


def far_side(text: str, known: frozenset[str], service: str | None) -> tuple[str, ...]:
    """Name the components that a message says could not be reached or failed; a host with a port is one.

    Where names were not resolved because nobody answered, that is the name service, not what was looked up.
    """
    if _UNRESOLVED.search(text[:3000]):
        return tuple(sorted(name for name in known if _NAME_SERVICE.match(name) and name != service))[:1]
    if not _CANNOT.search(text[:3000]):
        return ()
    found: list[str] = []
    for match in _FAR_SIDE.finditer(text[:3000]):
        host = match.group("host").split(".")[0]
        if host in known and host != service and host not in found:
            found.append(host)
    for match in _ADDRESS.finditer(text[:3000]):
        name = match.group("host")
        host = name.split(".")[0]
        if not _SOURCE.search(name) and host not in {"localhost", service, *found}:
            found.append(host)
    return tuple(found[:3])
