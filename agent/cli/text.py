"""Foreign text on a terminal: what logs and chats say must not move the cursor or colour the screen."""

from __future__ import annotations


def printable(text: str) -> str:
    """Put text on one line and show control and direction characters as escapes."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode()
        for char in " ".join(text.split())
    )


def verbatim(line: str) -> str:
    """Show a line with its spaces as they are, and control and direction characters as escapes."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in line.expandtabs(4)
    )


def marked(text: str) -> str:
    """Put foreign text into a rich console: printable, and square brackets are no markup."""
    from rich.markup import escape

    return escape(printable(text))
