"""Whether lines are an attribution ("On Monday, Jane <jane@example.org> wrote:") or an Outlook header block."""

import re

from postroom.mime import quotation_words as words

MAX_LINES = 4
MAX_BLOCK_LINES = 14
MAX_LINE_CHARS = 400

_TIME = re.compile(r"\b[0-9]{1,2}\s?[:.h]\s?[0-9]{2}\b|[0-9]{1,2}[点點時时]|\b[0-9]{1,2} ?[ap]\.?m\b")
_DATE = re.compile(r"\b(?:19|20)[0-9]{2}\b|(?:19|20)[0-9]{2}\s?年|\b[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{2,4}\b")
_DAY = re.compile(
    r"(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|mié|jeu|jue|ven|vie|sam|sáb|dim|dom|seg|ter|qua|qui|"
    r"sex|gio|mer|ma|wo|vr|za|zo|pon|wt|śr|czw|pt|sob|niedz|пн|вт|ср|чт|пт|сб|вс)[a-zé.]{0,8}(?:-feira)?[.,]?\s",
)
_ADDRESS = re.compile(r"[^\s@<>]@[^\s@<>]")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_KEY_END = re.compile(r"[:：]")


def attribution_length(lines: list[str], index: int) -> int:
    """Return how many lines from `index` on are one attribution, 0 when they are none.

    Without quote marks below it, an attribution must show an address, or a date and a time, and no pronoun: prose such
    as "On Monday I wrote:" is not one. Looks at no more than `MAX_LINES` lines of bounded length.
    """
    first = lines[index].strip(" \t*-_\u00a0")[:MAX_LINE_CHARS].lower()
    if not first:
        return 0
    opened = _is_opened(first)
    text = ""
    for length in range(1, MAX_LINES + 1):
        if index + length > len(lines):
            break
        line = lines[index + length - 1].strip(" \t*-_\u00a0")[:MAX_LINE_CHARS]
        if not line or is_marked(line):
            break
        if length > 1 and not opened and (length > 2 or not _ADDRESS.search(first) or _is_opened(line.lower())):
            break
        text = f"{text} {line}" if text else line
        marked = _is_followed_by_marks(lines, index + length)
        if _is_attribution(text.lower(), opened=opened, marked=marked):
            return length
    return 0


def is_marked(line: str) -> bool:
    """Whether `line` carries a quote mark (RFC 3676 section 4.5)."""
    return line.lstrip(" \t\u00a0")[:1] in {">", "＞"}


def header_block_starts(lines: list[str], index: int) -> bool:
    """Whether a block such as From, Sent, To, Subject begins at `index`, in any of the languages."""
    first = header_role(lines[index])
    if first not in {"from", "sent"}:
        return False
    roles = {first}
    others = 0
    for line in lines[index + 1 : index + MAX_BLOCK_LINES]:
        if not line.strip():
            continue
        role = header_role(line)
        if role is None:
            others += 1
            if others > 4 or (others > 1 and len(roles) < 2):
                break
            continue
        if role in roles and role == "from":
            break
        roles.add(role)
        if "from" in roles and len(roles) >= 3 and roles & {"to", "subject"}:
            return True
    return False


def header_role(line: str) -> str | None:
    """Return what the header line stands for (`from`, `sent`, `to`, `cc`, `subject`), or None."""
    text = line[:60].strip(" \t*_|>\u00a0")
    found = _KEY_END.search(text)
    if found is None:
        return None
    return words.HEADER_ROLES.get(text[: found.start()].strip(" *_\u00a0").lower())


def _is_opened(first: str) -> bool:
    return (
        first[0].isdigit()
        or first.split(" ", 1)[0].rstrip(",.") in words.OPENERS
        or first[0] in "在于於"
        or _DAY.match(first) is not None
    )


def _is_followed_by_marks(lines: list[str], index: int) -> bool:
    for line in lines[index : index + 3]:
        if line.strip():
            return is_marked(line)
    return False


def _is_attribution(text: str, *, opened: bool, marked: bool) -> bool:
    ended = text[-1:] in {":", "："}
    bare = text.rstrip(":： \u00a0")
    address = _ADDRESS.search(text) is not None
    date = _DATE.search(text) is not None
    if not ended and not (marked and date and address and text.endswith((">", ")"))):
        return False
    verb = _verb_position(bare)
    if verb < 0:
        return opened and date and address and text.rstrip(":： ").endswith((">", ")"))
    found = _WORD.findall(bare)
    spoken = _WORD.findall(bare[:verb])[-1:] + _WORD.findall(bare[verb:])[1:2]
    own = any(word in words.PRONOUNS for word in spoken) or any(word in words.POSSESSIVES for word in found)
    timed = date and _TIME.search(text) is not None
    if marked:
        return timed or address or (opened and not own) or (date and not own)
    return not own and (address or timed) and (opened or address or len(text) <= 120)


def _verb_position(bare: str) -> int:
    """Return where the verb of writing stands in `bare`, -1 when there is none at a place where one belongs."""
    for verb in words.VERBS:
        if bare.endswith(verb):
            return len(bare) - len(verb)
    for verb in words.INNER_VERBS:
        position = bare.rfind(verb)
        if position >= 0:
            return position + 1
    return -1
