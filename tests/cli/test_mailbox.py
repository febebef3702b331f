import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.conftest import Postroom
from postroom.cli import app


@pytest.fixture
def loft(tmp_path: Path) -> Path:
    """An empty Maildir."""
    folder = tmp_path / "loft"
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    return folder


def add(postroom: Postroom, loft: Path, *more: str | Path) -> Result:
    return postroom(
        "mailbox",
        "add",
        "support",
        "--kind",
        "maildir",
        "--address",
        "help@shop.example",
        "--set",
        f"path={loft}",
        *more,
    )


def sheet(postroom: Postroom) -> dict[str, dict[str, object]]:
    result = postroom("mailbox", "show", "support", "--json")
    assert result.exit_code == 0, result.stderr
    found: dict[str, dict[str, object]] = json.loads(result.stdout)
    return found


def test_a_mailbox_is_added_tried_and_waits_for_people(postroom: Postroom, loft: Path) -> None:
    result = add(postroom, loft)
    assert result.exit_code == 0, result.stderr
    assert "It works" in result.stderr
    for words in ("nothing is sent without a person", "postroom review list", "--mode automatic", "no sender yet"):
        assert words in result.stderr
    assert sheet(postroom)["mailbox"]["mode"] == "review"
    assert "help@shop.example" in postroom("mailbox", "list").stdout
    assert len(json.loads(postroom("mailbox", "list", "--json").stdout)) == 1
    assert "Mailbox support (help@shop.example): review" in postroom("status").stdout


def test_a_mailbox_that_cannot_be_read_is_not_stored_untried(postroom: Postroom, tmp_path: Path) -> None:
    refused = add(postroom, tmp_path / "nowhere")
    assert refused.exit_code == 1
    assert "Error: " in refused.stderr
    assert "Hint: " in refused.stderr
    assert "--no-test" in refused.stderr
    assert json.loads(postroom("mailbox", "list", "--json").stdout) == []
    assert add(postroom, tmp_path / "nowhere", "--no-test").exit_code == 0
    assert postroom("mailbox", "test", "support").exit_code == 1


def test_every_rule_can_be_given_by_an_option(postroom: Postroom, loft: Path, tmp_path: Path) -> None:
    signature, words = tmp_path / "bye.txt", tmp_path / "words.txt"
    signature.write_text("Kind regards\nThe shop\n", encoding="utf-8")
    words.write_text("# ours\nlawyer\n\n@court.example\n", encoding="utf-8")
    result = add(
        postroom, loft, "--display-name", "The shop", "--alias", "info@shop.example", "--reply-to", "desk@shop.example",
        "--bounce-address", "bounces@shop.example", "--signature", f"*={signature}", "--signature", "de=Gruß",
        "--time-zone", "Europe/Berlin", "--hours", "mon-fri 09:00-17:00", "--after-hours-notifier", "log",
        "--sent-policy", "none", "--pilot", "me@shop.example", "--automatic-category", "refund",
        "--never-answer", "@spam.example", "--never-automate", "boss@shop.example", "--always-person", f"@{words}",
        "--cap", "per_day=7", "--answer-within-hours", "24", "--authserv-id", "mx.shop.example",
        "--authentication", "missing", "--mode", "observe",
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    mailbox = sheet(postroom)["mailbox"]
    assert mailbox["address"] == {"name": "The shop", "address": "help@shop.example"}
    assert mailbox["signatures"] == {"*": "Kind regards\nThe shop", "de": "Gruß"}
    assert mailbox["lists"] == {
        "never_answer": ["@spam.example"],
        "never_automate": ["boss@shop.example"],
        "always_person": ["lawyer", "@court.example"],
    }
    assert (mailbox["mode"], mailbox["authentication"], mailbox["sent_policy"]) == ("observe", "missing", "none")
    assert (mailbox["time_zone"], mailbox["answer_within_hours"]) == ("Europe/Berlin", 24.0)
    assert isinstance(mailbox["caps"], dict)
    assert (mailbox["caps"]["per_day"], mailbox["caps"]["per_hour"]) == (7, 100)
    shown = postroom("mailbox", "show", "support").stdout
    assert "mon-fri 09:00-17:00 (Europe/Berlin)" in shown
    assert "Pilot addresses: me@shop.example" in shown


def test_a_change_leaves_the_rest_and_lists_can_be_emptied(postroom: Postroom, loft: Path) -> None:
    pilot = ("--pilot", "me@shop.example", "--alias", "info@shop.example", "--automatic-category", "refund")
    add(postroom, loft, *pilot)
    changed = postroom("mailbox", "change", "support", "--mode", "automatic", "--json")
    assert changed.exit_code == 0, changed.stderr
    assert "There are no articles" in changed.stderr
    mailbox = json.loads(changed.stdout)["mailbox"]
    assert (mailbox["mode"], mailbox["pilot_addresses"], mailbox["revision"]) == ("automatic", ["me@shop.example"], 1)
    emptied = postroom("mailbox", "change", "support", "--no-pilots", "--all-categories", "--clear", "alias", "--json")
    assert "mail of every category is answered automatically, whoever writes" in emptied.stderr
    unconcerned = postroom("mailbox", "change", "support", "--cap", "per_day=3")
    assert "answered automatically" not in unconcerned.stderr
    narrowed = postroom(
        "mailbox", "change", "support", "--automatic-category", "refund", "--automatic-category", "complaint"
    )
    assert "mail about refund is answered automatically, whoever writes" in narrowed.stderr
    mailbox = json.loads(emptied.stdout)["mailbox"]
    assert (mailbox["pilot_addresses"], mailbox["automatic_categories"], mailbox["aliases"]) == ([], None, [])
    assert postroom("mailbox", "change", "support").exit_code == 1


def test_a_changed_account_is_tried_before_it_is_stored(postroom: Postroom, loft: Path, tmp_path: Path) -> None:
    add(postroom, loft)
    refused = postroom("mailbox", "change", "support", "--set", f"path={tmp_path / 'nowhere'}")
    assert refused.exit_code == 1
    assert "Nothing was changed" in refused.stderr
    assert sheet(postroom)["receiver"]["values"] == {"path": str(loft)}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--hours", "always"), "no opening hours"),
        (("--cap", "per_year=3"), "per_hour"),
        (("--signature", "Bye"), "names no language"),
        (("--time-zone", "Moon"), "no time zone"),
        (("--sender", "nobody"), "no sender"),
        (("--set", "colour=red"), "no setting 'colour'"),
        (("--import-since", "2026-01-01"), "no setting 'import_since'"),
        (("--password-stdin",), "no password"),
        (("--alias", "nobody"), "no e-mail address"),
    ],
)
def test_a_wrong_option_is_told_in_words(
    postroom: Postroom, loft: Path, arguments: tuple[str, ...], words: str
) -> None:
    refused = add(postroom, loft, *arguments)
    assert refused.exit_code == 1
    assert words in refused.stderr
    assert json.loads(postroom("mailbox", "list", "--json").stdout) == []


