"""Whether cited evidence speaks of what the sentence says at all, rule G08, and which evidence would."""

from __future__ import annotations

from collections.abc import Iterator

from agent.checks.mention import read_sentence
from agent.checks.naming import mentioned
from agent.checks.places import Place
from agent.checks.stem import stems
from agent.checks.support import Support, text_of
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence


def unrelated(place: Place, support: Support, known: dict[str, str]) -> Iterator[Evidence]:
    """Yield cited items that share no name and no telling word with the sentence, where another one does.

    With one citation there is nothing to compare it with; then names and numbers decide.
    """
    cited = [item for item in support.items if item.id in place.evidence]
    if len(cited) < 2:
        return
    told = stems(place.text)
    named = {name.lower() for name in mentioned(place.text, known)}
    shares = {item.id: len(told & stems(text_of(item))) for item in cited}
    nodes = {item.attributes.get("node", "") for item in cited if shares[item.id] >= 2} - {""}
    services = {item.service for item in cited if shares[item.id] >= 2}
    for item in cited:
        own = {item.service, item.attributes.get("node"), item.attributes.get("object")} - {None, ""}
        if shares[item.id] or any(str(name).lower() in named for name in own):
            continue
        if item.service in services or item.attributes.get("node", "-") in nodes:
            continue
        if max(shares.values()) >= 2:
            yield item


def better_evidence(place: Place, digest: Digest, holding: str = "") -> str:
    """Say which evidence would carry the sentence, or the words `holding`; "" where none comes close."""
    told = stems(place.text)
    reading = read_sentence(place.text)
    wanted = {name.lower() for name in reading.names}
    best: tuple[float, Evidence] | None = None
    for item in digest.evidence:
        text = text_of(item).lower()
        if holding and holding.lower() not in text:
            continue
        score = len(told & stems(item.statement)) + 3 * sum(name in text for name in wanted)
        if score >= 2 and (best is None or score > best[0]):
            best = (score, item)
    return f"{best[1].id} would carry it: {best[1].statement}" if best else ""
