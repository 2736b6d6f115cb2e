"""The path from evidence to an approved report, as a LangGraph graph.

Importing this package switches the tracing of LangGraph off, whatever the shell says: with tracing on, the
inputs and outputs of every node, and so the incident itself, would be sent to a third party.
"""

import os

for _variable in ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2"):
    os.environ[_variable] = "false"
