"""Graders: each compares a draft with what is known of the incident, mechanically, and says what it saw."""
