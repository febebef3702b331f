"""What makes figures worth less is told, and nothing where there is no reason."""

from collections.abc import Iterable

from postroom.trials.evaluate_classification import Task
from postroom.trials.evaluate_classification_doubts import FEW_ROWS, doubts
from postroom.trials.evaluate_classification_rows import EvaluationRow


def rows(texts: Iterable[str], label: str = "a") -> tuple[EvaluationRow, ...]:
    return tuple(EvaluationRow(text=text, label=label, file=0) for text in texts)


TRAIN = rows((f"learn {n}" for n in range(5)), "a") + rows((f"learn {n}" for n in range(5, 10)), "b")
TEST = rows(f"test {n}" for n in range(FEW_ROWS))


def told(
    *,
    train: tuple[EvaluationRow, ...] = TRAIN,
    test: tuple[EvaluationRow, ...] = TEST,
    calibrate: tuple[EvaluationRow, ...] = (),
    outside: str | None = None,
) -> str:
    return "\n".join(
        one.text for one in doubts(Task(train=train, calibrate=calibrate, test=test, outside=outside, seed=0))
    )


def test_there_is_nothing_to_doubt_where_all_is_apart_and_enough() -> None:
    assert told() == ""


def test_texts_that_were_learnt_are_counted_however_they_are_written() -> None:
    assert "2 of 102 test texts are also among those to learn from" in told(test=TEST + rows(["LEARN  0", "learn 1"]))


def test_texts_that_chose_the_threshold_are_counted() -> None:
    assert "3 of 100 test texts are also among the reviewed ones" in told(calibrate=TEST[:3])


def test_labels_that_were_never_taught_are_named_and_mail_of_no_category_is_none_of_them() -> None:
    test = TEST + rows(["x", "y"], "other") + rows(["z"], "speling")
    assert "3 test texts have labels" in told(test=test)
    found = told(test=test, outside="other")
    assert "1 test texts have labels that no text to learn from has, so each counts as wrong: speling." in found
    many = tuple(row for n in range(7) for row in rows(["x"], f"new {n}"))
    assert "new 4 and 2 more" in told(test=TEST + many)


def test_too_few_rows_and_too_few_texts_of_a_label_are_told() -> None:
    assert "99 test texts are few" in told(test=TEST[1:])
    assert "1 labels have fewer than 5 texts to learn from: c." in told(train=TRAIN + rows(["one"], "c"))
