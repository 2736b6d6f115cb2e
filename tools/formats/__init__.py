"""Readers for what engineers have on disk: content in, typed records out; no network, no post-mortems."""
import re
from collections.abc import Mapping
from pathlib import Path
from tools.formats.records import Clock, Reading
def workload_of(pod: str) -> str:
    return re.sub(r"-[0-9a-f]{6,10}-[a-z0-9]{5}$|-[a-z0-9]{5}$(?<=\d)", "", pod)
def read(path: Path, *, clock: Clock = Clock(), labels: Mapping[str, str] = {}) -> Reading:
    raise NotImplementedError