def test_what_is_missing_is_told_where_nobody_can_be_asked(postroom: Postroom) -> None:
    assert "--kind" in postroom("mailbox", "add", "support").stderr
    assert "--address" in postroom("mailbox", "add", "support", "--kind", "maildir").stderr
    assert "cannot be a name" in postroom("mailbox", "add", "My shop").stderr


def test_a_mailbox_is_forgotten_only_when_that_is_meant(postroom: Postroom, loft: Path) -> None:
    add(postroom, loft)
    refused = CliRunner().invoke(app, ["mailbox", "remove", "support"], input="n\n")
    assert refused.exit_code == 1
    assert sheet(postroom)
    assert postroom("mailbox", "remove", "support", "--yes").exit_code == 0
    assert postroom("mailbox", "show", "support").exit_code == 1


def test_a_made_up_domain_is_not_looked_up(postroom: Postroom, loft: Path) -> None:
    add(postroom, loft)
    result = postroom("mailbox", "test", "support")
    assert result.exit_code == 0, result.stderr
    assert "nothing to look up" in result.stdout


def test_a_misspelt_category_is_refused_with_the_right_ones(postroom: Postroom, loft: Path) -> None:
    refused = add(postroom, loft, "--automatic-category", "refunds")
    assert refused.exit_code == 1
    assert "no category 'refunds'; there are: " in refused.stderr
    assert "refund," in refused.stderr
    kept = add(postroom, loft, "--automatic-category", "complaint")
    assert "go to a person whatever is switched on, as the workflow says so: complaint" in kept.stderr


def test_mode_automatic_without_a_category_says_that_nothing_is_answered(postroom: Postroom, loft: Path) -> None:
    add(postroom, loft)
    changed = postroom("mailbox", "change", "support", "--mode", "automatic")
    assert "No category is switched on" in changed.stderr
    assert "--automatic-category NAME" in changed.stderr
    everything = postroom("mailbox", "change", "support", "--all-categories")
    assert "No category is switched on" not in everything.stderr
    assert "No category" in postroom("mailbox", "change", "support", "--no-categories").stderr


def test_what_follows_fits_the_mode(postroom: Postroom, loft: Path) -> None:
    add(postroom, loft)
    observe = postroom("mailbox", "change", "support", "--mode", "observe").stderr
    assert "nobody is asked" in observe
    assert "--mode review" in observe
    assert "--mode automatic" not in observe
    assert "--mode automatic" in postroom("mailbox", "change", "support", "--mode", "review").stderr


def test_caps_are_shown_in_words(postroom: Postroom, loft: Path) -> None:
    add(postroom, loft)
    assert "100 of this mailbox within one hour (per_hour)" in postroom("mailbox", "show", "support").stdout


def test_categories_cannot_be_all_and_none(postroom: Postroom, loft: Path) -> None:
    refused = add(postroom, loft, "--all-categories", "--no-categories")
    assert (refused.exit_code, "contradict" in refused.stderr) == (1, True)


def test_a_mailbox_without_any_sender_says_that_nothing_can_be_sent(postroom: Postroom, loft: Path) -> None:
    add(postroom, loft)
    assert "Sender: no sender yet: nothing can be sent" in postroom("mailbox", "show", "support").stdout
    postroom("sender", "add", "out", "--kind", "outbox_folder", "--set", f"path={loft}", "--no-test")
    assert "Sender: the only one there is" in postroom("mailbox", "show", "support").stdout


def test_mail_of_the_last_quarter_of_an_hour_is_told_of(postroom: Postroom, loft: Path) -> None:
    add(postroom, loft)
    assert "save for the last quarter of an hour, which a person sees" in postroom("mailbox", "show", "support").stdout


def test_a_missing_password_is_told_with_the_options_that_give_it(postroom: Postroom) -> None:
    host = ("--kind", "imap", "--address", "help@shop.example", "--set", "host=127.0.0.1")
    refused = postroom("mailbox", "add", "support", *host)
    assert refused.exit_code == 1
    assert "Value error" not in refused.stderr
    assert "--password-env NAME or --password-stdin" in refused.stderr
    assert "gives no password" in postroom("mailbox", "add", "support", *host, "--password-stdin").stderr
