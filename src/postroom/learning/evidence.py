"""What the members of an ensemble say of some texts: raw scores, one row for each text, one column for each label."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NEVER = -50.0
"""The raw score of a label that a member has never seen: below any other."""
LOWEST_LOG = -12.0  # A probability below 6e-6 says nothing more; one member must not veto a label.


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberVotes:
    """What each member says of `n` texts.

    `scores` has one array (texts x labels) for each member. `familiar` is the length of each text's TF-IDF vector, 0
    where every word is new; `characters` is how long each text is. `similarity` is how close the nearest training text
    of each label is (texts x labels, cosine), None without an embedding.
    """

    scores: tuple[Floats, ...]
    familiar: Floats
    characters: Floats
    similarity: Floats | None

    def rows(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> "MemberVotes":
        """Return the evidence of the `chosen` texts (places or a mask)."""
        return MemberVotes(
            scores=tuple(score[chosen] for score in self.scores),
            familiar=self.familiar[chosen],
            characters=self.characters[chosen],
            similarity=None if self.similarity is None else self.similarity[chosen],
        )


def joined(parts: Sequence[MemberVotes]) -> MemberVotes:
    """Return the evidence of all `parts` (at least one), in their order."""
    similar = [part.similarity for part in parts if part.similarity is not None]
    return MemberVotes(
        scores=tuple(np.concatenate(scores) for scores in zip(*(part.scores for part in parts), strict=True)),
        familiar=np.concatenate([part.familiar for part in parts]),
        characters=np.concatenate([part.characters for part in parts]),
        similarity=np.concatenate(similar) if len(similar) == len(parts) else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """How the members' scores become one probability: each is divided by its temperature, then weighted.

    The weights need not sum to 1: their sum is the temperature of the whole.
    """

    temperatures: tuple[float, ...]
    weights: tuple[float, ...]

    def opinions(self, evidence: MemberVotes) -> tuple[Floats, ...]:
        """Return the log-probabilities of each member by itself (texts x labels)."""
        return tuple(
            np.maximum(log_softmax(scores / temperature), LOWEST_LOG)
            for scores, temperature in zip(evidence.scores, self.temperatures, strict=True)
        )

    def blend(self, opinions: Sequence[Floats]) -> Floats:
        """Return the log-probabilities of all members together (texts x labels)."""
        total = np.zeros_like(opinions[0])
        for weight, opinion in zip(self.weights, opinions, strict=True):
            total += weight * opinion
        return log_softmax(total)


def log_softmax(scores: Floats) -> Floats:
    """Return the logarithm of the softmax of each row."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    result: Floats = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return result
