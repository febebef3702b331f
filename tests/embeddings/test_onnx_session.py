from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper

from postroom.embeddings.onnx_session import open_session


@pytest.fixture
def doubling() -> bytes:
    numbers = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["count"]) for name in ("given", "doubled")]
    node = helper.make_node("Add", ["given", "given"], ["doubled"])
    graph = helper.make_graph([node], "doubling", numbers[:1], numbers[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    content: bytes = model.SerializeToString()
    return content


def test_a_model_is_opened_from_a_file_and_from_its_content(doubling: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(doubling)
    given = np.array([1.0, -2.5], dtype=np.float32)
    for model in (doubling, path):
        assert open_session(model).run(None, {"given": given})[0].tolist() == [2.0, -5.0]


def test_a_session_works_on_the_thread_that_calls_it(doubling: bytes) -> None:
    options = open_session(doubling).get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)
    assert not options.enable_cpu_mem_arena
