"""Log message -> template: what varies becomes <*>, numbers that name an event stay."""

from __future__ import annotations

import re

_NO_DIGITS = {ord(digit): None for digit in "0123456789"}

EVENT_NUMBER = re.compile(
    r"""(?ix)
    (?: (?<!\w)(?=[acehmoprst45])  # nearly all begin so; asked first, as most characters are none
        (?: (?:status(?:[ _]?code)?|response[ _]code|http(?:[ _]?status)?|returned|code)\b
            ["']?\s*[:=]?\s*["']? (?P<status>[1-5]\d\d)\b
          | (?P<error>[45]\d\d)\s+(?:Server|Client)?\s*
            (?:Error|Service\ Unavailable|Internal\ Server|Bad\ Gateway|Gateway|Not\ Found|Too\ Many
              |Forbidden)
          | exit(?:ed)?[ _]?(?:with)?[ _]?(?:code|status)?\s*[:=(]?\s* (?P<exit>-?\d{1,3})\b
          | sig(?:nal)?[ _]?[:=]?\s* (?P<signal>\d{1,2})\b
          | errno[ :=]*\s* (?P<errno>-?\d{1,3})\b
          | SQLSTATE\s*[\[(:= ]?\s* (?P<sqlstate>[0-9A-Z]{5})\b
          | (?:ERROR|error:?)\s+ (?P<mysql>\d{4})\s*\(
          | (?P<vendor>(?:ORA|TNS|PLS|SQL|ERR|MSG|AADSTS|E)-?\d{3,6})\b
          | code\s*=\s* (?P<grpc>[A-Z][A-Za-z]{3,20}|\d{1,2})\s+desc )
      | HTTP/[\d.]+["']?\s+ (?P<access>[1-5]\d\d)\b
    )"""
)
"""Numbers that name what happened: HTTP status, exit code, signal, errno, SQLSTATE, gRPC code."""

_VARIABLE = re.compile(
    r"""(?x)
    (?: (?<!\w)(?=\w) | (?=[-+\d]) )  # all begin so; asked first, as most characters do not
    (?:
      (?P<uuid>\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b)
    | (?P<time>\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)?
        |\b\d\d?:\d\d:\d\d(?:[.,]\d+)?\b)
    | (?P<address>\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b)
    | (?P<ipv6>\b(?:[0-9a-fA-F]{1,4}:){4,7}[0-9a-fA-F]{1,4}\b)
    | (?P<long>\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9_-]{20,}\b)
    | (?P<hex>\b0[xX][0-9a-fA-F]+\b|\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b)
    | (?P<pod>(?<=[a-z])-[0-9a-f]{8,10}-[a-z0-9]{5}\b)
    | (?P<version>\bv?\d+\.\d+\.\d+(?:[-+][\w.]+)?\b)
    | (?P<suffix>(?<=[A-Za-z_])\d{3,}\b)
    | (?P<number>(?<![A-Za-z_])[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)
    )
    """
)

_EXCEPTION = re.compile(
    r"\b((?:[a-z_]\w*\.){0,8}[A-Z]\w{2,}(?:Exception|Error|Failure|Timeout|Interrupt))\b(?!\s*=)"
)
_CAUSED_BY = re.compile(r"(?m)^\s*Caused by:\s*([\w.$]+)")


_WITH_DIGIT = re.compile(r"[\w-]*\d[\w-]*")


def skeleton(text: str) -> str:
    """Cheap key of a message: its first 400 characters without digits."""
    return text[:400].translate(_NO_DIGITS)


def coarse_skeleton(text: str) -> str:
    """Key for services whose messages carry hexadecimal ids: without any word that has a digit."""
    return _WITH_DIGIT.sub("", text[:400])


def event_number(text: str) -> str:
    """Find the number that names what happened, as `status 503` or `exit 137`; empty where there is none."""
    match = EVENT_NUMBER.search(text[:2000])
    if match is None:
        return ""
    name = match.lastgroup or ""
    kind = {"access": "status", "error": "status"}.get(name, name)
    return f"{kind} {match.group(name)}"


def template(text: str) -> str:
    """Mask what varies between two messages of one kind; at most 300 characters of its first line."""
    head = text.lstrip().split("\n", 1)[0][:600]
    kept = [match.span(match.lastgroup or 0) for match in EVENT_NUMBER.finditer(head)]

    def mask(match: re.Match[str]) -> str:
        if match.lastgroup == "version" or any(a <= match.start() and match.end() <= b for a, b in kept):
            return match.group()
        return "-<*>" if match.lastgroup == "pod" else "<*>"

    masked = _VARIABLE.sub(mask, head)
    return re.sub(r"(?:<\*>[\s,;:]*){3,}", "<*> ", masked)[:300].strip() or "(empty message)"


_VERSION = re.compile(r"\b[vV]\d+\.\d+(?:\.\d+)?(?:[-+][\w.]+)?\b")


def constants(text: str) -> tuple[str, ...]:
    """List what tells two events of one wording apart: event numbers and versions, of the first line."""
    head = text.split("\n", 1)[0][:600]
    numbers = [match[match.lastgroup or 0] for match in EVENT_NUMBER.finditer(head)]
    return (*numbers, *_VERSION.findall(head))


def exception(text: str) -> str:
    """Name the innermost exception of a stack trace, or the one that the message names."""
    if causes := _CAUSED_BY.findall(text):
        return str(causes[-1])
    match = _EXCEPTION.search(text[:4000])
    return match.group(1) if match else ""
