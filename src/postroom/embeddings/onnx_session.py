"""How ONNX Runtime is opened: on one core, without a memory arena, and silent about what it optimises."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_ERRORS_ONLY = 3  # Of ONNX Runtime's severities: warnings about graph optimisation say nothing to an operator.


def open_session(model: Path | bytes) -> "InferenceSession":
    """Return a session of `model`, a file or its content; it works on the thread that calls it.

    What ONNX Runtime raises for a model that it cannot run has no common class.
    """
    # A third of a second and 40 MB that no command needs before it embeds something.
    import onnxruntime  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    # Measured on two shared cores: two threads spin and are slower; the arena keeps the largest batch for ever.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = _ERRORS_ONLY
    given = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(given, options, providers=["CPUExecutionProvider"])
