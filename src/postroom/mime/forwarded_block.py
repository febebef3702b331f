"""The sender named in the block of header lines above a mail that was forwarded as text, in linear time.

Marks written down from Apple Mail, Outlook, Gmail and Thunderbird in English, German, French, Spanish, Italian and
Dutch. Outlook's block looks the same in a reply, so there the subject must say that the mail was forwarded.
"""

import re

from postroom.mime.attribution import header_block_starts, header_role, is_marked
from postroom.mime.headers import strip_controls
from postroom.mime.quotation import is_original_message
from postroom.model.email import Address

MAX_TEXT_CHARS = 200_000
MAX_BLOCK_LINES = 15
MAX_LINE_CHARS = 1_000

_FORWARD_MARKS = {
    "forwarded message", "begin forwarded message", "start of forwarded message", "forwarded mail",
    "weitergeleitete nachricht", "anfang der weitergeleiteten nachricht", "weitergeleitete e-mail",
    "message transféré", "message transmis", "début du message transféré", "début du message réexpédié",
    "mensaje reenviado", "inicio del mensaje reenviado",
    "messaggio inoltrato", "inizio messaggio inoltrato", "inizio del messaggio inoltrato",
    "doorgestuurd bericht", "begin doorgestuurd bericht",
}  # fmt: skip
_FORWARD_SUBJECT = re.compile(r"\s{0,20}(?:fwd?|wg|wtr|weitergeleitet|tr|rv|reenv|i|doorst|fw)\s{0,3}:", re.IGNORECASE)
_ADDRESS = re.compile(r"""[^\s<>\[\]()"',;:@]{1,64}@[^\s<>\[\]()"',;:@]{1,255}""")
_EDGES = " \t*_>|\u00a0"
_NAME_EDGES = " \t*_<[(\"'„“”‚‘’\u00a0"


def forwarded_from(text: str, subject: str) -> Address | None:
    """Return the sender in the first forwarded block of `text`, None when there is none or it names no address.

    Quoted text is older than the forwarding, so a mark counts there only where the quoted text begins.
    """
    lines = text[:MAX_TEXT_CHARS].split("\n")
    by_subject = _FORWARD_SUBJECT.match(subject) is not None
    above = ""
    quoted = False
    for index, line in enumerate(lines):
        if not line.strip():
            continue
        marked = is_marked(line)
        if _is_forward_mark(line) and not (marked and (quoted or above.endswith((":", "：")))):
            return _sender(lines[index + 1 : index + 1 + MAX_BLOCK_LINES])
        if not marked and (header_block_starts(lines, index) or is_original_message(line)):
            return _sender(lines[index : index + 1 + MAX_BLOCK_LINES]) if by_subject else None
        quoted = quoted or marked
        above = line[-200:].rstrip()
    return None


def _is_forward_mark(line: str) -> bool:
    if len(line) > 200:
        return False
    stripped = line.strip(_EDGES)
    bare = stripped.strip("-_=–— \t:：").lower()
    return bare in _FORWARD_MARKS and (stripped[:2] in {"--", "==", "__"} or stripped.endswith((":", "：")))


def _sender(lines: list[str]) -> Address | None:
    for index, line in enumerate(lines):
        if header_role(line) != "from":
            continue
        value = line[:MAX_LINE_CHARS].partition(":")[2] or line[:MAX_LINE_CHARS].partition("：")[2]
        following = lines[index + 1][:MAX_LINE_CHARS] if index + 1 < len(lines) else ""
        if "@" not in value and header_role(following) is None:
            # Long lines are folded by the sender's program.
            value = f"{value} {following}"
        return _address(value)
    return None


def _address(value: str) -> Address | None:
    found = _ADDRESS.search(value.replace("mailto:", ""))
    if found is None:
        return None
    name = " ".join(value.replace("mailto:", "")[: found.start()].split()).strip(_NAME_EDGES)
    return Address(name=strip_controls(name), address=strip_controls(found[0]))
