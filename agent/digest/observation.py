"""What an analysis noticed, before it is ranked and gets an id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from agent.digest.wording import around
from agent.schema.evidence import EvidenceKind, Pointer, Severity

Role = Literal["condition", "resource", "symptom", "change", "context", "noise"]
"""How far it can explain the rest: a condition (crash loop with its reason, unit down, quota) explains,
a resource (CPU, memory, packet loss) often does, a symptom (latency, errors of callers) asks for an
explanation, a change may have caused it, context tells what was normal, noise is not about the incident."""

ComponentKind = Literal["service", "node", "datastore", "network", "job", "alerting", "other"]


def _no_attributes() -> dict[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that the bundle shows; `surprise` runs from 0 (as always) to 1 (never seen before)."""

    kind: EvidenceKind
    statement: str
    pointers: tuple[Pointer, ...]
    service: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    severity: Severity = "info"
    quote: str = ""
    attributes: Mapping[str, str] = field(default_factory=_no_attributes)
    surprise: float = 0.0
    role: Role = "symptom"
    component_kind: ComponentKind = "service"
    blames: tuple[str, ...] = ()
    """Other components that the observation itself names as the far side, such as a host that refused."""

    @property
    def key(self) -> tuple[str, ...]:
        """Order two observations the same way whatever order the files were read in."""
        return (
            self.kind,
            self.start.isoformat() if self.start else "~",
            self.service or "",
            self.statement,
            *(f"{p.artifact}:{p.lines}:{p.series}:{p.samples}" for p in self.pointers[:1]),
        )


def quoted(text: str, limit: int = 500) -> str:
    """Cut an exemplar to what evidence may carry."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def one_line(text: str, limit: int = 160, sought: str = "") -> str:
    """Fold foreign text into one printable line; what is long is cut around the words that were sought.

    Without such words it loses its middle.
    """
    folded = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return around(folded, sought, limit)
