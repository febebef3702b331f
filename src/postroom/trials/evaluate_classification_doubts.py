"""What makes the figures of an evaluation worth less than they look, in words for people."""

from collections import Counter
from collections.abc import Sequence

from postroom.trials.evaluate_classification import Task
from postroom.trials.evaluate_classification_rows import EvaluationRow
from postroom.trials.terms import Notice

FEW_ROWS = 100
"""With fewer, one mail more or less moves each share by more than a point."""
FEW_TEXTS = 5
SHOWN_LABELS = 5


def doubts(task: Task) -> tuple[Notice, ...]:
    """Return each reason to doubt what is measured on the test rows of `task`; none: no such reason."""
    found = (_learnt(task), _calibrated(task), _unknown(task), _few_rows(task), _few_texts(task))
    return tuple(notice for notice in found if notice is not None)


def _learnt(task: Task) -> Notice | None:
    count = _repeated(task.test, task.train)
    if not count:
        return None
    return Notice(
        text=f"{count} of {len(task.test)} test texts are also among those to learn from: it has seen these answers, "
        "so the figures are too good.",
        hint="Remove them from one of the two.",
    )


def _calibrated(task: Task) -> Notice | None:
    count = _repeated(task.test, task.calibrate)
    if not count:
        return None
    return Notice(
        text=f"{count} of {len(task.test)} test texts are also among the reviewed ones, which chose what may be "
        "decided alone: how right that is looks too good.",
        hint="Remove them from one of the two.",
    )


def _unknown(task: Task) -> Notice | None:
    taught = {row.label for row in task.train} | {task.outside}
    never = Counter(row.label for row in task.test if row.label not in taught)
    if not never:
        return None
    return Notice(
        text=f"{never.total()} test texts have labels that no text to learn from has, so each counts as wrong: "
        f"{_some(sorted(never))}.",
        hint="Check the spelling, or give examples of them.",
    )


def _few_rows(task: Task) -> Notice | None:
    if len(task.test) >= FEW_ROWS:
        return None
    return Notice(
        text=f"{len(task.test)} test texts are few: one more or less moves each share by over a point.",
        hint=f"Take at least {FEW_ROWS}.",
    )


def _few_texts(task: Task) -> Notice | None:
    of_label = Counter(row.label for row in task.train if row.label != task.outside)
    few = sorted(label for label, count in of_label.items() if count < FEW_TEXTS)
    if not few:
        return None
    return Notice(
        text=f"{len(few)} labels have fewer than {FEW_TEXTS} texts to learn from: {_some(few)}.",
        hint="Give more examples of them.",
    )


def _repeated(test: Sequence[EvaluationRow], others: Sequence[EvaluationRow]) -> int:
    known = {_folded(row.text) for row in others}
    return sum(_folded(row.text) in known for row in test)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _some(labels: Sequence[str]) -> str:
    shown = ", ".join(labels[:SHOWN_LABELS])
    return f"{shown} and {len(labels) - SHOWN_LABELS} more" if len(labels) > SHOWN_LABELS else shown
