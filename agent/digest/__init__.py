"""Sealed bundle -> ranked evidence, facts, coverage and suspects: no model, no network."""

from agent.digest.disclosure import digest
from agent.digest.excerpts import Excerpt, excerpt

__all__ = ["Excerpt", "digest", "excerpt"]
