"""Where the signature of a mail begins: after `-- `, at a phone's own line, or at a closing above a name."""

from postroom.mime import quotation_words as words

MAX_SIGNATURE_LINES = 14
MAX_DASHED_LINES = 40
MAX_LINE_CHARS = 70
MAX_NAME_WORDS = 4
_PARTICLES = {
    "von", "van", "der", "den", "de", "da", "del", "della", "di", "du", "la", "le", "el", "y",
    "e", "und", "and", "i", "zu", "zur", "ter", "ten", "dos", "das", "bin", "al",
}  # fmt: skip
_POSTSCRIPT = ("ps", "p.s", "p. s", "n.b", "nb:", "nb ")
_PUNCTUATION = " \t,.!;:~-–—*_。！，、"


def signature_start(lines: list[str]) -> int | None:
    """Return the number of the first line of the signature at the end of `lines`, or None when there is none.

    A signature never covers everything: at least one line before it must hold words, unless `-- ` says so.
    """
    filled = [index for index, line in enumerate(lines) if line.strip()]
    if not filled:
        return None
    dashed = _dashed(lines, filled)
    end = len(filled) if dashed is None else sum(1 for index in filled if index < dashed)
    above = _signed(lines, filled[:end])
    if above is None and dashed is None:
        return _contact_block(lines, filled)
    return dashed if above is None else above


def _dashed(lines: list[str], filled: list[int]) -> int | None:
    """Find the separator of RFC 3676 section 4.3; many programs lose its blank."""
    for index in filled[-MAX_DASHED_LINES:]:
        line = lines[index]
        after = sum(1 for other in filled if other > index) if line.rstrip() in {"--", "—"} else 0
        if line == "-- " or 0 < after <= MAX_SIGNATURE_LINES:
            return index
    return None


def _signed(lines: list[str], filled: list[int]) -> int | None:
    tail = filled[-MAX_SIGNATURE_LINES:]
    for position, index in enumerate(tail):
        if index == filled[0]:
            continue
        below = [lines[other].strip() for other in tail[position + 1 :]]
        if _is_mobile(lines[index]) and len(below) <= 3 and all(len(line) <= MAX_LINE_CHARS for line in below):
            return index
        if _is_closing(lines[index]) and _is_name_block(below):
            return index
        if not below and _is_closing_with_name(lines[index]):
            return index
    return None


def _contact_block(lines: list[str], filled: list[int]) -> int | None:
    """Find a last paragraph that is a name with a mail or web address below it, and no answer to a colon above it."""
    start = filled[-1]
    while start and lines[start - 1].strip() and filled[-1] - start < MAX_SIGNATURE_LINES:
        start -= 1
    below = [lines[index].strip() for index in range(start + 1, filled[-1] + 1)]
    above = [index for index in filled if index < start]
    if not above or not below or lines[above[-1]].rstrip().endswith((":", "：")):
        return None
    reachable = any(len(line.split()) <= 3 and ("@" in line or "www." in line or "://" in line) for line in below)
    shaped = _is_name(lines[start]) and len(lines[start].split()) > 1 and all(_is_detail(line) for line in below)
    return start if reachable and shaped else None


def _is_mobile(line: str) -> bool:
    text = line.strip(_PUNCTUATION).lower()
    if not 0 < len(text) <= 120:
        return False
    named = any(device in text for device in words.MOBILE_DEVICES)
    return named and (text.startswith(words.MOBILE_STARTS) or text.endswith(words.MOBILE_ENDS))


def _is_closing(line: str) -> bool:
    return len(line) <= MAX_LINE_CHARS and line.strip(_PUNCTUATION).lower() in words.CLOSINGS


def _is_closing_with_name(line: str) -> bool:
    closing, comma, name = line[: MAX_LINE_CHARS + 1].partition(",")
    return bool(comma) and len(line) <= MAX_LINE_CHARS and _is_closing(closing) and _is_name(name)


def _is_name_block(below: list[str]) -> bool:
    """Whether the lines below a closing are a name and what belongs to it, and no further words to the reader."""
    while below and _is_closing(below[0]):
        below = below[1:]
    if not below or not (_is_name(below[0]) or (len(below) == 1 and _is_nickname(below[0]))):
        return False
    return all(_is_detail(line) for line in below[1:])


def _is_name(line: str) -> bool:
    name = line.strip(_PUNCTUATION)
    parts = name.split()
    if not 0 < len(parts) <= MAX_NAME_WORDS or len(name) > 40 or line.rstrip().endswith(("?", "!", ":", "。")):
        return False
    if any(character.isdigit() for character in name):
        return False
    return all(not part[0].islower() or part.lower() in _PARTICLES for part in parts)


def _is_nickname(line: str) -> bool:
    name = line.strip(_PUNCTUATION)
    return name.isalpha() and len(name) <= 15 and not line.rstrip().endswith(("?", "!"))


def _is_detail(line: str) -> bool:
    if len(line) > MAX_LINE_CHARS or line.lower().startswith(_POSTSCRIPT) or line.endswith("?"):
        return False
    return not (line.endswith((".", "!")) and len(line.split()) > MAX_NAME_WORDS) and len(line.split()) <= 10
