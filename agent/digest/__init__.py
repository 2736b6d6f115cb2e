"""Sealed bundle -> ranked evidence, facts, coverage and suspects: no model, no network."""

from agent.digest.engine import digest
from agent.digest.excerpts import Excerpt, excerpt

__all__ = ["Excerpt", "digest", "excerpt"]
