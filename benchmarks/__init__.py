"""Measurements of pm-agent against labelled data; not part of the wheel."""
