"""Readers for what engineers have on disk: content in, typed records out; no network, no post-mortems."""

from tools.formats.reading import read
from tools.formats.sniffing import sniff
from tools.formats.workloads import workload_of

__all__ = ["read", "sniff", "workload_of"]
