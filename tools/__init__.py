"""Everything that reaches outside pm-agent, one module a system; knows nothing of post-mortems."""
