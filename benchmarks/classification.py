"""What each classifier costs: milliseconds and memory for an e-mail of the mock mailbox, one thread, one by one."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from postroom.classifiers.ensemble import EnsembleClassifier
from postroom.classifiers.linear import LinearClassifier
from postroom.classifiers.starter import train_starter, train_starter_ensemble
from postroom.embeddings.packaged import packaged_embedder
from postroom.interfaces.embedder import Embedder
from postroom.knowledge.articles import starter_shelf
from postroom.learning.ensemble_files import save_ensemble
from postroom.learning.model_files import save_model
from postroom.mime.parse import parse
from postroom.model.catalogue import LANGUAGES
from postroom.providers.mock.generate import generate

EMAILS = 300
SEED = 1203
MODELS = ("linear", "ensemble")


def train(folder: Path) -> None:
    """Train both starter models into `folder`."""
    save_model(train_starter(starter_shelf()), folder / "linear")
    save_ensemble(train_starter_ensemble(starter_shelf(), [packaged_embedder("minilm")]), folder / "ensemble")


def measure(folder: Path) -> dict[str, object]:
    """Return the figures of each classifier, each in a process of its own."""
    if not folder.exists():
        train(folder)
    return {name: _apart(folder, name) for name in MODELS}


def _apart(folder: Path, name: str) -> object:
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "benchmarks.classification", str(folder), name]
    return json.loads(subprocess.run(command, check=True, capture_output=True, env=environment).stdout)


class _Counting:
    """Counts the texts that are embedded."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name, self.dimensions, self.count = embedder.name, embedder.dimensions, 0

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.count += len(texts)
        return self._embedder.embed(texts)


def classify(folder: Path, name: str) -> dict[str, float]:
    """Return milliseconds for an e-mail, the share that was embedded, and the memory of the process."""
    embedder = _Counting(packaged_embedder("minilm")) if name == "ensemble" else None
    classifier = (
        EnsembleClassifier.load(folder / name, embedders=[embedder], languages=LANGUAGES)
        if embedder
        else LinearClassifier.load(folder / name, languages=LANGUAGES)
    )
    mails = [parse(mock.content) for mock in generate(SEED, EMAILS, start=datetime(2026, 1, 5, tzinfo=UTC))]
    started = time.perf_counter()
    for mail in mails:
        classifier.classify_text(mail.subject, mail.new_text)
    seconds = time.perf_counter() - started
    return {
        "ms_per_email": round(1000 * seconds / len(mails), 3),
        "embedded": embedder.count / len(mails) if embedder else 0.0,
        "rss_mb": _rss_mb(),
    }


def _rss_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return round(int(line.split()[1]) / 1000, 1)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(classify(Path(sys.argv[1]), sys.argv[2])))
    else:
        print(json.dumps(measure(Path(sys.argv[1]))))
