"""Mailboxes in words, and what is said of who is answered automatically."""

from dataclasses import replace

import pytest

from contracts.store_nouns import account, alarm, mailbox
from postroom.actions.accounts import shown
from postroom.actions.mailboxes import MailboxSheet
from postroom.cli.mailbox_words import (
    COLUMNS,
    NO_SENDER,
    caps_in_words,
    mailbox_in_words,
    mailbox_row,
    mode_in_words,
    say_what_follows,
    say_which_categories,
    say_who_is_answered,
)
from postroom.model.email import Address
from postroom.model.mailbox import Caps, Mailbox, Mode

Captured = pytest.CaptureFixture[str]
SHOP = mailbox("shop")
SHEET = MailboxSheet(mailbox=SHOP, receiver=shown(account("shop")), alarms=(alarm("silent shop"),))


def test_a_row_has_a_cell_for_each_column() -> None:
    row = mailbox_row(SHEET, ["post"])
    assert len(row) == len(COLUMNS)
    assert row == ("shop", "shop@shop.example", "imap_smtp", "the only one", "automatic", "support", "1")


def test_what_a_mailbox_lacks_is_told() -> None:
    bare = MailboxSheet(mailbox=SHOP, receiver=None, alarms=())
    assert mailbox_row(bare, ())[2:4] == ("its account is missing", "none yet")
    assert mailbox_row(bare, ())[-1] == ""
    words = mailbox_in_words(bare, ())
    assert "Its account is missing" in words
    assert f"Sender: {NO_SENDER}" in words


def test_everything_about_it_is_told_but_its_secrets_and_what_is_empty() -> None:
    words = mailbox_in_words(SHEET, ["post"])
    for part in ("Shop <shop@shop.example>", "help@shop.example", "Never answered: @eve.example", "09:00", "refund"):
        assert part in words
    assert "password: (secret, kept sealed)" in words
    assert "v1:" not in words
    assert "Alarm silent shop: A silent mailbox. Check its account." in words
    assert not {"Pilot addresses", "Bounces go to", "Always a person"} & {
        line.partition(":")[0] for line in words.splitlines()
    }


def test_no_name_of_a_mailbox_moves_the_cursor() -> None:
    odd = replace(SHEET, mailbox=replace(SHOP, address=Address(name="a\x1b[2Jb", address="shop@shop.example")))
    assert "\x1b" not in mailbox_in_words(odd, ())


def test_automation_that_ended_by_itself_says_why() -> None:
    assert mode_in_words(SHOP) == "automatic"
    stopped = replace(SHOP, mode=Mode.REVIEW, stopped="400 replies in 24 hours")
    assert mode_in_words(stopped) == "review, automation stopped: 400 replies in 24 hours"


def test_caps_are_told_with_the_names_that_change_them() -> None:
    words = caps_in_words(Caps(per_correspondent=None, per_hour=7))
    assert "any number to one correspondent in 24 hours (per_correspondent)" in words
    assert "7 of this mailbox within one hour (per_hour)" in words
    assert words.count("(per_") == 5


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        (Mode.OBSERVE, "nobody is asked and nothing is sent"),
        (Mode.REVIEW, "nothing is sent without a person"),
        (Mode.AUTOMATIC, "where the promise is proven"),
    ],
)
def test_each_mode_says_how_to_look_and_where_to_go_from_it(mode: Mode, words: str, capsys: Captured) -> None:
    say_what_follows(replace(SHOP, mode=mode))
    said = capsys.readouterr().err
    assert words in said
    assert "postroom mailbox change shop --mode" in said


def test_switched_on_without_a_category_says_that_nothing_is_answered(capsys: Captured) -> None:
    none = replace(SHOP, automatic_categories=())
    say_which_categories(none, known=["refund", "delivery"], for_people=())
    said = capsys.readouterr().err
    assert "nothing is answered automatically" in said
    assert "There are: refund, delivery." in said
    say_which_categories(replace(none, mode=Mode.REVIEW), known=["refund"], for_people=())
    assert capsys.readouterr().err == ""


def test_a_category_that_the_workflow_sends_to_people_is_named(capsys: Captured) -> None:
    say_which_categories(SHOP, known=(), for_people=["complaint"])
    assert "These go to a person whatever is switched on" in capsys.readouterr().err


def told(one: Mailbox, before: Mailbox | None, for_people: tuple[str, ...], capsys: Captured) -> str:
    say_who_is_answered(one, before=before, for_people=for_people)
    return capsys.readouterr().err


def test_without_pilot_addresses_it_is_said_whose_mail_is_answered_by_itself(capsys: Captured) -> None:
    assert "mail about refund is answered automatically, whoever writes" in told(SHOP, None, (), capsys)
    assert "mail of every category" in told(replace(SHOP, automatic_categories=None), None, (), capsys)
    assert told(SHOP, replace(SHOP, mode=Mode.REVIEW), (), capsys)


def test_where_nothing_changed_or_nobody_is_answered_nothing_is_said_of_it(capsys: Captured) -> None:
    assert told(SHOP, SHOP, (), capsys) == ""
    assert told(replace(SHOP, pilot_addresses=("me@shop.example",)), None, (), capsys) == ""
    assert told(replace(SHOP, mode=Mode.REVIEW), None, (), capsys) == ""
    assert told(replace(SHOP, automatic_categories=()), None, (), capsys) == ""
    assert told(SHOP, None, ("refund",), capsys) == ""
