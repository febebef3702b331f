"""What a classifier costs, the ensemble beside the linear model: one e-mail by itself, and the whole main job.

Run as `python -m benchmarks.classification`; prints JSON. The classifiers label e-mails of the mock mailbox one by one
on one thread. The main job runs by turns, each time in a process and a data folder of its own; the ensemble is put in
use through the store, as a promotion does.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import main_job
from benchmarks.progress import say
from postroom.bootstrap import open_postroom
from postroom.classifiers.ensemble import EnsembleClassifier, categories_of
from postroom.classifiers.linear import LinearClassifier
from postroom.classifiers.starter import shelf_questions
from postroom.embeddings.packaged import packaged_embedder
from postroom.embeddings.suited import suited_for_learning
from postroom.interfaces.embedder import Embedder
from postroom.knowledge.articles import starter_shelf
from postroom.learning.corpus import OTHER, load_starter, with_questions
from postroom.learning.english import english_share
from postroom.learning.ensemble_files import load_ensemble, save_ensemble
from postroom.learning.framing import corpus_texts
from postroom.learning.learn_members import Recipe
from postroom.learning.train import PENALTY
from postroom.learning.train_ensemble import train_ensemble
from postroom.logs import configure_logging
from postroom.mime.parse import parse
from postroom.model.catalogue import LANGUAGES
from postroom.model.trained_model import ModelId, TrainedModel
from postroom.providers.mock.generate import generate
from postroom.settings import Settings

EMAILS = 300
SEED = 1203
ROUNDS = 5
MODELS = ("linear", "ensemble")
MOST_EMBEDDED = 3000
"""Texts of the starter corpus that are embedded; words learn from all of its about 10,000."""
START = datetime(2026, 1, 5, tzinfo=UTC)


def measure() -> dict[str, object]:
    """Return what each classifier costs by itself, and the rates of the main job with each."""
    with tempfile.TemporaryDirectory() as place:
        models = Path(place) / "models"
        train(models)
        return {
            "load": os.getloadavg()[0],
            "alone": {name: _apart("classify", models, name) for name in MODELS},
            "main_job": _main_job(Path(place), models),
        }


def train(models: Path) -> None:
    """Train both models into `models`, each in a process of its own."""
    if not (models / "linear").exists():
        say("training the linear model")
        subprocess.run([sys.executable, "-m", "benchmarks.train_models", str(models)], timeout=600, check=True)
    if not (models / "ensemble").exists():
        say("training the ensemble")
        _apart("train", models)


def train_starter_ensemble(models: Path) -> dict[str, float]:
    """Train the ensemble of the starter corpus and shelf with the embedders that suit them; return the seconds."""
    began = time.monotonic()
    texts = corpus_texts(with_questions(load_starter(), shelf_questions(starter_shelf())))
    english = english_share([text.text for text in texts])
    recipe = Recipe(outside=OTHER, most_embedded=MOST_EMBEDDED, words_penalty=PENALTY)
    trained = train_ensemble(texts, suited_for_learning(english=english), recipe=recipe)
    save_ensemble(trained.model, models / "ensemble")
    return {"seconds": time.monotonic() - began}


class _Counting:
    """Counts the texts that are embedded."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name, self.dimensions, self.count = embedder.name, embedder.dimensions, 0

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.count += len(texts)
        return self._embedder.embed(texts)


def classify(models: Path, name: str) -> dict[str, float]:
    """Return milliseconds for an e-mail, the share that was embedded, and the memory of the process."""
    embedders: list[_Counting] = []
    classifier: EnsembleClassifier | LinearClassifier
    if name == "ensemble":
        model, checksum = load_ensemble(models / name)
        kinds = ["e5" if space.embedder.startswith("e5@") else "minilm" for space in model.spaces]
        embedders = [_Counting(packaged_embedder("e5" if kind == "e5" else "minilm")) for kind in kinds]
        classifier = EnsembleClassifier(model, checksum, embedders=embedders, languages=LANGUAGES)
    else:
        classifier = LinearClassifier.load(models / name, languages=LANGUAGES)
    mails = [parse(mock.content) for mock in generate(SEED, EMAILS, start=START)]
    began = time.perf_counter()
    for mail in mails:
        classifier.classify_text(mail.subject, mail.new_text)
    seconds = time.perf_counter() - began
    return {
        "ms_per_email": round(1000 * seconds / len(mails), 3),
        "embedders": len(embedders),
        "embedded": embedders[0].count / len(mails) if embedders else 0.0,
        "rss_mb": _rss_mb(),
    }


async def promote(folder: Path, models: Path) -> dict[str, float]:
    """Put the ensemble of `models` in use in the data folder `folder`."""
    main_job.share(models, folder)
    model, checksum = load_ensemble(folder / "models" / "ensemble")
    now = datetime.now(UTC)
    trained = TrainedModel(
        id=ModelId("ensemble"),
        name=f"ensemble@{checksum[:8]}",
        checksum=checksum,
        seed=model.linear.seed,
        examples=model.linear.examples,
        by="benchmark",
        created_at=now,
        figures={},
        categories=categories_of(model),
    )
    async with open_postroom(Settings(data_dir=folder, mode="automatic", mailbox_kind="mock")) as postroom:
        await postroom.stores.models.add(trained)
        assert await postroom.stores.models.promote(trained.id, instead_of=None, at=now)
    async with open_postroom(Settings(data_dir=folder, mode="automatic", mailbox_kind="mock")) as postroom:
        in_use = await postroom.stores.models.in_use()
        assert in_use is not None
        assert in_use.id == trained.id
    return {}


def _main_job(place: Path, models: Path) -> dict[str, object]:
    rates: dict[str, list[float]] = {name: [] for name in MODELS}
    for number in range(ROUNDS):
        say(f"main job with each classifier, round {number + 1} of {ROUNDS}")
        # The first of a round alternates, so that a machine that slows down slows both.
        for name in MODELS if number % 2 == 0 else MODELS[::-1]:
            folder = place / f"{name}-{number}"
            if name == "ensemble":
                _apart("promote", folder, str(models))
            found = _run("benchmarks.main_job", "run", str(folder), str(models), str(number))
            rates[name].append(found["per_second"])
    pairs = [ensemble / linear for linear, ensemble in zip(*rates.values(), strict=True)]
    return {
        "emails": main_job.EMAILS,
        "per_second": {name: round(statistics.median(found), 1) for name, found in rates.items()},
        "ratio_ensemble_to_linear": round(statistics.median(pairs), 2),
    }


def _apart(what: str, folder: Path, *more: str) -> dict[str, float]:
    return _run("benchmarks.classification", what, str(folder), *more)


def _run(module: str, *arguments: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        timeout=3600,
        check=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _rss_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return round(int(line.split()[1]) / 1000, 1)


if __name__ == "__main__":
    configure_logging("CRITICAL")
    match sys.argv[1:]:
        case ["train", models]:
            print(json.dumps(train_starter_ensemble(Path(models))))
        case ["classify", models, name]:
            print(json.dumps(classify(Path(models), name)))
        case ["promote", folder, models]:
            print(json.dumps(asyncio.run(promote(Path(folder), Path(models)))))
        case _:
            print(json.dumps(measure()))
