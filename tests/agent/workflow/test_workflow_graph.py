"""The graph's drawing, its allowlist and its silence towards third parties."""

from __future__ import annotations

import subprocess
import sys
import warnings

import pytest
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from agent.workflow.drawing import DOCUMENT, REFRESH, embedded
from agent.workflow.state import CHECKPOINTED
from tests.agent.workflow.scripted import START


def test_the_drawing_in_the_docs_is_the_graph() -> None:
    present = DOCUMENT.read_text(encoding="utf-8")
    assert present == embedded(present), f"run `{REFRESH}`"


def test_a_document_without_markers_is_an_error() -> None:
    with pytest.raises(ValueError, match="markers"):
        embedded("# nothing here")


def test_tracing_stays_off_whatever_the_shell_says() -> None:
    code = (
        "import agent.workflow, os; from langsmith import utils; "
        "print(utils.tracing_is_enabled(), os.environ['LANGSMITH_TRACING'])"
    )
    environ = {"LANGSMITH_TRACING": "true", "LANGCHAIN_TRACING_V2": "true", "LANGSMITH_API_KEY": "x"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "false"]


def test_a_checkpoint_loads_no_type_outside_the_allowlist() -> None:
    from agent.schema.incident import Window

    assert Window not in CHECKPOINTED
    foreign = JsonPlusSerializer().dumps_typed(Window(start=START, end=START.replace(hour=13)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        loaded = JsonPlusSerializer(allowed_msgpack_modules=CHECKPOINTED).loads_typed(foreign)
    assert not isinstance(loaded, Window)
