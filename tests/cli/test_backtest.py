"""`postroom backtest` and what it leaves alone: the store, the mail, and everybody."""

import csv
import json
from pathlib import Path

import pytest

from cli.conftest import Postroom
from trials.past import bytes_below, mock_contents, write_maildir, write_mbox


@pytest.fixture
def mbox(tmp_path: Path) -> Path:
    return write_mbox(tmp_path / "past.mbox", mock_contents(20))


def test_a_back_test_leaves_every_byte_of_store_and_mail_as_it_was(postroom: Postroom, demo: Path, mbox: Path) -> None:
    before = bytes_below(demo), mbox.read_bytes()
    result = postroom("backtest", "--mbox", mbox, "--json", "--data-dir", demo)
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout.splitlines()[-1])
    assert report["emails"] == sum(report["fates"].values()) == 20
    assert report["fates"]["failed"] == 0
    assert report["fates"]["answered"] > 3
    assert (bytes_below(demo), mbox.read_bytes()) == before


def test_the_mail_of_a_mailbox_is_tried_from_the_store(postroom: Postroom, demo: Path) -> None:
    before = bytes_below(demo)
    result = postroom("backtest", "--mailbox", "main", "--json", "--data-dir", demo)
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert 25 < report["emails"] <= 30
    assert report["fates"]["answered"] > 3
    assert bytes_below(demo) == before


def test_without_a_store_none_is_made(postroom: Postroom, mbox: Path, tmp_path: Path) -> None:
    result = postroom("backtest", "--mbox", mbox, "--html", tmp_path / "r.html", "--sample", "2")
    assert result.exit_code == 0, result.stderr
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["models"]
    assert "20 e-mails" in result.stdout
    assert "6 minutes" in result.stdout
    page = (tmp_path / "r.html").read_text()
    assert page.count("<section>") == 2
    assert "<script" not in page


def test_a_maildir_whose_mail_was_answered_is_tried_as_if_it_were_new(postroom: Postroom, tmp_path: Path) -> None:
    contents = mock_contents(20)
    maildir, mbox = write_maildir(tmp_path / "dir", contents), write_mbox(tmp_path / "box", contents)
    one = json.loads(postroom("backtest", "--maildir", maildir, "--json").stdout)
    other = json.loads(postroom("backtest", "--mbox", mbox, "--json").stdout)
    assert one["fates"] == other["fates"]


def test_a_table_with_labels_gives_precision_with_its_bound(postroom: Postroom, tmp_path: Path) -> None:
    path = tmp_path / "past.csv"
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["text", "label", "subject"])
        for index in range(6):
            table.writerow([f"Hello, how do I return a parcel to you? {index}", "returns", "Return"])
            table.writerow([f"I forgot my password and cannot log in. {index}", "refund", "Log-in"])
    report = json.loads(postroom("backtest", "--csv", path, "--json").stdout)
    known = report["all"]
    assert known["judged"] == known["automatic"] > 0
    assert 0 < known["right"] < known["judged"]
    assert known["precision_at_least"] < known["precision"] == known["right"] / known["judged"]
    assert report["labelled"] == 12


def test_it_goes_on_in_its_folder_and_only_for_the_same_work(postroom: Postroom, mbox: Path, tmp_path: Path) -> None:
    command = ("backtest", "--mbox", mbox, "--json", "--out", tmp_path / "out")
    first = postroom(*command)
    tried = (tmp_path / "out" / "tried.jsonl").read_bytes()
    (tmp_path / "out" / "tried.jsonl").write_bytes(tried[: len(tried) // 2])
    assert postroom(*command).stdout == first.stdout
    other = postroom(*command, "--assumed-threshold", "0.5")
    assert other.exit_code == 1
    assert "another back-test" in other.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 2),
        (("--mbox", "a", "--csv", "b"), 2),
        (("--mbox", "nothing"), 1),
        (("--mailbox", "nothing"), 1),
        (("--mailbox", "main", "--workflow", "customer_support@99"), 1),
        (("--mailbox", "main", "--model", "../models"), 1),
        (("--mailbox", "main", "--sample", "-1"), 2),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(postroom: Postroom, arguments: tuple[str, ...], code: int) -> None:
    result = postroom("backtest", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")


def test_a_page_in_a_missing_folder_is_refused_before_the_work(postroom: Postroom) -> None:
    found = postroom("backtest", "--csv", "any.csv", "--html", "missing/report.html")
    assert found.exit_code == 2
    assert "There is no folder" in " ".join(found.stderr.replace("│", " ").split())
