"""A mail's text, split into the sender's own words, the quoted history and the signature, in linear time."""

from dataclasses import dataclass

from postroom.mime import quotation_words as words
from postroom.mime.attribution import attribution_length, header_block_starts, is_marked
from postroom.mime.signature import signature_start

_RULE = frozenset("_-=—–*")
_RULE_CHARS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """The three parts of a text; together they hold every line that is not blank."""

    new_text: str
    quoted_text: str
    signature: str | None


def split_quotation(text: str) -> Quotation:
    """Return the sender's own words, the quoted history and the signature of `text`.

    Keeps everything when no quotation is recognised, and when nothing of the sender's own would be left of a forwarded
    mail: losing words is worse than keeping too many. Words between quoted lines are the sender's own.
    """
    lines = text.split("\n")
    quoted, attributed = _quoted_lines(lines)
    own = [index for index in range(len(lines)) if index not in quoted and lines[index].strip()]
    if not own and quoted and not attributed:
        own = [index for index in range(len(lines)) if lines[index].strip()]
        quoted = set()
    signed = _signature_lines(lines, quoted)
    new = [line for index, line in enumerate(lines) if index not in quoted and index not in signed]
    signature = "\n".join(lines[index] for index in sorted(signed)).strip()
    return Quotation(
        new_text=_trimmed(new),
        quoted_text=_trimmed([lines[index] for index in sorted(quoted)]),
        signature=signature or None,
    )


def is_original_message(line: str) -> bool:
    """Whether `line` is what programs draw above a mail they repeat, such as `-----Original Message-----`."""
    if len(line) > 200:
        return False
    stripped = line.strip()
    bare = stripped.strip("-_=*–— \t:：>").lower()
    if bare not in words.ORIGINAL:
        return False
    return stripped[:2].strip("-_=*–—") == "" or stripped.endswith((":", "："))


def _quoted_lines(lines: list[str]) -> tuple[set[int], bool]:
    """Return the numbers of the quoted lines, and whether marked lines under an attribution are among them."""
    quoted: set[int] = set()
    attributed = False
    own = False
    index = 0
    while index < len(lines):
        line = lines[index]
        if not line.strip():
            if index and index - 1 in quoted:
                quoted.add(index)
            index += 1
            continue
        if is_marked(line) and not _is_escaped_from(lines, index):
            quoted.add(index)
            index += 1
            continue
        if _history_starts(lines, index):
            # A forwarded mail without a word of its own: what is forwarded is what the sender says.
            return (
                (quoted | set(range(_with_rule(lines, index), len(lines))), attributed) if own else (quoted, attributed)
            )
        length = attribution_length(lines, index)
        if length:
            marked = _is_marked_below(lines, index + length)
            if not marked:
                return (quoted | set(range(index, len(lines))), attributed) if own else (quoted, attributed)
            attributed = True
            quoted.update(range(index, index + length))
            index += length
            continue
        own = own or not _is_rule(line)
        index += 1
    return quoted, attributed


def _history_starts(lines: list[str], index: int) -> bool:
    return is_original_message(lines[index]) or header_block_starts(lines, index)


def _with_rule(lines: list[str], index: int) -> int:
    """Return where the history begins, a rule drawn above it included."""
    above = index - 1
    while above >= max(0, index - 3) and not lines[above].strip():
        above -= 1
    return above if above >= 0 and _is_rule(lines[above]) else index


def _is_rule(line: str) -> bool:
    bare = line[:500].strip()
    return len(bare) >= _RULE_CHARS and set(bare) <= _RULE


def _is_marked_below(lines: list[str], index: int) -> bool:
    return next((is_marked(line) for line in lines[index : index + 3] if line.strip()), False)


def _is_escaped_from(lines: list[str], index: int) -> bool:
    """Whether a lone `>From` is the sender's own line, escaped by an mbox."""
    if not lines[index].startswith(">From "):
        return False
    neighbours = lines[max(0, index - 1) : index] + lines[index + 1 : index + 2]
    return not any(is_marked(line) for line in neighbours)


def _signature_lines(lines: list[str], quoted: set[int]) -> set[int]:
    """Return the numbers of the lines of the signature: it ends the last stretch of the sender's own lines."""
    end = len(lines)
    while end and (end - 1 in quoted or not lines[end - 1].strip()):
        end -= 1
    start = end
    while start and start - 1 not in quoted:
        start -= 1
    found = signature_start(lines[start:end])
    return set() if found is None else set(range(start + found, end))


def _trimmed(lines: list[str]) -> str:
    first, last = 0, len(lines)
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    return "\n".join(line.rstrip() for line in lines[first:last])
