"""Mail with folders as labels."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from postroom.actions.importing_mail import MailRules, mail_sources, read_mail
from postroom.actions.importing_tables import Found, Refused
from postroom.errors import InputError

RULES = MailRules(max_message_bytes=2000, own=frozenset({"help@shop.example"}))


def letter(text: str, *, subject: str = "Hello", sender: str = "ann@example.com", extra: str = "") -> str:
    return (
        f"From: {sender}\nTo: help@shop.example\nSubject: {subject}\n{extra}"
        f"Date: Mon, 2 Mar 2026 10:00:00 +0100\nMessage-ID: <{len(text)}@example.com>\n\n{text}\n"
    )


def mbox(path: Path, *letters: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"From ann@example.com Mon Mar  2 10:00:00 2026\n{one}\n" for one in letters))
    return path


def maildir(path: Path, *letters: str) -> Path:
    for name in ("new", "cur", "tmp"):
        (path / name).mkdir(parents=True)
    for number, one in enumerate(letters):
        (path / "cur" / f"{number}:2,S").write_text(one)
    return path


def texts(path: Path, label: str = "") -> list[tuple[str, str]]:
    lines = [line for source in mail_sources(path, label) for line, _ in read_mail(source, RULES)]
    return [(one.label, one.text) if isinstance(one, Found) else ("refused", one.reason) for one in lines]


def test_folders_are_labels_however_they_hold_their_mail(tmp_path: Path) -> None:
    mbox(tmp_path / "mail" / "Claims.mbox", letter("My car."), letter("My house."))
    mbox(tmp_path / "mail" / "Inbox.sbd" / "Billing", letter("Too much."))
    maildir(tmp_path / "mail" / ".Contract", letter("I cancel."))
    maildir(tmp_path / "mail" / ".Contract" / "Deep", letter("Deeper."))
    (tmp_path / "mail" / "letters").mkdir()
    (tmp_path / "mail" / "letters" / "1.EML").write_text(letter("Saved."))
    (tmp_path / "mail" / "Inbox.msf").write_text("an index")
    assert sorted(texts(tmp_path / "mail")) == [
        ("Billing", "Too much."),
        ("Claims", "My car."),
        ("Claims", "My house."),
        ("Contract", "I cancel."),
        ("Deep", "Deeper."),
        ("letters", "Saved."),
    ]
    assert {label for label, _ in texts(tmp_path / "mail", "all")} == {"all"}


def test_a_date_in_the_future_is_not_believed(tmp_path: Path) -> None:
    path = mbox(tmp_path / "claims", letter("Old.").replace("2026", "2999"), letter("New."))
    now = datetime(2026, 6, 1, tzinfo=UTC)
    rules = replace(RULES, latest=now)
    first = [one.at for source in mail_sources(path) for one, _ in read_mail(source, rules) if isinstance(one, Found)]
    assert first == [now, datetime(2026, 3, 2, 9, tzinfo=UTC)]
    written = datetime(2026, 5, 1, tzinfo=UTC).timestamp()
    os.utime(path, (written, written))
    again = [one.at for source in mail_sources(path) for one, _ in read_mail(source, rules) if isinstance(one, Found)]
    assert again[0] == datetime(2026, 5, 1, tzinfo=UTC)


def test_a_place_is_told_as_people_find_it(tmp_path: Path) -> None:
    robot = letter("x", extra="Auto-Submitted: auto-generated\n")
    box = mbox(tmp_path / "claims", letter("Fine."), robot)
    (refused,) = [
        one for source in mail_sources(box) for one, _ in read_mail(source, RULES) if isinstance(one, Refused)
    ]
    assert refused.place == f"{box}, message 2"
    saved = tmp_path / "saved"
    saved.mkdir()
    (saved / "1.eml").write_text(robot)
    (refused,) = [
        one for source in mail_sources(saved) for one, _ in read_mail(source, RULES) if isinstance(one, Refused)
    ]
    assert refused.place == f"{saved / '1.eml'}, the message"
    assert Refused(file=tmp_path / "old.csv", row=3, reason="x").place == f"{tmp_path / 'old.csv'}, line 3"


def test_only_the_customers_own_words_are_taken_and_the_date_of_the_mail(tmp_path: Path) -> None:
    path = mbox(tmp_path / "claims", letter("It broke.\n\nOn Mon, Ben wrote:\n> How are you?"))
    (source,) = mail_sources(path)
    ((line, end),) = read_mail(source, RULES)
    assert isinstance(line, Found)
    assert (line.text, line.subject, f"{line.at:%d.%m. %H}") == ("It broke.", "Hello", "02.03. 09")
    assert end == source.size_bytes


def test_machines_own_mail_and_what_is_too_large_or_empty_is_told(tmp_path: Path) -> None:
    path = mbox(
        tmp_path / "claims",
        letter("Out of office.", extra="Auto-Submitted: auto-replied\n"),
        letter("We will look.", sender="Help <HELP@shop.example>"),
        letter("x" * 3000),
        letter(""),
        letter("Good."),
    )
    found = [line for source in mail_sources(path) for line, _ in read_mail(source, RULES)]
    assert [one.reason[:10] for one in found if isinstance(one, Refused)] == [
        "a machine ", "it is from", "it is larg", "it has no ",
    ]  # fmt: skip
    assert [one.row for one in found] == [1, 2, 3, 4, 5]
    assert isinstance(found[-1], Found)


def test_a_link_that_leads_back_up_is_not_followed(tmp_path: Path) -> None:
    mbox(tmp_path / "mail" / "claims", letter("One."))
    (tmp_path / "mail" / "loop").symlink_to(tmp_path / "mail")
    assert texts(tmp_path / "mail") == [("claims", "One.")]


def test_what_holds_no_mail_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    for path in (tmp_path, tmp_path / "notes.txt"):
        with pytest.raises(InputError) as caught:
            list(mail_sources(path))
        assert caught.value.hint
