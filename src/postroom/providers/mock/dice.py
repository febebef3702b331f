"""Chance that falls the same way on every machine and for every version of Python."""

import random
from collections.abc import Sequence
from typing import TypeVar

Face = TypeVar("Face")


class Dice:
    """Draws from a key alone.

    Only `Random.random` is used, because its sequence is the one that the standard library promises to keep.
    """

    __slots__ = ("_random",)

    def __init__(self, key: str) -> None:
        self._random = random.Random(key).random

    def chance(self, probability: float) -> bool:
        """Return true with `probability` (0..1)."""
        return self._random() < probability

    def between(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return low + int(self._random() * (high - low + 1))

    def pick(self, faces: Sequence[Face]) -> Face:
        """Return one of `faces`, all equally likely."""
        return faces[int(self._random() * len(faces))]

    def weighted(self, faces: Sequence[tuple[Face, float]]) -> Face:
        """Return one of `faces`, each as likely as its weight; the weights sum to 1."""
        point = self._random()
        for face, weight in faces:
            point -= weight
            if point < 0:
                return face
        return faces[-1][0]

    def digits(self, count: int) -> str:
        """Return `count` decimal digits, the first of them not 0."""
        low = int(10 ** (count - 1))
        return str(self.between(low, low * 10 - 1))
