"""Foreign text in a prompt: fenced with a label it cannot know, its marks made harmless, cut in length."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from agent.schema.digest import Digest

MOST = 600
"""Characters of one piece of foreign text."""
_SPACES = re.compile(r"[\r\n\t\v\f\u0085\u2028\u2029]+")
_TAG = re.compile(r"<(?=[/!?|A-Za-z_])")
_TURN = re.compile(r"\b(human|assistant|system|user)\s*:", re.IGNORECASE)
_BRACES = re.compile(r"\{\{|\}\}")
_LINK = re.compile(r"!?\[([^\]\n]{0,200})\]\([^)\n]{0,500}\)")


@dataclass(frozen=True, slots=True)
class Fenced:
    """Text that may stand in a prompt, and how much of it was cut."""

    text: str
    cut: int


def label_of(digest: Digest) -> str:
    """Give the label that fences foreign text in every prompt about a snapshot.

    It follows from the manifest's hash, and so from every byte that was recorded and from the moment of
    sealing: it is the same in every run, and whoever wrote a recorded line could not know it beforehand.
    """
    return hashlib.sha256(f"fence\0{digest.manifest_sha256}".encode()).hexdigest()[:16]


def plain(text: str, *, most: int = MOST, keep_end: bool = False) -> Fenced:
    """Put foreign text on one line without invisible characters, tags, turn marks or links; bounded.

    What is too long loses its end, or its middle where the end is to be kept.
    """
    flat = _SPACES.sub(" ", text)
    seen = "".join(char for char in flat if unicodedata.category(char) not in {"Cc", "Cf", "Co", "Cs"})
    seen = unicodedata.normalize("NFKC", seen)
    seen = _LINK.sub(lambda found: found.group(1), seen)
    seen = _TAG.sub("\u2039", seen)
    seen = _TURN.sub(lambda found: f"{found.group(1)} -", seen)
    seen = _BRACES.sub(lambda found: " ".join(found.group()), seen).strip()
    cut = max(0, len(seen) - most)
    if not cut:
        return Fenced(seen, 0)
    end = most // 3 if keep_end else 0
    return Fenced(f"{seen[: most - end]} (+{cut} characters cut) {seen[len(seen) - end :]}".rstrip(), cut)


def fence(text: str, label: str, *, most: int = 24_000) -> Fenced:
    """Fence a block whose lines are plain already; a line that holds the label loses it."""
    kept = text.replace(label, "(label)")
    cut = max(0, len(kept) - most)
    body = f"{kept[:most]}\n(+{cut} characters cut)" if cut else kept
    return Fenced(f"<<recorded {label}\n{body}\nrecorded {label}>>", cut)
