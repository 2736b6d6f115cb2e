"""Readers for what engineers have on disk: content in, typed records out; no network, no post-mortems."""

from tools.formats.reading import read
from tools.formats.sniffing import sniff
from tools.formats.workloads import deployment_of, workload_of

__all__ = ["deployment_of", "read", "sniff", "workload_of"]
