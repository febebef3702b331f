"""A trained ensemble: words, the meaning of the whole text, and the nearest known texts, run as a cascade.

Words cost a millisecond. The rest needs an embedding and is asked only where words alone are not sure.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from postroom.learning.evidence import Floats, MemberVotes, Mix
from postroom.learning.linear_model import LinearModel, WordScores
from postroom.learning.rejector import Rejector, signals
from postroom.model.classification import Label

Vectors = NDArray[np.float32]
_Number = TypeVar("_Number", bound=np.generic)
CATEGORY = "category"


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """The vectors of one embedder, by its name; `mean` is what all training texts have in common."""

    embedder: str
    mean: Vectors

    def place(self, vectors: Vectors) -> Vectors:
        """Return `vectors` (texts x dimensions) seen from the mean, of length 1."""
        moved = vectors - self.mean
        placed: Vectors = moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
        return placed


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """The labels of the known texts for one head: `order` sorts the texts by label, `starts` begins each label.

    `columns` are the labels that have texts; a text whose label is not known is in no place of `order`.
    """

    order: NDArray[np.int64]
    starts: NDArray[np.int64]
    columns: NDArray[np.int64]

    def nearest(self, similarity: Vectors, width: int) -> Floats:
        """Return the highest of `similarity` (asked x known texts) for each of `width` labels; -1 for no text."""
        found = np.full((len(similarity), width), -1.0)
        if len(self.columns) == 0:
            return found
        found[:, self.columns] = np.maximum.reduceat(similarity[:, self.order], self.starts, axis=1)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class EnsembleHead:
    """One question: its `labels`, the weights in each space, where its known texts lie, and how all is mixed.

    `weights` (dimensions x labels) and `intercepts` have one entry for each space.
    """

    name: str
    labels: tuple[str, ...]
    weights: tuple[Vectors, ...]
    intercepts: tuple[Vectors, ...]
    nearness: Nearness | None
    mix: Mix


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLook:
    """What words alone decide: their mix, their own rejector, and from which certainty nothing else is asked."""

    mix: Mix
    rejector: Rejector
    sure_from: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was chosen for each text: `log_probabilities` (texts x labels), the `chosen` column and its `certainty`.

    `embedded` tells which texts needed more than words.
    """

    log_probabilities: Floats
    chosen: NDArray[np.int64]
    certainty: Floats
    embedded: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnsembleModel:
    """The whole model. `heads` begins with the category; `known` are the placed training texts (texts x dimensions).

    `words_count` tells whether words are a member, `outside` is the category of mail that belongs to none.
    """

    linear: LinearModel
    words_count: bool
    spaces: tuple[Space, ...]
    known: Vectors
    heads: tuple[EnsembleHead, ...]
    rejector: Rejector
    first_look: FirstLook | None
    outside: str | None

    def place(self, vectors: Sequence[Vectors]) -> tuple[Vectors, ...]:
        """Return the vectors of each embedder, one array for each space, as `evidence` wants them."""
        return tuple(space.place(array) for space, array in zip(self.spaces, vectors, strict=True))

    def words(self, texts: Sequence[str], head: EnsembleHead) -> MemberVotes:
        """Return what the words of `texts` say about `head`."""
        return self.words_of([self.linear.scores(text) for text in texts], texts, head)

    def words_of(self, looks: Sequence[WordScores], texts: Sequence[str], head: EnsembleHead) -> MemberVotes:
        """Return what `words` returns, from scores that were already computed."""
        start, end = self.linear.columns(head.name)
        scores = [look.scores[start:end] for look in looks]
        return MemberVotes(
            scores=(np.array(scores, dtype=np.float64).reshape(len(texts), end - start),),
            familiar=np.array([look.familiar for look in looks], dtype=np.float64),
            characters=np.array([len(text) for text in texts], dtype=np.float64),
            similarity=None,
        )

    def evidence(self, words: MemberVotes, placed: Sequence[Vectors], head: EnsembleHead) -> MemberVotes:
        """Return what all members say about `head`, from what the words say and the placed vectors."""
        scores = list(words.scores) if self.words_count else []
        for vectors, weights, intercepts in zip(placed, head.weights, head.intercepts, strict=True):
            scores.append((vectors @ weights + intercepts).astype(np.float64))
        similarity = None
        if head.nearness is not None and placed:
            close = np.hstack(placed) @ self.known.T / np.float32(len(placed))
            similarity = head.nearness.nearest(close, len(head.labels))
            scores.append(similarity)
        return MemberVotes(
            scores=tuple(scores), familiar=words.familiar, characters=words.characters, similarity=similarity
        )

    def choose(self, texts: Sequence[str], embed: Callable[[Sequence[str]], Sequence[Vectors]]) -> Choice:
        """Return the category of each text; `embed` gives the vectors of some of them, one array for each space."""
        return self.choose_by(self.words(texts, self.heads[0]), texts, embed)

    def choose_by(
        self, words: MemberVotes, texts: Sequence[str], embed: Callable[[Sequence[str]], Sequence[Vectors]]
    ) -> Choice:
        """Return what `choose` returns, from what the words say of the category."""
        wide = np.ones(len(texts), dtype=np.bool_)
        if self.first_look is None:
            return self._full(words, texts, embed, wide)
        cheap = self.decide(words, self.first_look.mix, self.first_look.rejector)
        wide = cheap.certainty < self.first_look.sure_from
        if not wide.any():
            return cheap
        full = self._full(words, texts, embed, wide)
        return Choice(
            log_probabilities=_patched(cheap.log_probabilities, wide, full.log_probabilities),
            chosen=_patched(cheap.chosen, wide, full.chosen),
            certainty=_patched(cheap.certainty, wide, full.certainty),
            embedded=wide,
        )

    def _full(
        self,
        words: MemberVotes,
        texts: Sequence[str],
        embed: Callable[[Sequence[str]], Sequence[Vectors]],
        wide: NDArray[np.bool_],
    ) -> Choice:
        chosen = [text for text, wanted in zip(texts, wide, strict=True) if wanted]
        placed = self.place(embed(chosen)) if self.spaces else ()
        evidence = self.evidence(words.rows(wide), placed, self.heads[0])
        return self.decide(evidence, self.heads[0].mix, self.rejector)

    def decide(self, evidence: MemberVotes, mix: Mix, rejector: Rejector) -> Choice:
        """Return the most probable category of each text that is not outside, and how sure it is."""
        labels = self.heads[0].labels
        outside = labels.index(self.outside) if self.outside in labels else None
        opinions = mix.opinions(evidence)
        blend = mix.blend(opinions)
        chosen = best(blend, outside)
        certainty = rejector.certainty(signals(evidence, opinions, blend, chosen=chosen, outside=outside))
        return Choice(
            log_probabilities=blend,
            chosen=chosen,
            certainty=certainty,
            embedded=np.full(len(chosen), len(evidence.scores) > 1),
        )


def nearness_of(wanted: NDArray[np.int64]) -> Nearness:
    """Return where the known texts lie, from the column of each one's label (-1: not known)."""
    order = np.argsort(wanted, kind="stable")[int((wanted < 0).sum()) :]
    columns, starts = np.unique(wanted[order], return_index=True)
    return Nearness(order=order, starts=starts, columns=columns)


def best(blend: Floats, outside: int | None) -> NDArray[np.int64]:
    """Return the column of the most probable label of each row that is not `outside`."""
    shown = blend.copy()
    if outside is not None:
        shown[:, outside] = -np.inf
    columns: NDArray[np.int64] = shown.argmax(axis=1)
    return columns


def top_label(labels: Sequence[str], log_probabilities: Floats) -> Label:
    """Return the most probable of `labels`, from their log-probabilities."""
    place = int(log_probabilities.argmax())
    return Label(name=labels[place], probability=float(min(1.0, np.exp(log_probabilities[place]))))


def _patched(whole: NDArray[_Number], where: NDArray[np.bool_], part: NDArray[_Number]) -> NDArray[_Number]:
    made = whole.copy()
    made[where] = part
    return made
