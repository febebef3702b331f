"""Text to index terms: folded, without stop words, lightly stemmed; the same text always gives the same terms."""

import re
import unicodedata
from functools import lru_cache

from postroom.knowledge.stop_words import STOP_WORDS

_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")
_SHORTEST_STEM = 3
_SHORTEST_FRAGMENTED = 6
_SHORTEST_FRAGMENT = 4

# Where a plural is the singular and an s, that goes first: "livraisons" must not end like "allons".
_PLURAL_S = frozenset({"en", "fr"})

# Longest first within a language; accents are already folded when these are cut.
_SUFFIXES_LISTED: dict[str, str] = {
    "en": "ations ation ings ment able ing ies ed es ly y e s",
    "de": "ungen ung lich test tet ten ern est em en er es et te e n s t",
    "fr": "ements ations ement ation aient ees ait ant ent ons ais ee er es ez e i s",
    "es": "aciones acion iendo iones ando ados adas idos idas ado ada ido ida ion ar er ir os as es a e o s",
    "it": "azioni azione mente ando endo ato ata ati ate ito ita iti are ere ire a e i o",
    "nl": "ingen heid ing ten den en de te je e s t d",
}
_SUFFIXES = {language: tuple(listed.split()) for language, listed in _SUFFIXES_LISTED.items()}


def words(text: str, language: str) -> tuple[str, ...]:
    """Return the stems of the meaningful words of `text`, in order, with repetitions.

    Numbers are left out: an order number says nothing about the question. An unknown `language` is folded, not stemmed.
    """
    stop = STOP_WORDS.get(language, frozenset())
    return tuple(stem(word, language) for word in folded_words(text, language) if word not in stop and len(word) > 1)


def folded_words(text: str, language: str) -> list[str]:
    """Return the words of `text` in small letters without accents; in German `ae`, `oe`, `ue` read as umlauts."""
    found = _WORD.findall(unaccented(text).casefold())
    if language == "de":
        return [word.replace("ae", "a").replace("oe", "o").replace("ue", "u") for word in found]
    return found


@lru_cache(maxsize=20_000)
def stem(word: str, language: str) -> str:
    """Return `word` (folded) without its ending, at least three letters long."""
    if language in _PLURAL_S and word.endswith("s") and not word.endswith("ss") and len(word) > _SHORTEST_STEM:
        word = word[:-1]
    for suffix in _SUFFIXES.get(language, ()):
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST_STEM:
            return word[: -len(suffix)]
    return word


@lru_cache(maxsize=20_000)
def fragments(word: str) -> tuple[str, ...]:
    """Return the runs of 4 and 5 letters of `word`, each once: they find compounds and misspellings.

    A word of 4 or 5 letters is its own only fragment, so that it is found inside a compound; shorter ones have none.
    """
    if len(word) < _SHORTEST_FRAGMENTED:
        return (word,) if len(word) >= _SHORTEST_FRAGMENT else ()
    runs = (word[start : start + size] for size in (4, 5) for start in range(len(word) - size + 1))
    return tuple(dict.fromkeys(runs))


def sentences(text: str) -> list[str]:
    """Return the sentences and lines of `text`, without empty ones."""
    return [part for part in (piece.strip() for piece in _SENTENCE_END.split(text)) if part]


def unaccented(text: str) -> str:
    """Return `text` with plain letters in place of accented ones."""
    if text.isascii():
        return text
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
