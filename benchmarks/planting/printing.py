"""Ages and columns as kubectl prints them."""

from __future__ import annotations


def age(seconds: int) -> str:
    """Print an age in seconds, with a second unit only where kubectl gives one."""
    if seconds < 120:
        return f"{seconds}s"
    if seconds < 600:
        return f"{seconds // 60}m{seconds % 60}s" if seconds % 60 else f"{seconds // 60}m"
    if seconds < 10800:
        return f"{seconds // 60}m"
    return f"{seconds // 3600}h" if seconds < 172800 else f"{seconds // 86400}d"


def columns(rows: list[tuple[str, ...]]) -> str:
    """Print rows in columns as wide as their widest cell and three."""
    widths = [max(len(row[n]) for row in rows) + 3 for n in range(len(rows[0]))]
    return "".join(
        "".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n"
        for row in rows
    )
