"""Sentences that copy a statement of the evidence but for a word that turns its sense."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from difflib import SequenceMatcher

from agent.checks.polarity import Contradiction
from agent.checks.support import Support

_UNABLE = re.compile(
    r"\b(?:(?:can|could)(?:n't|not| not)|can't|(?:(?:is|are|was|were) )?(?:unable|not able) to|failed to)\b",
    re.IGNORECASE,
)
"""Ways to say the same; they are read as one word."""
_WORD = re.compile(r"[A-Za-z0-9_][\w'./:-]*")
_NEGATORS = frozenset({"not", "no", "never", "none", "nor", "without", "cannot"})
_SENSITIVE = frozenset(
    """not no never none nor without cannot n't before after since until first last rose fell dropped
    increased decreased dipped spiked climbed jumped all none only half twice once two three four five
    six seven eight nine ten eleven twelve succeeded failed could unable able ready unready available
    unavailable enabled disabled allowed denied fired resolved started stopped opened closed""".split()  # noqa: SIM905
)
_RELATIVE = frozenset({"which", "that", "who", "whose", "as"})
_ORDER = frozenset({"before", "after", "since", "until", "first", "last"})
"""Words that turn the sense of a copy only where they stand for one another."""
_DIGITS = {
    word: str(value)
    for value, word in enumerate(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], start=2
    )
}


def near_copies(text: str, support: Support, sense: Callable[[str], str]) -> Iterator[Contradiction]:
    """Find a statement copied but for a word that turns its sense; `sense` folds words that say the same."""
    mine = _words(text, sense)
    if len(mine) > 400:
        return
    for item in support.items[:8]:
        theirs = _words(item.statement, sense)
        if not 4 <= len(theirs) <= 120:
            continue
        matcher = SequenceMatcher(None, theirs, mine, autojunk=False)
        blocks = [block for block in matcher.get_matching_blocks() if block.size]
        if sum(block.size for block in blocks) < 0.75 * len(theirs) or len(blocks) < 2:
            continue
        first, last = blocks[0], blocks[-1]
        for tag, i1, i2, j1, j2 in matcher.get_opcodes():
            if (
                tag == "equal"
                or i1 < first.a
                or i2 > last.a + last.size
                or j1 < first.b
                or j2 > last.b + last.size
            ):
                continue
            # A word more or less turns the sense only as a negation; a word for another one in more ways.
            telling = _SENSITIVE if tag == "replace" else _NEGATORS
            gone, new = set(theirs[i1:i2]) & telling, set(mine[j1:j2]) & telling
            if not (gone & _ORDER and new & _ORDER):
                gone, new = gone - _ORDER, new - _ORDER
            if j2 - j1 > 4 or i2 - i1 > 4 or gone == new:
                continue
            if _is_shaped(gone, new, theirs[i1:i2], mine[j1:j2]) or _moved(gone, new, theirs, mine):
                continue
            words = " ".join(mine[j1:j2]) or " ".join(theirs[i1:i2])
            shown = " ".join(theirs[i1:i2]) or "nothing"
            yield Contradiction(
                words, item.id, f'says "{" ".join(mine[j1:j2]) or "nothing"}" where {item.id} has "{shown}"'
            )


def _is_shaped(gone: AbstractSet[str], new: AbstractSet[str], theirs: list[str], mine: list[str]) -> bool:
    """Whether only the words of a relative clause stand in the place of words that tell."""
    rest = mine if not new else theirs if not gone else None
    return bool(rest) and _RELATIVE.issuperset(rest) and not (gone | new) & _NEGATORS


def _moved(gone: AbstractSet[str], new: AbstractSet[str], theirs: list[str], mine: list[str]) -> bool:
    """Whether the words that are gone, or those that are new, only stand at another place."""
    one_sided = not gone or not new
    moved = gone | new
    return one_sided and not moved & _NEGATORS and all(mine.count(w) == theirs.count(w) for w in moved)


def _words(text: str, sense: Callable[[str], str]) -> list[str]:
    plain = _UNABLE.sub("cannot", text).replace("n't", " not")
    found = (word.lower().rstrip(".,:;") for word in _WORD.findall(plain))
    return [_DIGITS.get(word) or sense(word) for word in found]
