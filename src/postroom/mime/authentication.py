"""What servers say they found out about a mail's sender: Authentication-Results (RFC 8601), in linear time.

Anybody can write such a field. A field that breaks the grammar gives nothing: a quotation mark that the sender put into
an address must not turn the words behind it into results. ARC fields are another header and are not read.
"""

import re

from postroom.mime.headers import Headers
from postroom.model.email import AuthenticationResult

MAX_RESULTS = 50
MAX_VALUE_CHARS = 16_000
MAX_PROPERTIES = 50

_BLANKS = re.compile(r"\s+")
_COMMENT_MARK = re.compile(r"\\.|[()]", re.DOTALL)
# Longest match first: a quoted string, a comment's start, a separator, or a run of anything else.
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*+)"|[(;"]|[^"(;]+', re.DOTALL)
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
    `authserv_id`. A property told twice with different values counts as not told.
    """
    results: list[AuthenticationResult] = []
    for value in headers.every("authentication-results"):
        if len(results) >= MAX_RESULTS:
            break
        if len(value) <= MAX_VALUE_CHARS:
            results += _read(value)
    return tuple(results[:MAX_RESULTS])


def _read(value: str) -> list[AuthenticationResult]:
    segments = _segments(value)
    if not segments:
        return []
    server = ""
    if _METHOD.match(segments[0]) is None:
        found = _SERVER.fullmatch(segments.pop(0))
        # RFC 8601 section 2.6: a version that is not known must not be interpreted.
        if found is None or int(found[3] or 1) != 1:
            return []
        server = (found[1] or found[2]).lower()
    return [result for segment in segments if (result := _result(server, segment)) is not None]


def _segments(value: str) -> list[str]:
    """Return what stands between the semicolons, without comments; nothing when a quotation or comment is open."""
    segments = [""]
    pieces: list[str] = []
    position = 0
    while position < len(value):
        token = _TOKEN.match(value, position)
        if token is None or token[0] == '"':
            return []
        position = token.end()
        if token[0] == "(":
            position = _comment_end(value, position)
            if position < 0:
                return []
            _append(pieces, " ")
        elif token[0] == ";":
            segments[-1] = "".join(pieces)
            segments.append("")
            pieces = []
        elif token[1] is not None:
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
