"""An embedder out of a folder with model.onnx and tokenizer.json, run by ONNX Runtime on one core.

Sentence Transformers models exported to ONNX fit as they are. Three files of such a folder are obeyed where they exist:
`1_Pooling/config.json` (mean, or the first token), `sentence_bert_config.json` (`max_seq_length`, at most 256 here) and
`config_sentence_transformers.json` (`prompts` and `default_prompt_name`, as `query: ` for the E5 models).
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from postroom.embeddings.onnx_session import open_session
from postroom.embeddings.pinned_file import sha256
from postroom.embeddings.readable import readable
from postroom.errors import ConfigurationError

MOST_TOKENS = 256  # What all-MiniLM-L6-v2 was trained to read; a mail says what it wants before that.
_INPUTS = frozenset({"input_ids", "attention_mask", "token_type_ids"})

Run = Callable[[dict[str, NDArray[np.int64]]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnnxFiles:
    """Where a model is, what it is called (with its checksum) and how its vectors are made.

    `first_token_only` takes the vector of the first token instead of the mean of all; `prompt` goes before each text.
    """

    name: str
    model: Path
    tokenizer: Path
    first_token_only: bool = False
    most_tokens: int = MOST_TOKENS
    prompt: str = ""


class OnnxEmbedder:
    """Embeds one text at a time: int8 models scale their activations over a batch, so neighbours would change vectors.

    Safe to use from several threads; each call works on the calling thread alone.
    """

    def __init__(self, files: OnnxFiles) -> None:
        """Load the model.

        Raises:
            ConfigurationError: a file is missing, damaged, or no model of this kind.
        """
        self._files = files
        self._tokenizer = _tokenizer(files)
        self._run, self._inputs = _session(files)
        self._dimensions = len(self._vector(""))

    @property
    def name(self) -> str:
        """The model and the beginning of its checksum."""
        return self._files.name

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector of length 1 for each text; the first 4,000 characters and 256 tokens are read."""
        rows = np.empty((len(texts), self._dimensions), dtype=np.float32)
        for at, text in enumerate(texts):
            rows[at] = self._vector(text)
        return rows

    def _vector(self, text: str) -> NDArray[np.float32]:
        ids = np.array([self._tokenizer.encode(self._files.prompt + readable(text)).ids], dtype=np.int64)
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        found = self._run({name: given[name] for name in self._inputs})
        tokens = found[0]
        vector = tokens if tokens.ndim == 1 else tokens[0] if self._files.first_token_only else tokens.mean(axis=0)
        length = float(np.linalg.norm(vector))
        unit: NDArray[np.float32] = vector / np.float32(length) if length > 0 else np.eye(1, len(vector))[0]
        return unit.astype(np.float32)


def open_folder(folder: Path) -> OnnxEmbedder:
    """Return the embedder of `folder`, named after it and the SHA-256 of model and tokenizer.

    Raises:
        ConfigurationError: it does not hold a usable model.onnx and tokenizer.json.
    """
    model, tokenizer = folder / "model.onnx", folder / "tokenizer.json"
    for path in (model, tokenizer):
        if not path.is_file():
            raise ConfigurationError(
                f"The embedding model folder {str(folder)!r} has no {path.name}.",
                hint="Put model.onnx and tokenizer.json of a Sentence Transformers model there.",
            )
    apart = folder / "model.onnx_data"
    checksum = sha256([model, tokenizer, *([apart] if apart.is_file() else [])])
    pooling = _json(folder / "1_Pooling" / "config.json")
    most = _json(folder / "sentence_bert_config.json").get("max_seq_length")
    return OnnxEmbedder(
        OnnxFiles(
            name=f"{folder.resolve().name}@{checksum[:8]}",
            model=model,
            tokenizer=tokenizer,
            first_token_only=pooling.get("pooling_mode_cls_token") is True,
            most_tokens=min(most, MOST_TOKENS) if isinstance(most, int) and most > 0 else MOST_TOKENS,
            prompt=_prompt(_json(folder / "config_sentence_transformers.json")),
        )
    )


def _prompt(settings: dict[str, object]) -> str:
    prompts, name = settings.get("prompts"), settings.get("default_prompt_name")
    return str(prompts.get(name, "")) if isinstance(prompts, dict) and isinstance(name, str) else ""


def _json(path: Path) -> dict[str, object]:
    if not path.is_file():
        return {}
    try:
        read: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"{path} is not readable JSON.", hint="Copy it again from the model, or remove it."
        ) from error
    return {str(key): value for key, value in read.items()} if isinstance(read, dict) else {}


def _tokenizer(files: OnnxFiles) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_file(str(files.tokenizer))
    # The library raises nothing narrower.
    except Exception as error:
        raise ConfigurationError(
            f"{files.tokenizer} is not a tokenizer that can be read.",
            hint="Copy tokenizer.json again from the model.",
        ) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(files.most_tokens)
    return tokenizer


def _session(files: OnnxFiles) -> tuple[Run, tuple[str, ...]]:
    try:
        session = open_session(files.model)
    # The library's own exceptions have no common class.
    except Exception as error:
        raise ConfigurationError(
            f"{files.model} is not an ONNX model that can be run.", hint="Copy model.onnx again from the model."
        ) from error
    inputs = tuple(str(one.name) for one in session.get_inputs())
    outputs = [str(one.name) for one in session.get_outputs()]
    if not set(inputs) <= _INPUTS or "input_ids" not in inputs:
        raise ConfigurationError(
            f"{files.model} asks for {', '.join(inputs)}; a text embedding model asks for input_ids, attention_mask "
            "and perhaps token_type_ids.",
            hint="Export the model for feature extraction.",
        )
    wanted = "last_hidden_state" if "last_hidden_state" in outputs else outputs[0]

    def run(given: dict[str, NDArray[np.int64]]) -> NDArray[np.float32]:
        found: NDArray[np.float32] = session.run([wanted], given)[0]
        return found

    return run, inputs
