"""The words of a text as a search knows them: pure, and the same for what is stored and what is asked for.

A word is a run of letters and digits of any script with the marks between them; case, accents and width do not count.
The index gets words cut here, so that it depends on no tokenizer's idea of Unicode.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

from postroom.model.email import Address, Email, MailboxId

MOST_CHARACTERS = 50_000
"""Of a longer text only the beginning can be found."""

LONGEST_WORD = 100
"""Of a longer word the beginning counts, in a text and in a query."""

# No word of a text can begin with it: it is of private use, neither letter nor digit.
_MAILBOX_SIGN = "\ue000"
_ASCII_WORD = re.compile("[a-z0-9]+")
# Accents of Latin, Greek and Cyrillic, points of Hebrew, vowel signs of Arabic: they may be written or left out.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670]+")
# Letters whose stroke or missing dot Unicode does not take for an accent.
_STROKES = (("ø", "o"), ("ł", "l"), ("đ", "d"), ("ı", "i"))
_FIRST_MARK, _BEYOND_MARKS = 0x0300, 0x1F000


def words_of(text: str) -> list[str]:
    """Return the different words of a text, in the order of their first appearance."""
    folded = text.lower() if text.isascii() else _folded(text)
    # Most of what is written in Latin letters is ASCII by now.
    found = _ASCII_WORD.findall(folded) if folded.isascii() else _word().findall(folded)
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in dict.fromkeys(found)))


def email_words(email: Email) -> list[str]:
    """Return the words under which an e-mail is found: subject, people, names of attachments, text."""
    head = "\n".join(_head(email))
    return words_of(f"{head[:MOST_CHARACTERS]}\n{email.text[:MOST_CHARACTERS]}")


def note_words(text: str) -> list[str]:
    """Return the words under which a note is found."""
    return words_of(text[:MOST_CHARACTERS])


def mailbox_word(mailbox_id: MailboxId) -> str:
    """Return the word that every e-mail of a mailbox has and no text can hold."""
    return _MAILBOX_SIGN + mailbox_id.encode("utf-8", "surrogatepass").hex()


def _head(email: Email) -> Iterator[str]:
    yield email.subject
    sender = () if email.from_address is None else (email.from_address,)
    for people in (sender, email.to, email.cc, email.reply_to):
        yield from _names(people)
    for attachment in email.attachments:
        yield attachment.filename


def _names(people: Iterable[Address]) -> Iterator[str]:
    for one in people:
        yield one.name
        yield one.address


def _folded(text: str) -> str:
    """Return a text without case, accents and forms of width, put together again where that changes no letter."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text).casefold())
    for stroked, plain in _STROKES:
        bare = bare.replace(stroked, plain)
    return unicodedata.normalize("NFC", bare)


@cache
def _word() -> re.Pattern[str]:
    """Return what matches a word: letters and digits, and after one of them also marks, such as vowel signs."""
    every = map(chr, range(_FIRST_MARK, _BEYOND_MARKS))
    marks = "".join(sign for sign in every if unicodedata.category(sign).startswith("M"))
    return re.compile(rf"[^\W_]+(?:[{marks}]+[^\W_]*)*")
