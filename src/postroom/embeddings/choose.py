"""From a setting to an embedder: `minilm`, `e5`, or the path of a folder; each is loaded once in a process."""

from pathlib import Path
from threading import Lock

from postroom.embeddings.memory import RememberingEmbedder
from postroom.embeddings.onnx_folder import open_folder
from postroom.embeddings.packaged import packaged_embedder
from postroom.errors import ConfigurationError
from postroom.interfaces.embedder import Embedder

_LOADED: dict[str, RememberingEmbedder] = {}
_LOADING = Lock()


def chosen_embedder(setting: str) -> RememberingEmbedder:
    """Return the embedder that `setting` names; the same one for the same setting, so that vectors are shared.

    The first call loads it: half a second, 60 to 150 MB.

    Raises:
        ConfigurationError: nothing is known by that name, or the model is missing or damaged.
    """
    with _LOADING:
        found = _LOADED.get(setting)
        if found is None:
            found = _LOADED[setting] = RememberingEmbedder(_load(setting))
        return found


def _load(setting: str) -> Embedder:
    match setting:
        case "minilm" | "e5":
            return packaged_embedder(setting)
        case _:
            return open_folder(_folder(setting))


def _folder(setting: str) -> Path:
    folder = Path(setting).expanduser()
    if not setting or not folder.is_dir():
        raise ConfigurationError(
            f"There is no embedding model {setting!r}.",
            hint="Use 'minilm', 'e5', or the path of a folder with model.onnx and tokenizer.json.",
        )
    return folder
