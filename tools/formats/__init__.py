"""Readers for what engineers have on disk: content in, typed records out; no network, no post-mortems."""
