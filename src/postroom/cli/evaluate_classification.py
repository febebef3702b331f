"""`postroom evaluate classification`: how right a classifier is on labelled texts, and what it may decide alone."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from postroom.cli.output import say, show_json, show_table, waiting
from postroom.cli.running import errors_in_words

if TYPE_CHECKING:
    from postroom.interfaces.embedder import Embedder
    from postroom.learning.guarantee import Guarantee
    from postroom.trials.evaluate_classification import ClassificationFigures, Prepared, Task

Files = list[Path]
SHARES = {"accuracy", "coverage", "precision", "precision_lower_bound", "false_automation"}
MEANINGS = {
    "coverage": "of all test mail, what it would decide alone; the rest goes to a person",
    "precision": "of what it decided alone, what was right",
    "precision_lower_bound": "at least so much of that is right, at 95 % confidence: more test mail brings it nearer",
    "false_automation": "of mail that belongs to no category, what it would have decided alone; none: no such mail",
    "accuracy": "of mail that belongs to a category, what it labels right if it has to decide all of it",
    "macro_f1": "the same from 0 to 1 with every category counting alike, the rare ones too",
    "ece": "how far the certainty it states is from how often it is right: 0.02 is two points off, 0 is exact",
    "aurc": "how much is wrong if the surest mail is decided first, averaged over how much is decided: 0 is best",
    "oos_auroc": "how well its certainty tells mail of a category from mail of none: 1 always, 0.5 by chance",
    "n_test": "test texts these figures rest on",
    "train_seconds": "seconds to learn",
    "ms_per_text": "milliseconds for a text",
    "peak_mb": "megabytes of memory at most",
}
"""What each figure says to somebody who answers mail; the most telling first. Their names are those of --json."""


def evaluate_classification(  # noqa: PLR0913 - Typer makes an option of each.
    train: Annotated[Files, typer.Option(help="CSV with text,label to learn from; may be repeated.")],
    test: Annotated[Files, typer.Option(help="CSV with text,label to test on; may be repeated.")],
    calibrate: Annotated[
        Files | None, typer.Option(help="Reviewed e-mails: CSV with text,label; may be repeated. Else out of fold.")
    ] = None,
    out_of_scope: Annotated[str | None, typer.Option(help="The label of mail that belongs to no category.")] = None,
    target_precision: Annotated[float, typer.Option(min=0.5, max=0.999, help="How much must be right.")] = 0.95,
    threshold: Annotated[
        Literal["guaranteed", "plain"], typer.Option(help="With the guarantee, or as the rows have it.")
    ] = "guaranteed",
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same figures.")] = 0,
    classifier: Annotated[
        Literal["ensemble", "linear", "embedding"], typer.Option(help="Which classifier to train.")
    ] = "ensemble",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on the last line.")] = False,
) -> None:
    """Train on labelled texts, find what may be decided alone, and measure both on the test texts."""
    with errors_in_words():
        from postroom.trials.evaluate_classification import Task, measure, prepare
        from postroom.trials.evaluate_classification_doubts import doubts
        from postroom.trials.evaluate_classification_rows import read_labelled

        task = Task(
            train=read_labelled(train),
            calibrate=read_labelled(calibrate or []),
            test=read_labelled(test),
            outside=out_of_scope,
            seed=seed,
        )
        _check_outside(task)
        for doubt in doubts(task):
            say(f"Mind: {doubt.text} {doubt.hint}")
        embedders = [] if classifier == "linear" else _embedders(task)
        with waiting(f"Training on {len(task.train)} texts"):
            prepared = prepare(task, embedders, words_count=classifier != "embedding")
        allowed = (_guaranteed if threshold == "guaranteed" else _plain)(prepared, target_precision)
        with waiting(f"Testing on {len(task.test)} texts"):
            figures = measure(prepared, task.test, allowed)
        if as_json:
            show_json(figures)
        else:
            _show(figures)


def _guaranteed(prepared: "Prepared", target_precision: float) -> "Guarantee":
    """Return what may be decided alone with the guarantee, and say what that is."""
    from postroom.trials.evaluate_classification import guaranteed_threshold

    found = guaranteed_threshold(prepared, target_precision)
    if not prepared.outside_seen:
        say(f"No reviewed row is {prepared.outside!r}: give them in their natural share with --calibrate.")
    _tell(found)
    return found


def _plain(prepared: "Prepared", target_precision: float) -> float | None:
    from postroom.trials.evaluate_classification import plain_threshold

    return plain_threshold(prepared.trained.decided, target_precision)


def _check_outside(task: "Task") -> None:
    from postroom.errors import InputError

    if task.outside is not None and not any(
        row.label == task.outside for rows in (task.train, task.calibrate, task.test) for row in rows
    ):
        raise InputError(f"No row has the out-of-scope label {task.outside!r}.", hint="Check its spelling.")


def _embedders(task: "Task") -> list["Embedder"]:
    from postroom.embeddings.choose import chosen_embedder
    from postroom.trials.evaluate_classification_parts import embedders_for

    names = embedders_for([row.text for row in (*task.train, *task.calibrate)])
    say(f"Embedding with {' and '.join(names)}.")
    return [chosen_embedder(name) for name in names]


def _tell(found: "Guarantee") -> None:
    if found.threshold is None:
        say(
            f"No guarantee of {found.target:.0%} can be given from {found.reviewed} reviewed texts: "
            f"at least {found.more_reviews} more are needed."
        )
    else:
        alone = sum(1 for category in found.categories if category.threshold is not None)
        say(
            f"Guaranteed from {found.reviewed} reviewed texts: {found.coverage:.1%} decided alone in {alone} of "
            f"{len(found.categories)} categories, at least {found.lower_bound:.1%} of them right."
        )


def _show(figures: "ClassificationFigures") -> None:
    from dataclasses import asdict

    found = asdict(figures)
    rows = [(name, _in_words(name, found[name]), means) for name, means in MEANINGS.items()]
    show_table("", ("figure", "value", "what it says"), rows)


def _in_words(name: str, value: float | None) -> str:
    if value is None:
        return "none"
    return f"{value:.1%}" if name in SHARES else f"{value:.4g}"
