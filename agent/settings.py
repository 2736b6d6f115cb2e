"""Settings: pm-agent.toml and the environment, read once, frozen."""
