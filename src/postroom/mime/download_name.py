"""The name under which a browser saves what a stranger sent: harmless on every system, and in every header."""

import re
import unicodedata
from urllib.parse import quote

from postroom.mime.charsets import clean

MAX_NAME_CHARS = 150
MAX_EXTENSION_CHARS = 12

_PATH = re.compile(r"[/\\]")
# What Windows takes in no name; a colon would even name another stream of a file.
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(?:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(?:\.|$)", re.IGNORECASE)
# Beyond RFC 6266 section 4.1 the percent sign: some programs decode it in the plain form.
_NOT_PLAIN = re.compile(r'[^\x20-\x7e]|["\\%]')
_SAFE_IN_EXTENDED = "!#$&+-.^_`|~"  # RFC 8187 section 3.2.1, attr-char; letters and digits are never quoted.
# Controls, formatting marks (among them those that turn the direction), halves of pairs and what is not assigned.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def download_name(text: str, *, fallback: str = "attachment") -> str:
    """Return `text` as a file name without a path, of at most 150 signs that can all be seen; else the fallback.

    The last extension stays, so that a long name cannot hide it.
    """
    bare = _PATH.split(unicodedata.normalize("NFC", clean(text)))[-1]
    seen = "".join(_shown(sign) for sign in bare)
    name = _NOT_IN_NAMES.sub("_", " ".join(seen.split())).strip(". ")
    if _DEVICES.match(name):
        name = f"_{name}"
    return _short(name) or fallback


def as_attachment(name: str) -> str:
    """Return the Content-Disposition that saves a body under `name` (RFC 6266), for old programs in ASCII too."""
    plain = _NOT_PLAIN.sub("_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe=_SAFE_IN_EXTENDED)}"


def _shown(sign: str) -> str:
    if sign.isspace():
        return " "
    return "" if unicodedata.category(sign) in _UNSEEN else sign


def _short(name: str) -> str:
    if len(name) <= MAX_NAME_CHARS:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > MAX_EXTENSION_CHARS:
        return name[:MAX_NAME_CHARS].rstrip(". ")
    return stem[: MAX_NAME_CHARS - len(extension) - 1].rstrip(". ") + dot + extension
