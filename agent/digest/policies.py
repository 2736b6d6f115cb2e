"""Network policies, by what they restrict and how old they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from agent.digest.conditions import NOTHING
from agent.digest.objects import Inventory, KubeObject
from agent.digest.observation import one_line
from agent.digest.pods import Trouble


def policies(inventory: Inventory, workloads: frozenset[str]) -> Iterator[tuple[KubeObject, Trouble]]:
    """Tell of network policies, as they restrict traffic; those that deny everything tell most."""
    for policy in inventory.of("NetworkPolicy"):
        types = policy.get("policy_types", "types")
        selector = policy.get("selector", "pod_selector")
        everything = selector.strip().lower() in NOTHING | {"<all>", "{}"} or selector.lower().startswith(
            "<none>"
        )
        deny = (
            "deny" in policy.name.lower()
            or "selected pods are isolated" in " ".join(policy.fields.values()).lower()
        )
        age = _hours_old(policy)
        old, fresh = age > 24, age <= 1
        scope = "all pods of the namespace" if everything else f"pods with {one_line(selector)}"
        direction = f" for {types}" if types else ""
        text = f"restricted {scope}{direction}"
        mentioned = tuple(name for name in sorted(workloads) if name in selector)
        yield (
            policy,
            Trouble(
                "NetworkPolicy",
                text,
                "info" if old else "warning",
                0.2 if old else 0.35 if not fresh else 0.85 if deny else 0.6,
                "context" if old else "condition",
                {"selector": selector, "leftover": "" if fresh else "yes"},
                mentioned,
            ),
        )


def _hours_old(thing: KubeObject) -> float:
    """Tell how long before its recording an object was made; 0 where it is not known."""
    try:
        created = datetime.fromisoformat(re.sub(r" (?=[+-]\d{4})| [A-Z]{3,5}$", "", thing.get("created")))
    except ValueError:
        return 0.0
    if thing.recorded_at is None or created.tzinfo is None:
        return 0.0
    return (thing.recorded_at - created).total_seconds() / 3600
