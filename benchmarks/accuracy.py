"""`make accuracy`: the table of docs/reference/accuracy.md, on the official test splits of public data sets.

    python -m benchmarks.accuracy [--data ../shared/data] [name …]

Prints progress on standard error, the table as Markdown, and one JSON object on the last line.
"""

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

from postroom.embeddings.memory import RememberingEmbedder
from postroom.embeddings.packaged import packaged_embedder
from postroom.embeddings.suited import suited_for_learning
from postroom.learning.bounds import lower_bound
from postroom.learning.english import english_share
from postroom.learning.guarantee import Guarantee
from postroom.trials.evaluate_classification import (
    ClassificationFigures,
    Task,
    guaranteed_threshold,
    measure,
    plain_threshold,
    prepare,
)
from postroom.trials.evaluate_classification_rows import EvaluationRow, read_labelled

Rows = tuple[EvaluationRow, ...]
TARGET = 0.95
REVIEWED = 500
NO_NODES = "NO_NODES_DETECTED"


@dataclass(frozen=True)
class Line:
    """The figures of one data set: the mean over its seeds, decisions pooled."""

    name: str
    seeds: int
    accuracy: float
    ece: float
    plain_coverage: float
    plain_precision: float | None
    guaranteed_coverage: float
    guaranteed_precision: float | None
    precision_lower_bound: float
    guarantees_given: int
    false_automation: float | None
    oos_auroc: float | None
    train_seconds: float
    ms_per_text: float


def banking_full(data: Path) -> Iterator[Task]:
    folder = data / "banking77"
    yield Task(
        train=read_labelled([folder / "train.csv"]),
        calibrate=(),
        test=read_labelled([folder / "test.csv"]),
        outside=None,
        seed=0,
    )


def banking_few(data: Path, per_label: int) -> Iterator[Task]:
    few = data / "banking77_fewshot"
    for seed in range(5):
        valid = list(read_labelled([few / "valid.csv"]))
        random.Random(seed).shuffle(valid)
        yield Task(
            train=read_labelled([few / f"train_{per_label}.csv"]),
            calibrate=tuple(valid[:REVIEWED]),
            test=read_labelled([data / "banking77" / "test.csv"]),
            outside=None,
            seed=seed,
        )


def clinc(data: Path) -> Iterator[Task]:
    folder = data / "clinc150"
    valid = list(read_labelled([folder / "val.csv"]))
    random.Random(0).shuffle(valid)
    seen: Counter[str] = Counter()
    chosen = []
    for row in valid:
        seen[row.label] += 1
        if seen[row.label] <= 3:
            chosen.append(row)
    yield Task(
        train=read_labelled([folder / "train.csv"]),
        calibrate=(*chosen, *read_labelled([folder / "oos_val.csv"])),
        test=read_labelled([folder / "test.csv", folder / "oos_test.csv"]),
        outside="oos",
        seed=0,
    )


def hint3(data: Path, shop: str) -> Iterator[Task]:
    folder = data / "hint3"
    for seed in range(20):
        live = list(read_labelled([folder / f"{shop}_test.csv"]))
        random.Random(seed).shuffle(live)
        half = len(live) // 2
        reviewed = tuple(replace(row, file=1) for row in live[:half])
        yield Task(
            train=(*read_labelled([folder / f"{shop}_train.csv"]), *reviewed),
            calibrate=(),
            test=tuple(live[half:]),
            outside=NO_NODES,
            seed=seed,
        )


def hwu(data: Path) -> Iterator[Task]:
    folder = data / "hwu64"
    yield Task(
        train=read_labelled([folder / "train.csv"]),
        calibrate=read_labelled([folder / "valid.csv"]),
        test=read_labelled([folder / "test.csv"]),
        outside=None,
        seed=0,
    )


SETS: dict[str, Callable[[Path], Iterator[Task]]] = {
    "banking77": banking_full,
    "banking77_10": lambda data: banking_few(data, 10),
    "banking77_5": lambda data: banking_few(data, 5),
    "clinc150": clinc,
    "hint3_curekart": lambda data: hint3(data, "curekart"),
    "hint3_sofmattress": lambda data: hint3(data, "sofmattress"),
    "hwu64": hwu,
}


