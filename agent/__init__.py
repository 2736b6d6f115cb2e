"""The workflow and the domain of pm-agent: what a post-mortem is and how one comes about."""
