"""The model port: what is sent, what comes back, what it costs, and what was paid for already."""
