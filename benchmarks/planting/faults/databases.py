"""What a database refuses to the workload in front of it."""

from __future__ import annotations

from benchmarks.planting.scene import Scene


def db_credentials(s: Scene) -> str:
    """Log in to the database with a wrong password."""
    for n in range(5):
        s.say(
            s.item.name,
            f"java.sql.SQLException: Access denied for user '{s.item.name}'@'172.20.1.9' (using password: YES)",
            level="error",
            previous=n < 3,
        )
    s.crashes(1)
    s.callers_fail("connection refused")
    return f"app/{s.item.name}"


def db_port(s: Scene) -> str:
    """Call the database on a wrong port."""
    s.item.env["DB_PORT"] = "3307"
    for n in range(5):
        s.say(
            s.item.name,
            "com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure; java.net.ConnectException: Connection refused (shared-mysql:3307)",
            level="error",
            previous=n < 3,
        )
    s.crashes(1)
    return f"app/{s.item.name}"


def read_only(s: Scene) -> str:
    """Run the database read-only."""
    for _ in range(9):
        s.say(
            s.item.name,
            "ERROR 1290 (HY000): The MySQL server is running with the --read-only option so it cannot execute this statement",
            level="error",
        )
    s.callers_fail("500 Internal Server Error")
    return f"app/{s.item.name}"


def too_many_connections(s: Scene) -> str:
    """Use up the connections of the database."""
    for _ in range(12):
        s.say(
            s.item.name,
            'com.mysql.cj.exceptions: Data source rejected establishment of connection, message from server: "Too many connections"',
            level="error",
        )
    s.callers_fail("500 Internal Server Error")
    return f"app/{s.item.name}"
