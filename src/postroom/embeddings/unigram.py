"""Text as the numbers of SentencePiece pieces, by the unigram language model (Kudo 2018, arXiv:1804.10959).

The tokenizers library does the same and takes 300 MB for this vocabulary of 250,000 pieces; this takes 60.
"""

import math
import re

from postroom.embeddings.e5_file import Vocabulary

SPACE = "\u2581"  # SentencePiece's mark for a space.
_UNKNOWN_PENALTY = 10.0  # As in SentencePiece: an unknown character is less probable than any piece by e^-10.
_SPACES = re.compile(" +")


class Unigram:
    """Splits text into its most probable pieces."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Prepare `vocabulary` for use."""
        self._vocabulary = vocabulary
        self._numbers = {piece: number for number, piece in enumerate(vocabulary.pieces) if piece}
        self._scores = vocabulary.scores.tolist()
        self._longest = max(map(len, self._numbers))
        self._unknown_score = min(self._scores) - _UNKNOWN_PENALTY

    def numbers(self, text: str, *, most: int) -> list[int]:
        """Return the pieces of `text` between those of its begin and its end; at most `most` with them."""
        plain = _SPACES.sub(" ", text.translate(self._vocabulary.characters)).replace(" ", SPACE)
        found = self._best(plain if plain.startswith(SPACE) else SPACE + plain)
        return [self._vocabulary.begin, *found[: most - 2], self._vocabulary.end]

    def _best(self, text: str) -> list[int]:
        """Return the pieces of the most probable way to write `text`: the path of Viterbi through all ways."""
        scores = [0.0] + [-math.inf] * len(text)
        pieces, starts = [0] * (len(text) + 1), [0] * (len(text) + 1)
        unknown = self._vocabulary.unknown
        for start in range(len(text)):
            reached = scores[start]
            if reached + self._unknown_score > scores[start + 1]:
                scores[start + 1], pieces[start + 1], starts[start + 1] = reached + self._unknown_score, unknown, start
            for end in range(start + 1, min(start + self._longest, len(text)) + 1):
                number = self._numbers.get(text[start:end], unknown)
                if number != unknown and reached + self._scores[number] > scores[end]:
                    scores[end], pieces[end], starts[end] = reached + self._scores[number], number, start
        found: list[int] = []
        end = len(text)
        while end > 0:
            found.append(pieces[end])
            end = starts[end]
        return found[::-1]
