"""Checkpoints: where the workflow's state survives a kill, and which types it may hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from importlib import import_module

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver

from agent.errors import UserError
from agent.settings import Settings
from agent.store import IncidentFolder
from agent.workflow.state import CHECKPOINTED


@contextmanager
def checkpointer(folder: IncidentFolder, settings: Settings) -> Generator[BaseCheckpointSaver[str]]:
    """Open the incident's SQLite database, or the PostgreSQL one that the settings name.

    Raise UserError where the database cannot be opened.
    """
    serde = JsonPlusSerializer(allowed_msgpack_modules=CHECKPOINTED)
    if settings.checkpoint_dsn is not None:
        with _postgres(settings.checkpoint_dsn.get_secret_value(), serde) as saver:
            yield saver
        return
    with closing(sqlite3.connect(folder.checkpoints, check_same_thread=False)) as connection:
        saver = SqliteSaver(connection, serde=serde)
        try:
            saver.setup()
        except sqlite3.DatabaseError as error:
            raise UserError(
                f"{folder.checkpoints} is not a usable checkpoint database: {error}",
                hint="Move it away and run the command again; evidence and drafts do not depend on it.",
            ) from error
        yield saver


def thread_of(folder: IncidentFolder) -> str:
    """Name of the run in the database; it holds the path because a shared database serves many homes."""
    return f"{folder.id}@{folder.path.resolve()}"


@contextmanager
def _postgres(dsn: str, serde: JsonPlusSerializer) -> Generator[BaseCheckpointSaver[str]]:
    try:
        postgres, psycopg = import_module("langgraph.checkpoint.postgres"), import_module("psycopg")
    except ImportError as error:
        raise UserError(
            f"checkpoint_dsn is set, but {error.name} is not installed.",
            hint="Install the extra: `pip install 'pm-agent[postgres]'`, or unset checkpoint_dsn.",
        ) from error
    rows = import_module("psycopg.rows").dict_row
    try:
        connection = psycopg.connect(dsn, autocommit=True, prepare_threshold=0, row_factory=rows)
    except psycopg.OperationalError as error:
        raise UserError(
            f"The checkpoint database cannot be reached: {str(error).strip()}",
            hint="Correct checkpoint_dsn, or unset it to keep checkpoints beside the incident.",
        ) from error
    with closing(connection):
        saver: BaseCheckpointSaver[str] = postgres.PostgresSaver(connection, serde=serde)
        postgres.PostgresSaver.setup(saver)
        yield saver
