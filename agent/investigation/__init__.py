"""Looks into a sealed bundle: read-only, bounded, no model and no network; code mints the evidence ids."""

from agent.investigation.recording import SealedRecording

__all__ = ["SealedRecording"]
