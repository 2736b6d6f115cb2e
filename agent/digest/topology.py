"""Who calls whom, by workload."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from agent.schema.digest import Edge
from tools.formats import workload_of
from tools.formats.records import CallEdge


@dataclass(slots=True)
class CallGraph:
    """Collects call edges; loops of a component with itself are left out."""

    edges: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def read(self, records: Iterable[CallEdge]) -> None:
        """Add every edge of one artifact."""
        for record in records:
            self.add(workload_of(record.caller), workload_of(record.callee))

    def add(self, caller: str, callee: str) -> None:
        """Add one edge between workloads."""
        if caller and callee and caller != callee:
            self.edges.add((caller, callee))

    def callees(self, name: str) -> frozenset[str]:
        """Components that one calls directly."""
        return frozenset(callee for caller, callee in self.edges if caller == name)

    def below(self, name: str) -> frozenset[str]:
        """Components that one calls directly or through others; itself left out."""
        seen: set[str] = set()
        pending = [name]
        while pending:
            for callee in self.callees(pending.pop()) - seen:
                seen.add(callee)
                pending.append(callee)
        return frozenset(seen - {name})

    def names(self) -> frozenset[str]:
        """Every component in the graph."""
        return frozenset(name for edge in self.edges for name in edge)

    def listed(self) -> tuple[Edge, ...]:
        """Edges by caller and callee."""
        return tuple(Edge(caller=caller, callee=callee) for caller, callee in sorted(self.edges))
