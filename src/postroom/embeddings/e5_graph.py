"""The encoder of multilingual-e5-small as an ONNX graph: twelve layers of BERT (Devlin et al. 2018) in 8 bits.

Its input `rows` (1 x tokens x width) are the sums of the embeddings of word, position and type; its output `tokens` has
the same shape. Inputs of a multiplication get the scale of the whole text, but those of the second one of the
feed-forward part, a few of which are very large: they get one scale for 128 neighbours.
"""

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from postroom.embeddings.e5_file import Blocks, E5File, Floats

ROWS, TOKENS = "rows", "tokens"
_OPERATORS = 20  # The first version of ONNX's operators with Gelu.
_FORMAT = 10  # Of the file; what that version of the operators needs.
_MICROSOFT = "com.microsoft"  # The operators that ONNX Runtime adds, of which two are used.
_MICROSOFTS = frozenset({"DynamicQuantizeMatMul", "MatMulNBits"})
_HIGHEST = 63
"""Of weights in 8 bits: two products of 7 and 8 bits fit into 16, where processors without VNNI add them. The 4-bit
weights lose nothing by it."""
_NEIGHBOURS = 128
_IN_8_BITS = 4  # `accuracy_level` of MatMulNBits: inputs are rounded to 8 bits.


def e5_graph(model: E5File) -> bytes:
    """Return the graph of `model` as ONNX Runtime reads it; 22 MB."""
    content: bytes = _Graph(model).built().SerializeToString()
    return content


class _Graph:
    """Grows by one node after the other; each method returns the name of what it computes."""

    def __init__(self, model: E5File) -> None:
        self._model = model
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []
        each_head = [0, 0, model.heads, model.width // model.heads]
        self._split = self._constant("each_head", np.array(each_head, dtype=np.int64))
        self._whole = self._constant("whole", np.array([0, 0, model.width], dtype=np.int64))
        scale = 1.0 / np.sqrt(model.width / model.heads)
        self._scale = self._constant("scale", np.array(scale, dtype=np.float32))

    def built(self) -> ModelProto:
        """Return the whole graph."""
        model = self._model
        state = self._normal(ROWS, "emb.ln")
        for layer in range(model.layers):
            state = self._layer(state, f"l{layer}")
        self._node("Identity", [state], TOKENS)
        shape: list[str | int | None] = [1, "length", model.width]
        graph = helper.make_graph(
            self._nodes,
            "e5",
            [helper.make_tensor_value_info(ROWS, TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info(TOKENS, TensorProto.FLOAT, shape)],
            self._constants,
        )
        versions = [helper.make_opsetid("", _OPERATORS), helper.make_opsetid(_MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=versions, ir_version=_FORMAT)

    def _layer(self, state: str, layer: str) -> str:
        attended = self._linear(self._attention(state, layer), f"{layer}.ao")
        state = self._normal(self._sum(state, attended), f"{layer}.aln")
        wide = self._linear(state, f"{layer}.fi")
        narrow = self._linear_of_outliers(self._node("Gelu", [wide], f"{wide}.gelu"), f"{layer}.fo")
        return self._normal(self._sum(state, narrow), f"{layer}.oln")

    def _attention(self, state: str, layer: str) -> str:
        asked, offered, taken = (
            self._node(
                "Transpose",
                [self._node("Reshape", [self._linear(state, f"{layer}.{name}"), self._split], f"{layer}.{name}.heads")],
                f"{layer}.{name}.turned",
                perm=order,
            )
            for name, order in (("q", [0, 2, 1, 3]), ("k", [0, 2, 3, 1]), ("v", [0, 2, 1, 3]))
        )
        likeness = self._node("MatMul", [asked, offered], f"{layer}.likeness")
        scaled = self._node("Mul", [likeness, self._scale], f"{layer}.scaled")
        shares = self._node("Softmax", [scaled], f"{layer}.shares", axis=-1)
        mixed = self._node("MatMul", [shares, taken], f"{layer}.mixed")
        turned = self._node("Transpose", [mixed], f"{layer}.together", perm=[0, 2, 1, 3])
        return self._node("Reshape", [turned, self._whole], f"{layer}.attended")

    def _linear(self, given: str, name: str) -> str:
        """Multiply by weights with one scale for each output, inputs with one scale for the whole text."""
        weights = _numbers(self._model.packed[f"{name}.w"])
        scales = np.maximum(np.abs(weights).max(axis=1), 1e-12) / _HIGHEST
        rounded = np.rint(weights / scales[:, None]).astype(np.int8)
        product = self._node(
            "DynamicQuantizeMatMul",
            [
                given,
                self._constant(f"{name}.weights", rounded.T),
                self._constant(f"{name}.scales", scales),
                self._constant(f"{name}.zero", np.zeros(len(scales), dtype=np.int8)),
            ],
            f"{name}.product",
        )
        return self._sum(product, self._constant(f"{name}.b", self._model.dense[f"{name}.b"]))

    def _linear_of_outliers(self, given: str, name: str) -> str:
        """Multiply by weights and inputs with one scale for 128 neighbours."""
        weights = _numbers(self._model.packed[f"{name}.w"])
        outputs, inputs = weights.shape
        blocks = weights.reshape(outputs, -1, _NEIGHBOURS)
        scales = np.maximum(np.abs(blocks).max(axis=2), 1e-12) / 127
        rounded = (np.rint(blocks / scales[..., None]) + 128).astype(np.uint8)
        product = self._node(
            "MatMulNBits",
            [given, self._constant(f"{name}.weights", rounded), self._constant(f"{name}.scales", scales.ravel())],
            f"{name}.product",
            K=inputs,
            N=outputs,
            bits=8,
            block_size=_NEIGHBOURS,
            accuracy_level=_IN_8_BITS,
        )
        return self._sum(product, self._constant(f"{name}.b", self._model.dense[f"{name}.b"]))

    def _normal(self, given: str, name: str) -> str:
        parts = [self._constant(f"{name}.{part}", self._model.dense[f"{name}.{part}"]) for part in ("w", "b")]
        return self._node("LayerNormalization", [given, *parts], f"{name}.normal", epsilon=self._model.epsilon, axis=-1)

    def _sum(self, one: str, other: str) -> str:
        return self._node("Add", [one, other], f"{one}+{other}")

    def _node(self, kind: str, given: list[str], made: str, **settings: int | float | list[int]) -> str:
        node = helper.make_node(kind, given, [made], domain=_MICROSOFT if kind in _MICROSOFTS else "")
        node.attribute.extend(helper.make_attribute(name, setting) for name, setting in settings.items())
        self._nodes.append(node)
        return made

    def _constant(self, name: str, content: NDArray[np.generic]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(content), name))
        return name


def _numbers(weights: Blocks) -> Floats:
    return weights.rows(slice(None))
