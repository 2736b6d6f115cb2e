"""Numbers that people spell out."""

from __future__ import annotations

ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_POWERS = {"dozen": 12, "hundred": 100, "thousand": 1000}

SPELLED: dict[str, int] = {
    "zero": 0,
    "half a dozen": 6,
    "one hundred": 100,
    **{word: value for value, word in enumerate(ONES[1:], 2)},
    **{word: value for value, word in enumerate(_TEENS, 10)},
    **{word: value for value, word in zip(range(20, 100, 10), _TENS, strict=True)},
    **{
        f"{ten}{joint}{one}": 10 * tens + ones
        for tens, ten in enumerate(_TENS, 2)
        for ones, one in enumerate(ONES, 1)
        for joint in ("-", " ")
    },
    **{
        f"{one} {power}": ones * size
        for ones, one in enumerate(("a", *ONES[1:]), 1)
        for power, size in _POWERS.items()
    },
}
"""Counts in words; "one" alone is left out: it stands for things more often than for how many."""
PART_OF = {
    "third": 3,
    "quarter": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "twentieth": 20,
    "hundredth": 100,
}
"""Into how many parts a word divides a whole."""