@cache
def remembering(name: str) -> RememberingEmbedder:
    """Return the packaged embedder `name`, which remembers the texts of all seeds of all data sets."""
    return RememberingEmbedder(packaged_embedder("e5" if name == "e5" else "minilm"), most=100_000)


def line(name: str, tasks: Iterator[Task]) -> Line:
    """Train, calibrate and test each task, and return the mean."""
    plain: list[ClassificationFigures] = []
    guaranteed: list[ClassificationFigures] = []
    given = 0
    for task in tasks:
        texts = [row.text for row in (*task.train, *task.calibrate)]
        chosen = suited_for_learning(english=english_share(texts), choose=remembering)
        prepared = prepare(task, chosen)
        found: Guarantee = guaranteed_threshold(prepared, TARGET)
        given += found.threshold is not None
        guaranteed.append(measure(prepared, task.test, found))
        plain.append(measure(prepared, task.test, plain_threshold(prepared.trained.decided, TARGET)))
        print(f"{name} {len(plain)}: {json.dumps(asdict(plain[-1]))}", file=sys.stderr, flush=True)
    return pooled(name, plain, guaranteed, given)


def pooled(
    name: str, plain: Sequence[ClassificationFigures], guaranteed: Sequence[ClassificationFigures], given: int
) -> Line:
    """Return one line of many seeds: decisions pooled, everything else the mean."""
    count = len(plain)
    plain_alone, plain_right = decisions(plain)
    alone, right = decisions(guaranteed)
    tested = sum(one.n_test for one in plain)
    astray = [one.false_automation for one in guaranteed if one.false_automation is not None]
    apart = [one.oos_auroc for one in plain if one.oos_auroc is not None]
    return Line(
        name=name,
        seeds=count,
        accuracy=sum(one.accuracy for one in plain) / count,
        ece=sum(one.ece for one in plain) / count,
        plain_coverage=plain_alone / tested,
        plain_precision=plain_right / plain_alone if plain_alone else None,
        guaranteed_coverage=alone / tested,
        guaranteed_precision=right / alone if alone else None,
        precision_lower_bound=lower_bound(right, alone),
        guarantees_given=given,
        false_automation=sum(astray) / len(astray) if astray else None,
        oos_auroc=sum(apart) / len(apart) if apart else None,
        train_seconds=sum(one.train_seconds for one in plain) / count,
        # Measured first: the second time the vectors are remembered.
        ms_per_text=guaranteed[0].ms_per_text,
    )


def decisions(figures: Sequence[ClassificationFigures]) -> tuple[int, int]:
    """Return how many were decided alone, and how many of these are right."""
    alone = [round(one.coverage * one.n_test) for one in figures]
    right = [round((one.precision or 0.0) * count) for one, count in zip(figures, alone, strict=True)]
    return sum(alone), sum(right)


def markdown(lines: Sequence[Line]) -> str:
    """Return the table."""
    rows = [
        "| data | seeds | accuracy | ece | plain: automated / precision | guaranteed: automated / precision | "
        "guarantees given | out of scope automated | AUROC |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for one in lines:
        cells = (
            one.name,
            str(one.seeds),
            share(one.accuracy),
            share(one.ece),
            f"{share(one.plain_coverage)} / {share(one.plain_precision)}",
            f"{share(one.guaranteed_coverage)} / {share(one.guaranteed_precision)}",
            f"{one.guarantees_given} of {one.seeds}",
            share(one.false_automation),
            share(one.oos_auroc),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def share(value: float | None) -> str:
    """Return a share with three decimals, as `.950`."""
    return "–" if value is None else f"{value:.3f}".removeprefix("0")


def main() -> None:
    """Measure the data sets named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[1].parent / "shared" / "data")
    parser.add_argument("names", nargs="*", choices=[*SETS, []], default=[])
    chosen = parser.parse_args()
    if not chosen.data.is_dir():
        parser.error(f"There is no folder {chosen.data}: give the data sets with --data.")
    lines = [line(name, SETS[name](chosen.data)) for name in chosen.names or SETS]
    print(markdown(lines))
    print(json.dumps([asdict(one) for one in lines]))


if __name__ == "__main__":
    main()
