"""Whom a message of failure names as the far side."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from agent.digest.observation import Observation
from agent.digest.topology import CallGraph

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
_WRONG = re.compile(
    r"\b(?:null|nil|none|undefined|empty|missing|absent|invalid|malformed|unexpected|wrong|bad|no|not|mismatch"
    r"|fail(?:s|ed|ure)?|error|unable|cannot)\b",
    re.IGNORECASE,
)
"""What is said of an answer that is not what was asked for."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_COMMON = 3
"""A word that so many components have in their names tells none of them."""


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


def accusing(found: Sequence[Observation], graph: CallGraph) -> list[Observation]:
    """Let new errors that call what one callee gave wrong or absent name that callee.

    Messages call it by the words of its name that are its own: "pricing result is null" of a caller of
    shop-pricing-service. One that more than one callee fits, or whose words are the caller's too, names none.
    """
    return [_accusing(item, graph) if _accuses(item) else item for item in found]


def _accuses(item: Observation) -> bool:
    told = item.attributes
    bad = item.kind == "L" and item.severity in {"critical", "error"} and not item.blames
    return bad and item.service is not None and told.get("novelty") in {"new", "burst"}


def _accusing(item: Observation, graph: CallGraph) -> Observation:
    said = item.quote or item.statement
    if not _WRONG.search(said):
        return item
    words = set(_words(said))
    counts = Counter(word for name in graph.names() for word in set(_words(name)))
    own = set(_words(item.service or ""))
    named = [
        callee
        for callee in sorted(graph.callees(item.service or ""))
        if (telling := {word for word in _words(callee) if counts[word] < _COMMON} - own) and telling <= words
    ]
    return replace(item, blames=(named[0],)) if len(named) == 1 else item


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text[:3000]) if len(word) > 2]
