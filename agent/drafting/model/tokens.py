"""Counting tokens before a call, offline: an estimate, on the safe side for log text.

The vocabulary is cl100k_base as tiktoken knows it, shipped beside this module and checked by its hash, so
that nothing is downloaded. Newer models count more than it does, hence the factor.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import math
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tiktoken

SAFETY = 1.5
"""What newer models count, against this vocabulary."""
_SHA256 = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"
_PATTERN = (
    r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"""
    r"""|\s++$|\s*[\r\n]|\s+(?!\S)|\s"""
)


def count(text: str, *, factor: float = SAFETY) -> int:
    """Estimate the tokens of a text; special marks inside count as plain text."""
    return math.ceil(len(encoding().encode_ordinary(text)) * factor)


@lru_cache(maxsize=1)
def encoding() -> tiktoken.Encoding:
    """Build the encoding from the shipped ranks; raise RuntimeError where they were changed."""
    import tiktoken  # noqa: PLC0415 - only needed with a model

    raw = gzip.decompress(files(__package__ or "").joinpath("cl100k_base.tiktoken.gz").read_bytes())
    if hashlib.sha256(raw).hexdigest() != _SHA256:
        raise RuntimeError("the shipped vocabulary cl100k_base.tiktoken.gz was changed")
    ranks = {
        base64.b64decode(token): int(rank) for token, rank in (line.split() for line in raw.splitlines())
    }
    return tiktoken.Encoding(
        "pm_agent_cl100k", pat_str=_PATTERN, mergeable_ranks=ranks, special_tokens={"<|endoftext|>": 100257}
    )
