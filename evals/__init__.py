"""Recorded incidents, what a good draft of each must state, and the runner that measures drafts."""
