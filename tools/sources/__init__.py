"""Read-only connectors to where evidence lies, one module a system."""

from collections.abc import Mapping

from tools.sources.files import FileSource
from tools.sources.source import Fetched, FetchedArtifact, Source

REGISTRY: Mapping[str, type[FileSource]] = {"files": FileSource}
"""Kind of source as incident.yaml names it, and what implements it."""

__all__ = ["REGISTRY", "Fetched", "FetchedArtifact", "FileSource", "Source"]
