"""What a pattern cannot decide: checksums, and whether a value looks like a secret at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from ipaddress import AddressValueError, IPv6Address

_NO_VALUE = re.compile(
    r"(?i)(?:null|none|nil|true|false|yes|no|undefined|empty|unset|missing|required|invalid|incorrect|expired"
    r"|redacted|hidden|masked|omitted|set|unknown|wrong|bad|denied|disabled|enabled|x{3,}|\*+|\.{3,}|-+)[.,;:!)\]]*"
)
_PLACEHOLDER = re.compile(r"[<$%*{\[(]|\.\.\.")
_NUMBER_OR_OBJECT = re.compile(r"(?i)0x[0-9a-f]+|\d+|[\w.$]+@[0-9a-f]{1,16}")
_WORDS = re.compile(r"[A-Za-z]+(?:[-_./: ][A-Za-z]+)*[.,;:!]?")
_PLACE = re.compile(r"[A-Za-z][A-Za-z-]*(?:[./](?:[A-Za-z][A-Za-z-]*|v?\d{1,3})){2,}")
"""A routing key or the path of a resource: words and small numbers, three or more."""
_FILE = re.compile(r"/(?:[\w.-]+/)+[\w.-]*")
_NAMED = re.compile(r"(?i)(?:service|routing|integration|app|session)[_-]?key")
"""Keys beside which a name may stand; beside the others words may be what somebody chose."""
_WORD = r"[A-Za-z]?[a-z]{1,19}\d{0,2}"
_NAME = re.compile(
    rf"(?=.{{1,11}}$|.*[a-z]{{5}}){_WORD}(?:[-_./:@](?:{_WORD}|v?\d{{1,4}}))*[-_./:@]{_WORD}(?:[-_./:@]v?\d{{1,4}})*"
)
"""Two or more words with small numbers: checkout-eu1, cart:eu1:33. A long one has a long word."""
_ACCOUNT = re.compile(r"[a-z][\w-]*@[\w-]+\.iam(?:\.gserviceaccount\.com)?")
_PART = r"(?:[A-Z]?[a-z]{3,}|[A-Z][a-z]{2}|As|At|By|Id|If|In|Is|It|No|Of|On|Or|To|Up)"
_CAMEL = re.compile(rf"{_PART}*(?:[A-Z]{{2,6}}{_PART}*)?|[a-z]+|[A-Z]+")
"""How people write several words as one; letters drawn at random hardly ever look so."""
_DATED = re.compile(r"[a-z]+[-_.:@]\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?")
_SUFFIXED = re.compile(r"[a-z]+(?:[-./][a-z]+)+-[bcdfghjklmnpqrstvwxz2456789]{5}")
"""An object of Kubernetes with the suffix that it makes up (apimachinery, util/rand)."""
_OWN_DOMAINS = frozenset(
    {
        *(
            "internal",
            "local",
            "lan",
            "svc",
            "cluster",
            "localdomain",
            "corp",
            "localhost",
            "home",
            "intranet",
            "iam",
        ),
        *("service", "slice", "socket", "target", "timer", "scope", "mount", "device", "swap", "path"),
        *("js", "mjs", "cjs", "jsx", "ts", "tsx", "vue", "dll", "exe", "jar", "class", "java", "yaml", "yml"),
        *(
            "json",
            "xml",
            "html",
            "conf",
            "log",
            "txt",
            "cpp",
            "whl",
            "tgz",
            "gz",
            "deb",
            "rpm",
            "png",
            "jpg",
            "svg",
            "css",
        ),
    }
)
"""Last parts of what only looks like a mail domain: networks of one's own, systemd's units, files."""
_HOSTING = (".amazonaws.com", ".googleapis.com", ".windows.net", ".azure.com", ".gserviceaccount.com")
"""Where machines live and nobody has a mailbox: `app@db-1.rds.amazonaws.com` is a database."""
_MACHINES = frozenset(
    {
        *(
            "git",
            "root",
            "daemon",
            "nobody",
            "www-data",
            "nginx",
            "apache",
            "postgres",
            "mysql",
            "oracle",
            "redis",
        ),
        *(
            "mongodb",
            "cassandra",
            "elasticsearch",
            "hdfs",
            "yarn",
            "hadoop",
            "spark",
            "hive",
            "hbase",
            "kafka",
        ),
        *("kafka", "zookeeper", "jenkins", "ubuntu", "ec2-user", "centos", "debian", "vagrant"),
        *("deploy", "rabbit", "rabbitmq", "celery", "emqx", "ejabberd", "couchdb", "mockbuild", "buildd"),
    }
)
"""Accounts of systems, and nodes named `kind@host`: nobody's address."""
_VERSION = re.compile(r"v?\d+\.\d")
_OBJECT = re.compile(r"(?:[\w.]*[.$])?[A-Z]\w*@[0-9a-f]{5,8}\.[a-z]+")


