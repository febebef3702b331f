"""How often the language of a text is recognised."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from postroom.knowledge.spoken_language import SpokenLanguage

# Other names of the same language: macro-languages, older codes, codes of three letters.
_SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "eng": "en", "deu": "de", "ger": "de", "fra": "fr"}
_SAME |= {"fre": "fr", "spa": "es", "ita": "it", "nld": "nl", "dut": "nl", "por": "pt", "pol": "pl", "swe": "sv"}
_SAME |= {"dan": "da", "nor": "no", "fin": "fi", "ces": "cs", "cze": "cs", "hun": "hu", "ron": "ro", "rum": "ro"}
_SAME |= {"tur": "tr"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledLanguage:
    """A text and the language it is written in."""

    text: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageFound:
    """The share (0..1) of texts whose language is right, together and in each language, and the time for a text."""

    accuracy: float
    per_language: dict[str, float]
    ms_per_text: float
    n_test: int


def language_code(written: str) -> str:
    """Return a language code without region, in small letters: `de` for `de-AT`, `DE`, `de_DE` and `deu`."""
    code = written.strip().casefold().replace("_", "-").partition("-")[0]
    return _SAME.get(code, code)


def evaluate_language(
    spoken: SpokenLanguage, texts: Sequence[LabelledLanguage], *, done: Callable[[int], None]
) -> LanguageFound:
    """Return how often `spoken` is right about `texts`; `done` is told how many are behind it."""
    right: Counter[str] = Counter()
    of: Counter[str] = Counter()
    seconds = 0.0
    for at, labelled in enumerate(texts):
        wanted = language_code(labelled.language)
        begun = time.perf_counter()
        found = spoken.identify(labelled.text)
        seconds += time.perf_counter() - begun
        of[wanted] += 1
        right[wanted] += language_code(found.name) == wanted
        done(at + 1)
    return LanguageFound(
        accuracy=round(right.total() / of.total(), 4),
        per_language={language: round(right[language] / of[language], 4) for language in sorted(of)},
        ms_per_text=round(1000 * seconds / len(texts), 3),
        n_test=len(texts),
    )
