"""Which component the evidence points at: conditions before symptoms, callees before callers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agent.digest import bearing
from agent.digest.extents import Extents
from agent.digest.objects import Inventory
from agent.digest.observation import ComponentKind, Observation, Role
from agent.digest.prominence import prominent
from agent.digest.topology import CallGraph
from agent.schema.digest import Suspect
from agent.schema.evidence import Evidence

_MOST = 8
_LEAST = 0.25
"""Below this strength nothing stands out."""
_FAINT = 0.08
"""Below this score a component is not listed beside those that stand out."""
_UNCOMPARED = Extents()
_POWER: Mapping[Role, float] = {
    "condition": 1.6,
    "resource": 1.0,
    "symptom": 0.7,
    "change": 0.5,
    "context": 0.0,
    "noise": 0.0,
}
_MOSTLY = 0.6
"""A node with more than this share of all workloads lies under most of any trouble."""
_BESIDE, _WAITING = 0.4, 0.5
"""What a caller that waits for its callees keeps of its trouble, where one of them shows this share of it."""
_STORE = (
    "mysql",
    "postgres",
    "redis",
    "mongo",
    "mariadb",
    "cassandra",
    "elastic",
    "etcd",
    "dynamodb",
    "rds",
    "sql",
    "-db",
    "db-",
)


@dataclass(slots=True)
class Case:
    """What speaks for one component."""

    name: str
    kind: ComponentKind
    own: list[tuple[float, Evidence, Role]] = field(default_factory=list[tuple[float, Evidence, Role]])
    named: list[tuple[float, Evidence]] = field(default_factory=list[tuple[float, Evidence]])
    """Evidence of others that names it as the far side."""
    accuses: set[str] = field(default_factory=set[str])
    """Components that its own evidence names as the far side."""

    def strength(self) -> float:
        """Sum with falling weights, so that many weak signs do not beat one strong sign."""
        own = sorted((score for score, _, _ in self.own), reverse=True)
        far = sorted((score for score, _ in self.named), reverse=True)
        return sum(score * 0.45**n for n, score in enumerate(own[:8])) + sum(
            score * 0.6 * 0.5**n for n, score in enumerate(far[:4])
        )

    def slow(self) -> bool:
        """Whether what speaks loudest for it is that it was slow."""
        first = max(self.own, key=lambda entry: entry[0], default=None)
        return first is not None and first[1].attributes.get("metric_kind") == "latency"

    def hard(self) -> bool:
        """Whether a condition speaks for it, which explains and needs no explanation."""
        return any(role == "condition" and score >= 0.9 for score, _, role in self.own)


def suspects(
    pairs: Sequence[tuple[Observation, Evidence]],
    graph: CallGraph,
    inventory: Inventory,
    *,
    complained: frozenset[str] = frozenset(),
    complaint: frozenset[str] = frozenset(),
    extents: Extents = _UNCOMPARED,
    watched: frozenset[str] = frozenset(),
) -> tuple[Suspect, ...]:
    """Rank components; empty where nothing stands out.

    `complained` are the components whose symptom was reported, `complaint` the kinds of metric, `watched`
    those whose metrics were recorded while nothing was found to begin. Whether anything stands out is told
    by the evidence alone; who is explained by another loses rank, not its place.
    """
    telling = {id(item) for item in prominent([item for item, _ in pairs], graph, watched)}
    apart = [pair for pair in pairs if id(pair[0]) in telling]
    if not any(case.strength() >= _LEAST for case in _gather(apart).values()):
        return ()
    cases = _gather(pairs, extents, complaint)
    scores = {name: case.strength() for name, case in cases.items()}
    scores = _by_graph(cases, scores, graph, extents)
    scores = _by_node(cases, scores, inventory)
    scores |= _beneath(cases, scores, graph, inventory)
    scores = _by_reach(cases, scores, graph, complained)
    ranked = sorted(scores, key=lambda name: (-scores[name], name))
    return tuple(_suspect(cases[name], scores[name]) for name in ranked[:_MOST] if scores[name] >= _FAINT)


def _gather(
    pairs: Sequence[tuple[Observation, Evidence]],
    extents: Extents = _UNCOMPARED,
    complaint: frozenset[str] = frozenset(),
) -> dict[str, Case]:
    cases: dict[str, Case] = {}
    for item, evidence in pairs:
        score = evidence.salience * _POWER[item.role] * (1.3 if _starts_here(item) else 1.0)
        if score <= 0:
            continue
        if item.service:
            kind = item.attributes.get("metric_kind", "")
            score *= extents.weight(item.service, kind) * bearing.beside(kind, complaint)
            case = cases.setdefault(item.service, Case(item.service, _kind(item)))
            if item.component_kind in {"node", "job", "network"}:
                case.kind = item.component_kind
            case.own.append((score, evidence, item.role))
            case.accuses.update(item.blames)
        for name in item.blames:
            cases.setdefault(name, Case(name, _named_kind(name))).named.append((score, evidence))
    return {name: case for name, case in cases.items() if case.own or case.named}


def _starts_here(item: Observation) -> bool:
    """Tell a new error that names no other component: nothing else explains it."""
    new = item.kind == "L" and item.attributes.get("novelty") == "new"
    return new and item.severity in {"critical", "error"} and not item.blames


def _kind(item: Observation) -> ComponentKind:
    if item.component_kind == "service" and item.service:
        return _named_kind(item.service)
    return item.component_kind


def _named_kind(name: str) -> ComponentKind:
    return "datastore" if any(word in name.lower() for word in _STORE) else "service"


def _by_graph(
    cases: Mapping[str, Case], scores: Mapping[str, float], graph: CallGraph, extents: Extents
) -> dict[str, float]:
    """Discount a caller whose own callee shows trouble of similar size: its trouble has an explanation.

    A callee that the caller's own messages name needs no comparison of how far both went.
    """
    result = dict(scores)
    for name, case in cases.items():
        if case.hard():
            continue
        below = [
            scores[callee]
            for callee in graph.below(name) | case.accuses
            if callee in scores and (callee in case.accuses or extents.explains(callee, name))
        ]
        if below and max(below) >= 0.6 * scores[name]:
            result[name] = scores[name] * 0.6
        if case.slow() and extents.waits(name, graph):
            slower = [
                scores[callee]
                for callee in graph.below(name)
                if callee in scores and extents.slower.get(callee)
            ]
            if slower and max(slower) >= _BESIDE * scores[name]:
                result[name] = scores[name] * _WAITING
    return result


def _by_reach(
    cases: Mapping[str, Case], scores: Mapping[str, float], graph: CallGraph, complained: frozenset[str]
) -> dict[str, float]:
    """Discount a caller or stranger of the components complained of: their symptom does not come from it."""
    known = complained & graph.names()
    reached = known.union(*(graph.below(name) for name in known))
    return {
        name: score * (0.6 if known and name in graph.names() - reached and not cases[name].hard() else 1.0)
        for name, score in scores.items()
    }


def _by_node(
    cases: Mapping[str, Case], scores: Mapping[str, float], inventory: Inventory
) -> dict[str, float]:
    """Lift a node that has trouble of its own above the pods on it, and discount those."""
    result = dict(scores)
    for node, members in inventory.pods_by_node().items():
        if node not in cases or not any(role in {"condition", "resource"} for _, _, role in cases[node].own):
            continue
        sick = {pod.workload for pod in members} & set(cases)
        if sick and scores[node] >= 0.5:
            result[node] = result[node] * (1.0 + 0.1 * min(5, len(sick)))
            for name in sick:
                if not any(
                    role == "condition" and "node" not in e.statement for _, e, role in cases[name].own
                ):
                    result[name] *= 0.85
    return result


def _beneath(
    cases: dict[str, Case], scores: Mapping[str, float], graph: CallGraph, inventory: Inventory
) -> dict[str, float]:
    """Name the node under all that is slow or failing without such a callee, where it shows nothing itself.

    It ranks behind the best of them, and nearer where there are several. None is named where a condition
    explains the trouble, where a node is a suspect already, or where one node holds most of everything.
    """
    ill = {name for name in cases if scores[name] >= _FAINT}
    front = {name for name in ill if not graph.below(name) & ill}
    placed = {node: {pod.workload for pod in pods} for node, pods in inventory.pods_by_node().items()}
    if not front or any(cases[name].hard() for name in ill) or ill & set(placed):
        return {}
    total = sum(len(members) for members in placed.values())
    for node, members in sorted(placed.items()):
        if front <= members and len(members) <= _MOSTLY * total:
            best = max(front, key=lambda name: (scores[name], name))
            told = sorted(cases[best].own, key=lambda entry: (-entry[0], entry[1].id))
            if not told:
                return {}
            cases[node] = Case(node, "node", named=[(score, evidence) for score, evidence, _ in told])
            return {node: scores[best] * (0.8 if len(front) > 1 else 0.5)}
    return {}


def _suspect(case: Case, score: float) -> Suspect:
    own = sorted(case.own, key=lambda entry: (-entry[0], entry[1].id))
    far = sorted(case.named, key=lambda entry: (-entry[0], entry[1].id))
    cited = [evidence for _, evidence, _ in own[:5]] + [evidence for _, evidence in far[:2]]
    reason = cited[0].statement
    if not own:
        reason = f"{'Beneath' if case.kind == 'node' else 'Named by others'}: {reason}"
    return Suspect(
        component=case.name,
        component_kind=case.kind,
        reason=reason,
        score=round(score, 4),
        evidence=tuple(dict.fromkeys(evidence.id for evidence in cited)),
    )
