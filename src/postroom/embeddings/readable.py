"""Text as an embedder can read it: its beginning, without characters that no tokenizer expects."""

import unicodedata

# Models read 256 tokens; texts of one letter words need 512 characters for them, German compounds some 1,500.
MOST_CHARACTERS = 4_000


def readable(text: str, *, most_characters: int = MOST_CHARACTERS) -> str:
    """Return the first characters of `text` in compatibility form (NFKC), one space for each run of white space.

    Lone surrogates become question marks; control characters, NUL among them, become spaces; invisible marks inside
    words go. Normalising makes some characters longer (U+FDFA becomes 18), so the result is cut again: it never has
    more than `most_characters`.
    """
    begun = text[:most_characters]
    if not begun.isascii():
        begun = unicodedata.normalize("NFKC", begun.encode("utf-8", "replace").decode("utf-8"))
    plain = begun if begun.isprintable() else "".join(map(_plain, begun))
    return " ".join(plain.split())[:most_characters]


def _plain(letter: str) -> str:
    if letter.isprintable():
        return letter
    # Soft hyphens and joiners stand inside words, control characters and separators between them.
    return "" if unicodedata.category(letter) == "Cf" else " "