def password(key: str, value: str) -> bool:
    """Say whether a value beside a password key is one; after a bare colon prose is told from values."""
    if _NO_VALUE.fullmatch(value) or _PLACEHOLDER.match(value):
        return False
    if re.search(r"(?i)pwd\W*$", key) and value[:1] in "/~":
        return False
    if _FILE.fullmatch(value) and "=" not in key:
        return False
    assigned = "=" in key or key.rstrip().endswith(("'", '"')) or re.search(r"[A-Z]_?(?:PASS|PWD)", key)
    return bool(assigned) or _WORDS.fullmatch(value) is None


def given(key: str, value: str) -> bool:  # noqa: ARG001 - all checks have one shape
    """Say whether what was given to an option is a value at all: no placeholder, no numeric group id."""
    return not (_NO_VALUE.fullmatch(value) or _PLACEHOLDER.match(value) or value.isdigit())


def secretish(key: str, value: str) -> bool:
    """Say whether a value beside a secret, token or key name is more than a word, a count or a name."""
    bare = value.rsplit(maxsplit=1)[-1] if value.split() else ""
    if len(bare) < 6 or _NO_VALUE.fullmatch(value) or _PLACEHOLDER.match(bare):
        return False
    if _WORDS.fullmatch(value):
        return any(len(word) >= 10 and not _CAMEL.fullmatch(word) for word in re.findall("[A-Za-z]+", value))
    if _NUMBER_OR_OBJECT.fullmatch(bare.rstrip(".,;:)")) or _PLACE.fullmatch(bare):
        return False
    if _name(key, bare):
        return False
    quoted = key.rstrip().endswith(("'", '"'))
    if not quoted and " " in value:
        return False
    kinds = sum(bool(re.search(kind, bare)) for kind in (r"[A-Z]", r"[a-z]", r"\d", r"[+/=!@#^&]"))
    return kinds >= 2 and (any(char.isdigit() for char in bare) or kinds >= 3)


def _name(key: str, value: str) -> bool:
    """Say whether a value only names something, beside a key that may do so."""
    if _SUFFIXED.fullmatch(value) or _ACCOUNT.fullmatch(value):
        return True
    dated = "secret" not in key.lower() and _DATED.fullmatch(value)
    return bool(dated or (_NAMED.match(key) and _NAME.fullmatch(value)))


def luhn(key: str, value: str) -> bool:  # noqa: ARG001 - all checks have one shape
    """Check the last digit of a card number (ISO/IEC 7812-1, annex B)."""
    digits = [int(char) for char in value if char.isdigit()][::-1]
    doubled = [sum(divmod(digit * 2, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0 and len(set(digits)) > 1


def iban(key: str, value: str) -> bool:  # noqa: ARG001
    """Check an account number (ISO 13616-1, modulo 97)."""
    compact = value.replace(" ", "")
    if not 15 <= len(compact) <= 34:
        return False
    moved = compact[4:] + compact[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


def phone(key: str, value: str) -> bool:  # noqa: ARG001
    """Check the length of an international number (ITU-T E.164: at most 15 digits)."""
    return 9 <= sum(char.isdigit() for char in value) <= 15


def email(key: str, value: str) -> bool:  # noqa: ARG001
    """Tell mail addresses from `user@host` of logins, nodes, packages, objects and stack frames."""
    local, _, domain = value.rpartition("@")
    if domain.lower().endswith(_HOSTING) or _VERSION.match(domain) or _OBJECT.fullmatch(value):
        return False
    return local.lower() not in _MACHINES and domain.rpartition(".")[2].lower() not in _OWN_DOMAINS


def ipv6(key: str, value: str) -> bool:  # noqa: ARG001
    """Tell addresses from times and scoped names."""
    try:
        IPv6Address(value)
    except AddressValueError:
        return False
    return any(char.isdigit() for char in value)


CHECKS: Mapping[str, Callable[[str, str], bool]] = {
    "password": password,
    "given": given,
    "secretish": secretish,
    "luhn": luhn,
    "iban": iban,
    "phone": phone,
    "email": email,
    "ipv6": ipv6,
}
"""Each gets what stands before the value in the match, and the value."""
