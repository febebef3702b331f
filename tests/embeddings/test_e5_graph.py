"""The graph against the same layers written out in NumPy, with weights that 8 bits can hold."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import erf, softmax

from postroom.embeddings.e5_file import Blocks, E5File, Floats, Vocabulary
from postroom.embeddings.e5_graph import ROWS, TOKENS, e5_graph
from postroom.embeddings.onnx_session import open_session

WIDTH, HEADS, LAYERS, LENGTH = 128, 4, 2, 7
SHAPES = {"q": (WIDTH, WIDTH), "k": (WIDTH, WIDTH), "v": (WIDTH, WIDTH), "ao": (WIDTH, WIDTH)} | {
    "fi": (4 * WIDTH, WIDTH),
    "fo": (WIDTH, 4 * WIDTH),
}


@pytest.fixture(scope="module")
def model() -> E5File:
    chance = np.random.default_rng(7)

    def blocks(outputs: int, inputs: int) -> Blocks:
        scales = np.full((outputs, inputs // 32, 1), 0.02, dtype=np.float16).view(np.uint8)
        nibbles = chance.integers(0, 256, (outputs, inputs // 32, 16), dtype=np.uint8)
        return Blocks(packed=np.concatenate([scales, nibbles], axis=-1))

    def around(middle: float, count: int) -> Floats:
        return chance.normal(middle, 0.1, count).astype(np.float32)

    packed: dict[str, Blocks] = {}
    dense = {"emb.ln.w": around(1, WIDTH), "emb.ln.b": around(0, WIDTH)}
    for layer in range(LAYERS):
        for name, (outputs, inputs) in SHAPES.items():
            packed[f"l{layer}.{name}.w"] = blocks(outputs, inputs)
            dense[f"l{layer}.{name}.b"] = around(0, outputs)
        for name in ("aln", "oln"):
            dense |= {f"l{layer}.{name}.w": around(1, WIDTH), f"l{layer}.{name}.b": around(0, WIDTH)}
    nothing = Vocabulary(pieces=(), scores=np.zeros(0, np.float32), begin=0, end=0, unknown=0, characters={})
    return E5File(
        width=WIDTH, layers=LAYERS, heads=HEADS, epsilon=1e-12, vocabulary=nothing, dense=dense, packed=packed
    )


def written_out(model: E5File, rows: Floats) -> NDArray[np.float64]:
    def linear(given: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        product: NDArray[np.float64] = given @ model.packed[f"{name}.w"].rows(slice(None)).T + model.dense[f"{name}.b"]
        return product

    def normal(given: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        middle = (given - given.mean(-1, keepdims=True)) / given.std(-1, keepdims=True)
        scaled: NDArray[np.float64] = middle * model.dense[f"{name}.w"] + model.dense[f"{name}.b"]
        return scaled

    state = normal(rows.astype(np.float64), "emb.ln")
    for layer in range(LAYERS):
        q, k, v = (
            linear(state, f"l{layer}.{name}").reshape(LENGTH, HEADS, -1).transpose(1, 0, 2) for name in ("q", "k", "v")
        )
        shares = softmax(q @ k.transpose(0, 2, 1) / np.sqrt(WIDTH / HEADS), axis=-1)
        attended = (shares @ v).transpose(1, 0, 2).reshape(LENGTH, WIDTH)
        state = normal(state + linear(attended, f"l{layer}.ao"), f"l{layer}.aln")
        wide = linear(state, f"l{layer}.fi")
        wide = wide * 0.5 * (1 + erf(wide / np.sqrt(2)))
        state = normal(state + linear(wide, f"l{layer}.fo"), f"l{layer}.oln")
    return state


def test_the_graph_computes_the_layers_of_bert(model: E5File) -> None:
    rows = np.random.default_rng(8).normal(0, 1, (LENGTH, WIDTH)).astype(np.float32)
    found = open_session(e5_graph(model)).run([TOKENS], {ROWS: rows[None]})[0][0]
    wanted = written_out(model, rows)
    likeness = (found * wanted).sum(-1) / np.linalg.norm(found, axis=-1) / np.linalg.norm(wanted, axis=-1)
    assert found.shape == (LENGTH, WIDTH)
    assert likeness.min() > 0.999
