"""The argument parser: errors that name what was meant, help that fits the terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any, NoReturn, cast

from agent.errors import ExitCode

EXAMPLES = "examples:\n"


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Wraps descriptions, leaves examples as they are, and gives long command names room."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26)

    def add_argument(self, action: argparse.Action) -> None:
        """Measure an option or command; argparse forgets that commands are indented."""
        super().add_argument(action)
        self._action_max_length += 2

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if text.startswith((EXAMPLES, "exit status:")):
            return super()._fill_text(text, width, indent)
        wrap = super(argparse.RawDescriptionHelpFormatter, self)._fill_text
        return "\n".join(wrap(line, width, indent) for line in text.splitlines())


class Parser(argparse.ArgumentParser):
    """A parser that answers a misspelt option with the nearest one, at the command that was meant."""

    def __init__(self, **settings: Any) -> None:
        settings["formatter_class"] = HelpFormatter
        # Abbreviations that work today would break scripts as soon as an option is added.
        super().__init__(**settings, allow_abbrev=False)
        self._given: list[str] = []

    def parse_known_args(  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride] - typed as overloads there
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse, and refuse what is not understood here, where the usage of the command is known."""
        self._given = list(sys.argv[1:] if args is None else args)
        values, extra = super().parse_known_args(args, namespace)
        if extra:
            self._refuse(self._unknown() or f"Unexpected argument {extra[0]!r}.")
        return cast("argparse.Namespace", values), extra

    def error(self, message: str) -> NoReturn:
        """End with what was wrong; a misspelt option explains a missing one."""
        if message.startswith("the following arguments are required"):
            if unknown := self._unknown():
                self._refuse(unknown)
            self.print_usage(sys.stderr)
            self._refuse(f"Missing: {message.partition(': ')[2]}.")
        self._refuse(message[:1].upper() + message[1:] + ("" if message.endswith((".", "?", ")")) else "."))

    def _unknown(self) -> str:
        for word in self._given:
            if word == "--":
                return ""
            name = word.partition("=")[0]
            if word.startswith("--") and name not in self._option_string_actions:
                return f"Unknown option {name}.{did_you_mean(name, self._option_string_actions)}"
        return ""

    def _refuse(self, message: str) -> NoReturn:
        lines = f"{self.prog}: {message}\n  `{self.prog} --help` shows options and examples.\n"
        self.exit(ExitCode.UNUSABLE, lines)


def did_you_mean(word: str, known: Sequence[str] | dict[str, Any]) -> str:
    """Suggest the nearest known word as a sentence; empty where none is near."""
    import difflib

    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.7)
    return f" Did you mean {near[0]}?" if near else ""
