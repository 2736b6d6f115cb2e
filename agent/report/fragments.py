"""Pieces of HTML: everything that comes from outside is escaped here and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape as html_escape

from agent.report.claims import FACT_LABELS, fact_anchor
from agent.report.inline import CODE_SPAN, visible
from agent.schema.digest import Digest, FactName
from agent.schema.postmortem import Claim

_STANDING = {
    "inferred": "follows from the cited evidence by reasoning",
    "stated by a person": "a person stated it",
    "assumed": "the evidence does not show it",
    "open": "the evidence does not answer it",
    "proposed": "proposed by rule; nobody has confirmed it",
}


def text(value: str) -> str:
    """Escape text for HTML, in elements and attributes alike; control characters become visible."""
    return html_escape(visible(value, keep="\n\t"), quote=True)


def prose(value: str) -> str:
    """Escape a sentence; words between back-ticks become code."""
    parts = re.split(CODE_SPAN, value)
    return "".join(
        f"<code>{text(part)}</code>" if index % 2 else text(part) for index, part in enumerate(parts)
    )


def element(tag: str, content: str, **attributes: str) -> str:
    """Write an element around HTML; attribute values are escaped, `class_` is `class`."""
    inner = "".join(f' {name.rstrip("_")}="{text(value)}"' for name, value in attributes.items() if value)
    return f"<{tag}{inner}>{content}</{tag}>"


def mark(word: str) -> str:
    """Show a standing or basis discreetly; what it means is in its tooltip."""
    return f" {element('span', text(word), class_='mark', title=_STANDING.get(word, ''))}"


def cite(evidence: Iterable[str], facts: Iterable[FactName], notes: Mapping[str, str]) -> str:
    """Link to the evidence; `notes` are statements by id, shown as tooltips."""
    links = [
        element("a", text(item), class_="cite", href=f"#{item.lower()}", title=notes.get(item, ""))
        for item in evidence
    ]
    links += [
        element(
            "a",
            text(FACT_LABELS[name]),
            class_="cite",
            href=f"#{fact_anchor(name)}",
            title=notes.get(name, ""),
        )
        for name in facts
    ]
    return " " + " ".join(links) if links else ""


def claim(item: Claim, notes: Mapping[str, str]) -> str:
    """Write a sentence with its citations and standing."""
    standing = "" if item.standing == "supported" else mark(item.standing)
    return prose(item.text) + cite(item.evidence, item.facts, notes) + standing


def bullets(items: Iterable[str], *, class_: str = "") -> str:
    """Write a list of HTML items."""
    return element("ul", "".join(element("li", item) for item in items), class_=class_)


def table(titles: Iterable[str], rows: Iterable[Iterable[str]], *, class_: str = "") -> str:
    """Write a table of HTML cells, in a box that scrolls where the page is narrow."""
    head = "".join(f'<th scope="col">{text(title)}</th>' for title in titles)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    inner = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return element("div", inner, class_=f"scroll {class_}".strip())


def notes_of(digest: Digest | None) -> dict[str, str]:
    """Give what each citation would show: the statement of evidence, the value of a fact."""
    if digest is None:
        return {}
    statements = {item.id: item.statement for item in digest.evidence}
    return statements | {fact.name: f"{fact.label}: {fact.text}" for fact in digest.facts}
