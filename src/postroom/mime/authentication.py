"""What servers say they found out about a mail's sender: Authentication-Results (RFC 8601), in linear time.

Anybody can write such a field, and part of what a server writes is the sender's own words. Of a field that breaks the
grammar nothing is believed: a quotation mark in an address must neither turn the words behind it into results nor take
the server's own results away. That there was one is told, under the name of its server. ARC fields are another header
and are not read.
"""

import re

from postroom.mime.headers import Headers
from postroom.model.email import AuthenticationResult

MAX_RESULTS = 50
MAX_VALUE_CHARS = 16_000
MAX_PROPERTIES = 50
UNREADABLE = "unreadable"

_BLANKS = re.compile(r"\s+")
_COMMENT_START = re.compile(r"\s*\(")
_COMMENT_MARK = re.compile(r"\\.|[()]", re.DOTALL)
# Longest match first: a quoted string, a comment's start, a separator, or a run of anything else.
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*+)"|[(;"]|[^"(;]+', re.DOTALL)
# A quotation or comment that holds this has perhaps swallowed what the server found.
_SWALLOWED = re.compile(r";\s*(?:spf|dkim|dmarc)\s*[/=]", re.IGNORECASE)
_NAME = re.compile(r'\s*(?:"([^"\\]{1,255})"|([^\s="();]{1,255})(?=[\s(;]|$))')
_SERVER = re.compile(r'\s?(?:"([^"\\]{1,255})"|([^\s="]{1,255}))(?:\s([0-9]{1,5}))?\s?')
_METHOD = re.compile(r"\s?([A-Za-z0-9-]{1,60})\s?(?:/\s?[0-9]{1,5}\s?)?=\s?([A-Za-z0-9-]{1,60})(?=\s|$)")
_PROPERTY = re.compile(
    r"\s?([A-Za-z0-9-]{1,60}(?:\s?\.\s?[A-Za-z0-9_-]{1,60})?)\s?=\s?"
    r'((?:"(?:[^"\\]|\\.)*+")?[^\s"]*+)(?=\s|$)'
)
_DOMAIN = re.compile(r"[^\W_](?:[\w.-]{0,253}\w)?")
_DOMAIN_PROPERTIES = {
    # `smtp.mail` is how RFC 5451 had it at first.
    "spf": ("smtp.mailfrom", "smtp.mail", "smtp.helo"),
    "dkim": ("header.d", "header.i"),
    "dmarc": ("header.from",),
}
_ANY_PROPERTIES = ("header.from", "header.d", "smtp.mailfrom", "header.i", "smtp.helo")


def read_authentication(headers: Headers) -> tuple[AuthenticationResult, ...]:
    """Return the results of every Authentication-Results field, from the top down, at most `MAX_RESULTS`.

    All but the quoted is in lower case. A field without a server's name (as Exchange Online writes it) has an empty
    `authserv_id`. A property told twice with different values counts as not told. A field that cannot be read, is
    longer than `MAX_VALUE_CHARS` or goes beyond the bound is one result without a method, `UNREADABLE`; of those beyond
    it each server has one. The topmost field of a server is its own: a lower one that bears its name adds no pass to
    what a higher one says of `spf`, `dkim` or another method; of `dmarc` all is returned, so that it can be compared.
    """
    results: list[AuthenticationResult] = []
    beyond: dict[str, AuthenticationResult] = {}
    told: set[tuple[str, str]] = set()
    for value in headers.every("authentication-results"):
        found = [] if beyond else _without_later_passes(_read(value), told)
        if beyond or len(results) + len(found) > MAX_RESULTS:
            unreadable = _unreadable(value)
            beyond.setdefault(unreadable.authserv_id, unreadable)
            if len(beyond) >= MAX_RESULTS:
                break
            continue
        results += found
        told.update((one.authserv_id, one.method) for one in found)
    return (*results, *beyond.values())


def _without_later_passes(found: list[AuthenticationResult], told: set[tuple[str, str]]) -> list[AuthenticationResult]:
    return [
        one
        for one in found
        if one.result != "pass" or one.method == "dmarc" or (one.authserv_id, one.method) not in told
    ]


def _read(value: str) -> list[AuthenticationResult]:
    segments = _segments(value) if len(value) <= MAX_VALUE_CHARS else None
    if segments is None:
        return [_unreadable(value)]
    if not segments:
        return []
    server = ""
    if _METHOD.match(segments[0]) is None:
        found = _SERVER.fullmatch(segments.pop(0))
        # RFC 8601 section 2.6: a version that is not known must not be interpreted.
        if found is None or int(found[3] or 1) != 1:
            return [_unreadable(value)]
        server = (found[1] or found[2]).lower()
    results = [result for segment in segments if (result := _result(server, segment)) is not None]
    return results if len(results) <= MAX_RESULTS else [_unreadable(value)]


def _unreadable(value: str) -> AuthenticationResult:
    """Return the result for a field that is not believed; the name of its server stands before the sender's words."""
    start, position = value[:MAX_VALUE_CHARS], 0
    while (comment := _COMMENT_START.match(start, position)) and (end := _comment_end(start, comment.end())) > 0:
        position = end
    found = _NAME.match(start, position)
    server = (found[1] or found[2]).lower() if found else ""
    return AuthenticationResult(authserv_id=server, method="", result=UNREADABLE)


def _segments(value: str) -> list[str] | None:
    """Return what stands between the semicolons, without comments; None when a quotation or comment is open.

    Also where one holds what looks like a result: the sender may have written both its ends.
    """
    segments = [""]
    pieces: list[str] = []
    position = 0
    while position < len(value):
        token = _TOKEN.match(value, position)
        if token is None or token[0] == '"':
            return None
        begin, position = position, token.end()
        if token[0] == "(":
            position = _comment_end(value, position)
            if position < 0 or _SWALLOWED.search(value, begin, position):
                return None
            _append(pieces, " ")
        elif token[0] == ";":
            segments[-1] = "".join(pieces)
            segments.append("")
            pieces = []
        elif token[1] is not None:
            if _SWALLOWED.search(token[1]):
                return None
            pieces.append(token[0])
        else:
            _append(pieces, _BLANKS.sub(" ", token[0]))
    segments[-1] = "".join(pieces)
    return [segment for segment in segments if segment.strip()]


def _append(pieces: list[str], text: str) -> None:
    """Add unquoted `text` so that never two blanks follow each other."""
    rest = text.removeprefix(" ") if pieces and pieces[-1].endswith(" ") else text
    if rest:
        pieces.append(rest)


def _comment_end(value: str, position: int) -> int:
    depth = 1
    for found in _COMMENT_MARK.finditer(value, position):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth == 0:
            return found.end()
    return -1


def _result(server: str, segment: str) -> AuthenticationResult | None:
    found = _METHOD.match(segment)
    if found is None:
        return None
    properties: dict[str, str] = {}
    position = found.end()
    for _ in range(MAX_PROPERTIES):
        pair = _PROPERTY.match(segment, position)
        if pair is None:
            break
        position = pair.end()
        name = pair[1].replace(" ", "").lower()
        properties[name] = pair[2] if properties.get(name, pair[2]) == pair[2] else ""
    method = found[1].lower()
    names = _DOMAIN_PROPERTIES.get(method, _ANY_PROPERTIES)
    told = next((properties[name] for name in names if name in properties), "")
    return AuthenticationResult(authserv_id=server, method=method, result=found[2].lower(), domain=_domain(told))


def _domain(value: str) -> str:
    """Return the domain of an address or a bare domain, empty when it is none."""
    text = value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
    name = text.rpartition("@")[2].strip("<> ").rstrip(".").lower()
    return name if _DOMAIN.fullmatch(name) else ""
