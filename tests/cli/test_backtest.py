"""`postroom backtest` and what it leaves alone: the store, the mail, and everybody."""

import csv
import json
from pathlib import Path

import pytest

from cli.conftest import Postroom
from trials.past import bytes_below, mock_contents, write_maildir, write_mbox

QUESTION = "How do I return a parcel to you?"
ADD = (
    "mailbox",
    "add",
    "support",
    "--kind",
    "maildir",
    "--address",
    "help@w.example",
    "--set",
    "path=box",
    "--no-test",
)


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The made-up shop, asked for in so many words."""
    monkeypatch.setenv("POSTROOM_MAILBOX_KIND", "mock")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "past.csv"
    path.write_text(f"text,label\n{QUESTION},returns\nWhere is my parcel?,order_status\n")
    return path


@pytest.fixture
def articles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One article of the company's own."""
    (tmp_path / "articles").mkdir()
    text = "---\nid: back\ncategory: returns\ntitle: Returns\nquestions:\n  - {}\n---\nClick Return.\n"
    (tmp_path / "articles" / "back.en.md").write_text(text.format(QUESTION))
    monkeypatch.setenv("POSTROOM_ARTICLES_DIR", "articles")


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


@pytest.mark.usefixtures("made_up")
def test_without_a_store_none_is_made(postroom: Postroom, mbox: Path, tmp_path: Path) -> None:
    result = postroom("backtest", "--mbox", mbox, "--html", tmp_path / "r.html", "--sample", "2")
    assert result.exit_code == 0, result.stderr
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["models"]
    assert "20 e-mails" in result.stdout
    assert "6 minutes" in result.stdout
    page = (tmp_path / "r.html").read_text()
    assert page.count("<section>") == 2
    assert "<script" not in page


@pytest.mark.usefixtures("made_up")
def test_a_maildir_whose_mail_was_answered_is_tried_as_if_it_were_new(postroom: Postroom, tmp_path: Path) -> None:
    contents = mock_contents(20)
    maildir, mbox = write_maildir(tmp_path / "dir", contents), write_mbox(tmp_path / "box", contents)
    one = json.loads(postroom("backtest", "--maildir", maildir, "--json").stdout)
    other = json.loads(postroom("backtest", "--mbox", mbox, "--json").stdout)
    assert one["fates"] == other["fates"]


@pytest.mark.usefixtures("made_up")
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


@pytest.mark.usefixtures("made_up")
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


@pytest.mark.usefixtures("made_up")
def test_figures_of_the_made_up_shop_say_so_before_anything_else(
    postroom: Postroom, table: Path, tmp_path: Path
) -> None:
    found = postroom("backtest", "--csv", table, "--html", tmp_path / "r.html")
    assert found.stdout.splitlines()[0].startswith("THE MADE-UP SHOP")
    assert f"> {QUESTION}" in found.stdout
    assert "THE MADE-UP SHOP" in (tmp_path / "r.html").read_text()
    report = json.loads(postroom("backtest", "--csv", table, "--json").stdout)
    assert report["notices"][0]["text"].startswith("THE MADE-UP SHOP")


def test_the_mail_of_a_demo_is_the_made_up_shops(postroom: Postroom, demo: Path) -> None:
    report = json.loads(postroom("backtest", "--mailbox", "main", "--json", "--data-dir", demo).stdout)
    assert report["notices"][0]["text"].startswith("THE MADE-UP SHOP")


def test_ones_own_mail_is_not_tried_by_the_made_up_shop_unasked(postroom: Postroom, table: Path) -> None:
    found = postroom("backtest", "--csv", table)
    assert (found.exit_code, found.stdout) == (1, "")
    assert "nothing of your own" in found.stderr
    assert "POSTROOM_MAILBOX_KIND=mock" in found.stderr


@pytest.mark.usefixtures("articles")
def test_with_articles_alone_it_is_tried_by_them_and_said_what_is_missing(postroom: Postroom, table: Path) -> None:
    report = json.loads(postroom("backtest", "--csv", table, "--json").stdout)
    said = " ".join(one["text"] for one in report["notices"])
    assert "No mailbox is connected" in said
    assert "came with the installation" in said
    assert "Nothing is proven yet" in said
    assert "MADE-UP" not in said


@pytest.mark.usefixtures("articles")
def test_a_mailbox_with_nothing_switched_on_shows_why_and_what_would_be_answered(
    postroom: Postroom, table: Path
) -> None:
    assert postroom(*ADD).exit_code == 0
    command = ("backtest", "--csv", table, "--assumed-threshold", "0.2")
    report = json.loads(postroom(*command, "--json").stdout)
    assert (report["all"]["automatic"], report["fates"]["answered"]) == (0, 0)
    assert "Switch one on in the mailbox support" in report["notices"][0]["hint"]
    assert any("category returns are not answered" in one["words"] for one in report["reasons"])
    assert report["if_switched_on"][-1]["automatic"] >= 1
    assert "if every category were switched on" in postroom(*command).stdout
    assert postroom("mailbox", "change", "support", "--all-categories", "--mode", "automatic").exit_code == 0
    switched = json.loads(postroom(*command, "--json").stdout)
    assert switched["all"]["automatic"] == report["if_switched_on"][-1]["automatic"]
    assert switched["if_switched_on"] == []
    assert switched["notices"] == report["notices"][2:]


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize(
    ("kind", "hint"), [("mbox", "export it anew"), ("maildir", "new and cur"), ("csv", "text[,label]")]
)
def test_where_there_is_no_mail_there_is_no_page_of_zeros(
    postroom: Postroom, tmp_path: Path, kind: str, hint: str
) -> None:
    paths = {"mbox": tmp_path / "past.mbox", "csv": tmp_path / "past.csv", "maildir": tmp_path / "dir"}
    paths["mbox"].touch()
    paths["csv"].write_text("text,label\n")
    write_maildir(paths["maildir"], [])
    for command in (("backtest",), ("compare", "customer_support", "model:starter")):
        found = postroom(*command, f"--{kind}", paths[kind])
        assert (found.exit_code, found.stdout) == (1 if command == ("backtest",) else 2, "")
        assert paths[kind].name in found.stderr
        assert hint in found.stderr


def test_a_mailbox_that_has_received_nothing_says_so(postroom: Postroom) -> None:
    assert postroom(*ADD).exit_code == 0
    found = postroom("backtest", "--mailbox", "support")
    assert (found.exit_code, found.stdout) == (1, "")
    assert "There is no mail to try in 'support'" in found.stderr


def test_main_is_explained_where_the_settings_describe_no_mailbox(postroom: Postroom) -> None:
    for command in ("backtest", "shadow"):
        found = postroom(command, "--mailbox", "main")
        assert found.exit_code == 1
        assert "that the settings describe" in found.stderr


@pytest.mark.usefixtures("made_up")
def test_that_the_starter_model_is_trained_first_is_said(
    postroom: Postroom, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "starter model" not in postroom("backtest", "--csv", table).stderr
    monkeypatch.setenv("POSTROOM_DATA_DIR", str(tmp_path / "new"))
    found = postroom("backtest", "--csv", table)
    assert "Training the starter model, only this once" in found.stderr
