"""Who really wrote a mail that was passed on."""

import pytest

from postroom.mime.parse import parse
from postroom.model.email import Address

ANN = Address(name="Ann Lee", address="ann@x.example")
VIA = 'From: "Ann Lee via Lamps" <lamps@list.example>\n'
FROM = "From: bob@shop.example\nSubject: Lamp\n"


def original(content: str) -> tuple[Address | None, tuple[str, ...]]:
    email = parse(content.encode())
    return email.original_from, email.cautions


@pytest.mark.parametrize(
    "content",
    [
        f"{VIA}Reply-To: Ann Lee <ann@x.example>\n\nHello there",
        f"{VIA}Reply-To: ann@x.example\n\nHello there",
        f"{VIA}Reply-To: lamps@list.example, ann@x.example\n\nHello there",
        f"{VIA}X-Original-From: Ann Lee <ann@x.example>\nReply-To: other@y.example\n\nHello there",
        "From: \"'Ann Lee' via Lamps\" <lamps@list.example>\nX-Original-From: ann@x.example\n\nHello there",
        "From: Ann Lee über Lampen <lamps@list.example>\nReply-To: ann@x.example\n\nHello there",
        "From: lamps@list.example\nX-Original-From: Ann Lee <ann@x.example>\n\nHello there",
    ],
)
def test_the_writer_behind_a_list_is_shown_and_gets_a_person(content: str) -> None:
    found, cautions = original(content)
    assert found == ANN
    assert "rewritten_from" in cautions


def test_a_list_that_does_not_tell_the_writer_still_gets_a_person() -> None:
    found, cautions = original(f"{VIA}List-Id: <lamps.list.example>\n\nHello there")
    assert (found, cautions) == (None, ("rewritten_from",))


@pytest.mark.parametrize(
    "content",
    [
        "From: Anna via Roma <anna@x.example>\n\nHello there",
        "From: Anna Via <anna@x.example>\nReply-To: anna@x.example\n\nHello there",
        "From: Ann Lee <ann@x.example>\nX-Original-From: Ann <ANN@x.example>\n\nHello there",
        "From: Ann Lee <ann@x.example>\nX-Original-From: nobody\n\nHello there",
        "From: Ann Lee <ann@x.example>\nResent-From: ann@x.example\n\nHello there",
    ],
)
def test_an_ordinary_sender_is_not_taken_for_a_list(content: str) -> None:
    assert original(content) == (None, ())


def test_of_a_resent_mail_the_sender_is_the_writer() -> None:
    found, cautions = original("From: Ann Lee <ann@x.example>\nResent-From: bob@shop.example\n\nHello there")
    assert (found, cautions) == (ANN, ())


ATTACHED = "--b\nContent-Type: message/rfc822\n\nFrom: Ann Lee <ann@x.example>\nSubject: x\n\nHello\n"
FRAME = f"{FROM}Content-Type: multipart/mixed; boundary=b\n\n--b\n\nPlease answer her.\n"


def test_the_writer_of_the_one_attached_mail_is_shown() -> None:
    found, cautions = original(f"{FRAME}{ATTACHED}--b--\n")
    assert found == ANN
    assert "forwarded" in cautions


@pytest.mark.parametrize("attached", [ATTACHED + ATTACHED, ATTACHED.replace("From:", "Form:"), ""])
def test_of_several_or_nameless_attached_mails_nobody_is_shown(attached: str) -> None:
    found, cautions = original(f"{FRAME}{attached}--b--\n")
    assert found is None
    assert "forwarded" not in cautions


def test_what_a_mail_says_of_its_writer_never_changes_its_sender() -> None:
    email = parse(f"{FRAME}{ATTACHED}--b--\n".encode())
    assert email.from_address == Address(name="", address="bob@shop.example")
    assert (email.reply_to, email.to, email.cc) == ((), (), ())
