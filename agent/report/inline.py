"""One line of foreign text inside Markdown: escaped without loss, so that it is text and nothing else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

NONE = "*none recorded*"
"""Stands where a list or value is empty; no escaped text can look like it."""

CODE_SPAN = r"""(?<![`\\])`([A-Za-z0-9_./:=%+-][A-Za-z0-9_./:=%+\ (){}"',-]{0,78})`(?!`)"""
"""Words between back-ticks that may stay a code span: nothing in them means anything elsewhere."""

_SPECIAL = re.compile(
    rf"""
    (?P<code>{CODE_SPAN})
  | (?P<word_underscore>(?<=[^\W_])_(?=[^\W_]))
  | (?P<reference>[@#](?=\w))              # a mention or an issue number elsewhere
  | (?P<link>:(?=//)|(?<=[wW]{{3}})\.)       # what autolinkers look for
  | (?P<mark>[\\`*_\[\]~$\#])
  | (?P<html>[<>|]|&(?=[\#A-Za-z]))
  | (?P<bracket>⟨(?=U\+))
  | (?P<other>[^\ -~])
    """,
    re.VERBOSE,
)
_HTML = {"<": "&lt;", ">": "&gt;", "|": "&#124;", "&": "&amp;"}
_JOINER = "&#8288;"
_BLOCK_START = re.compile(r"^(?:(?P<mark>[-+=])|(?P<number>\d{1,9})(?=[.)](?:\s|$)))")
_ESCAPED = re.compile(
    r"\\(?P<char>[!-/:-@\[-`{-~])"
    r"|&(?P<name>amp|lt|gt|quot|apos|nbsp);"
    r"|&#(?P<decimal>[0-9]{1,7});"
    r"|&#x(?P<hex>[0-9A-Fa-f]{1,6});"
    r"|⟨U\+(?P<point>[0-9A-F]{4,6})⟩"
)
_NAMES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "nbsp": "\u00a0"}
_INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp"})


def escape(text: str) -> str:
    """Write any text so that Markdown shows it as it is, on one line and free of markup and links.

    Control and direction characters become visible as ⟨U+202E⟩. `unescape` gives back the exact text.
    """
    core = text.lstrip(" ")
    lead = len(text) - len(core)
    core = core.rstrip(" ")
    tail = len(text) - len(core) - lead
    body = _SPECIAL.sub(_escape_one, core)
    body = _BLOCK_START.sub(lambda m: f"\\{m['mark']}" if m["mark"] else f"{m['number']}\\", body)
    return "&#32;" * lead + body + "&#32;" * tail


def unescape(markdown: str) -> str:
    """Give back the text that `escape` was given; what people type without escapes stays as typed."""
    return _ESCAPED.sub(_unescape_one, markdown)


def visible(text: str, *, keep: str = "") -> str:
    """Show control and direction characters as ⟨U+XXXX⟩, except those in `keep`; not reversible."""
    return "".join(
        char if char in keep or unicodedata.category(char) not in _INVISIBLE else _named(char)
        for char in text
    )


def escape_list(items: Iterable[str]) -> str:
    """Write items with commas between them; an empty item is `""`, no item is *none*."""
    return ", ".join(_escape_item(item) for item in items) or NONE


def unescape_list(markdown: str) -> tuple[str, ...]:
    """Give back the items that `escape_list` was given."""
    stripped = markdown.strip(" ")
    if stripped in ("", NONE):
        return ()
    parts = (part.strip(" ") for part in stripped.split(","))
    return tuple("" if part == '""' else unescape(part) for part in parts if part)


def fence(text: str, *, info: str = "text") -> str:
    """Put text into a code fence that it cannot close."""
    body = visible(text.replace("\r\n", "\n"), keep="\n\t")
    longest = max((len(run) for run in re.findall(r"`+", body)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{info}\n{body}\n{ticks}"


def _escape_item(item: str) -> str:
    if item in ("", '""'):
        return "\\" * bool(item) + '""'
    return escape(item).replace(",", "&#44;")


def _escape_one(match: re.Match[str]) -> str:
    text = match[0]
    match match.lastgroup:
        case "code" | "word_underscore":
            return text
        case "reference":
            return ("\\#" if text == "#" else text) + _JOINER
        case "link" | "mark":
            return "\\" + text
        case "html":
            return _HTML[text]
        case "bracket":
            return f"&#{ord(text)};"
        case _:
            return _escape_other(text)


def _escape_other(char: str) -> str:
    if char in "\n\t":
        return f"&#{ord(char)};"
    return _named(char) if unicodedata.category(char) in _INVISIBLE else char


def _named(char: str) -> str:
    return f"⟨U+{ord(char):04X}⟩"


def _unescape_one(match: re.Match[str]) -> str:
    if (char := match["char"]) is not None:
        return char
    if (name := match["name"]) is not None:
        return _NAMES[name]
    if match[0] == _JOINER:
        return ""
    code = int(match["decimal"]) if match["decimal"] else int(match["hex"] or match["point"], 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else match[0]
