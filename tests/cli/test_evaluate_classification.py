"""`postroom evaluate classification`: one JSON object on the last line, and errors in words."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from learning.small_mail import OUTSIDE, mails
from postroom.cli.evaluate_classification import MEANINGS, evaluate_classification

KEYS = {
    *("accuracy", "macro_f1", "ece", "coverage", "precision", "aurc", "precision_lower_bound", "false_automation"),
    *("oos_auroc", "train_seconds", "ms_per_text", "peak_mb", "n_test"),
}


def run(*arguments: str) -> Result:
    app = typer.Typer()
    app.command()(evaluate_classification)
    return CliRunner().invoke(app, arguments)


def file(folder: Path, name: str, count: int, *, seed: int) -> str:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as content:
        writer = csv.writer(content)
        writer.writerow(["text", "label"])
        writer.writerows([(one.text, one.labels.category) for one in mails(count, seed=seed, outside=True)])
    return str(path)


@pytest.fixture
def options(tmp_path: Path) -> Sequence[str]:
    train, more = file(tmp_path, "train.csv", 60, seed=1), file(tmp_path, "more.csv", 40, seed=2)
    test = file(tmp_path, "test.csv", 50, seed=3)
    known = ("--train", train, "--train", more, "--test", test, "--out-of-scope", OUTSIDE)
    return (*known, "--classifier", "linear")


def test_the_last_line_is_one_json_object_with_the_promised_keys(options: Sequence[str]) -> None:
    result = run(*options, "--json", "--threshold", "plain", "--target-precision", "0.8")
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout.splitlines()[-1])
    assert set(figures) == KEYS
    assert figures["n_test"] == 50
    assert figures["coverage"] > 0
    assert "Training on 100 texts" in result.stderr


def test_the_same_seed_gives_the_same_figures(options: Sequence[str]) -> None:
    found = [json.loads(run(*options, "--json", "--seed", "3").stdout.splitlines()[-1]) for _ in range(2)]
    for one in found:
        for spent in ("train_seconds", "ms_per_text", "peak_mb"):
            del one[spent]
    assert found[0] == found[1]


def test_without_json_the_figures_are_a_table(options: Sequence[str]) -> None:
    result = run(*options)
    assert result.exit_code == 0, result.output
    assert "precision_lower_bound" in result.stdout
    shown = " ".join(result.stdout.replace("│", " ").split())
    assert "decided alone" in shown
    assert set(MEANINGS) == KEYS
    assert all(" ".join(one.split()) in shown for one in MEANINGS.values() if len(one) < 40)


def test_what_makes_the_figures_worth_less_is_told_beside_them(options: Sequence[str], tmp_path: Path) -> None:
    train = options[1]
    result = run("--train", train, "--test", train, "--out-of-scope", OUTSIDE, "--classifier", "linear", "--json")
    assert "60 of 60 test texts are also among those to learn from" in result.stderr
    assert "60 test texts are few" in result.stderr
    assert set(json.loads(result.stdout.splitlines()[-1])) == KEYS


def test_where_no_guarantee_can_be_given_it_says_how_many_rows_are_missing(options: Sequence[str]) -> None:
    result = run(*options, "--target-precision", "0.99", "--json")
    figures = json.loads(result.stdout.splitlines()[-1])
    assert (figures["coverage"], figures["precision"]) == (0.0, None)
    assert "more are needed" in result.stderr


def test_what_is_wrong_is_said_in_words(options: Sequence[str], tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("text,category\na,b\n", encoding="utf-8")
    wrong = run("--train", str(tmp_path / "bad.csv"), "--test", str(tmp_path / "bad.csv"))
    assert wrong.exit_code == 1
    assert "bad.csv, line 1: the column 'label' is missing" in wrong.stderr
    misspelt = run(*options, "--out-of-scope", "othre")
    assert misspelt.exit_code == 1
    assert "othre" in misspelt.stderr
