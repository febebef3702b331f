"""Whether words address the machine that may read a mail, instead of the shop: "ignore your instructions".

Nothing depends on it. The text of a mail chooses among labels and approved articles and can do nothing else, however it
is worded; this is defence in depth (OWASP LLM01), so that a person sees who tries. It knows usual turns of speech in
six languages, not every one: to be found is a reason for care, not to be found proves nothing.
"""

import re
import unicodedata

from postroom.mime.machine_words import SPEECHES, Speech

MAX_CHARS = 50_000

_WORD = re.compile(r"[^\W_]+")
# Marks with which chat models tell who is speaking; no customer writes them.
_ROLE_MARKS = re.compile(
    r"<\|[a-z_]{2,30}\|>|\[/?INST\]|<</?SYS>>|^[#<\[{* ]{1,6}(?:system|assistant)(?: prompt| message)?[\]>}:*]",
    re.IGNORECASE | re.MULTILINE,
)
# Customers correct their own instructions ("ignore my last message about the courier").
_NOT_MINE = r"(?!(?:my|mein\w*|mes|mon|mis?|mi[ao]|mie|miei|mijn) )"


def addresses_machine(text: str) -> bool:
    """Return whether `text` speaks to a machine; its first 50,000 characters are read, in time linear in them.

    Accents, capitals, punctuation and characters without width make no difference.
    """
    text = text[:MAX_CHARS]
    return _ROLE_MARKS.search(text) is not None or _PATTERN.search(_folded(text)) is not None


def _folded(text: str) -> str:
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in plain if unicodedata.category(letter) not in {"Mn", "Cf"})
    return " ".join(_WORD.findall(text.casefold()))


def _any(*listed: str) -> str:
    words = [word.strip().replace("*", r"\w*") for words in listed for word in words.split("|")]
    return f"(?:{'|'.join(words)})"


def _turns(speech: Speech) -> tuple[str, ...]:
    """Return the turns of speech as patterns over folded words with one blank between them."""
    few, some = r"(?:\w+ ){0,3}", rf"(?:{_NOT_MINE}\w+ ){{0,4}}{_NOT_MINE}"
    machine = _any(speech.machine)
    either = _any(speech.machine, speech.reader)
    return (
        f"(?<!j ){_any(speech.dismiss)} {some}{_any(speech.orders)}",
        f"{_any(speech.forget)} {_any(speech.everything)} {some}{_any(speech.orders)}",
        f"{_any(speech.forget)} {_any(speech.orders)}",
        f"{_any(speech.orders)} {few}{_any(speech.dismiss_last)}",
        _any(speech.fixed),
        f"{_any(speech.note)} {_any(speech.to)} {machine}",
        f"{_any(speech.greet)} {machine}",
        rf"{_any(speech.if_you_are)} (?:\w{{1,4}} )?{machine}",
        f"{_any(speech.you_are)} {few}{machine}",
        f"{either} {few}{_any(speech.reads)} {_any(speech.this_mail)}",
    )


# One pattern for all languages: which one a mail is written in is not known here, and an attacker may mix them.
_PATTERN = re.compile(r"\b(?:" + "|".join(turn for speech in SPEECHES for turn in _turns(speech)) + r")\b")
