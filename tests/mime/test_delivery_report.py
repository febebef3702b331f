"""Delivery reports: whom they are about, and of which mail they speak."""

import pytest

from postroom.mime.delivery_report import MAX_DETAIL_CHARS, MAX_RECIPIENTS
from postroom.mime.parse import parse
from postroom.model.email import DeliveryReport, FailedRecipient

OURS = "<postroom.1@shop.example>"
HEAD = "From: MAILER-DAEMON@mx.example\nSubject: Undelivered\n"
FRAME = f"{HEAD}Content-Type: multipart/report; report-type=delivery-status; boundary=r\n\n--r\n\nIt failed.\n"
RETURNED = f"--r\nContent-Type: message/rfc822\n\nSubject: Re: Lamp\nMessage-ID: {OURS}\n\nHello\n"
ONE = "Final-Recipient: rfc822; gone@x.example\nAction: failed\nStatus: 5.1.1\n"


def report(status: str, returned: str = RETURNED) -> DeliveryReport | None:
    content = f"{FRAME}--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n{status}\n"
    return parse(f"{content}{returned}--r--\n".encode()).report


def recipients(status: str) -> tuple[FailedRecipient, ...]:
    found = report(status)
    assert found is not None
    return found.recipients


def test_a_report_names_the_mail_the_recipient_and_what_was_said() -> None:
    said = "Diagnostic-Code: smtp; 550 5.1.1 <gone@x.example>:\n    no such user\n"
    failed = FailedRecipient(
        address="gone@x.example", action="failed", status="5.1.1", detail="550 5.1.1 <gone@x.example>: no such user"
    )
    assert report(ONE + said) == DeliveryReport(message_id=OURS, recipients=(failed,))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("Original-Recipient: rfc822; ann@x.example\n" + ONE, ("ann@x.example", "failed", "5.1.1")),
        ("Original-Recipient: rfc822;\n" + ONE, ("gone@x.example", "failed", "5.1.1")),
        ("FINAL-RECIPIENT: X;<a@x.example>\nACTION: Delayed\nSTATUS: 4.4.7", ("a@x.example", "delayed", "4.4.7")),
        ("Final-Recipient: utf-8; jö@x.example\nAction: failed\nStatus: 5.0.0\n", ("jö@x.example", "failed", "5.0.0")),
        ("Final-Recipient: a@x.example\n", ("a@x.example", "", "")),
        ("Final-Recipient: rfc822; a@x.example\nStatus: 9.1.1\nAction: !\n", ("a@x.example", "", "")),
    ],
)  # fmt: skip
def test_the_fields_of_a_recipient_are_read(status: str, expected: tuple[str, str, str]) -> None:
    (found,) = recipients(status)
    assert (found.address, found.action, found.status) == expected


def test_a_report_without_general_fields_is_read_too() -> None:
    content = f"{FRAME}--r\nContent-Type: message/delivery-status\n\n{ONE}\n--r--\n"
    found = parse(content.encode()).report
    assert found is not None
    assert (found.message_id, [failed.address for failed in found.recipients]) == (None, ["gone@x.example"])


def test_fields_in_a_second_part_are_read_too() -> None:
    status = "--r\nContent-Type: message/delivery-status\n\n"
    found = parse(f"{FRAME}{status}It could not be sent.\n{status}x: y\n\n{ONE}{RETURNED}--r--\n".encode()).report
    assert found is not None
    assert [failed.address for failed in found.recipients] == ["gone@x.example"]


def test_recipients_and_words_are_bounded_and_each_address_counts_once() -> None:
    many = "\n".join(f"Final-Recipient: rfc822; u{number}@x.example\nAction: failed\n" for number in range(300))
    assert len(recipients(many)) == MAX_RECIPIENTS
    assert len(recipients(f"{ONE}\n{ONE}")) == 1
    assert len(recipients(f"{ONE}Diagnostic-Code: smtp; {'x' * 9_000}\n")[0].detail) == MAX_DETAIL_CHARS


@pytest.mark.parametrize(
    ("returned", "expected"),
    [
        (f"--r\nContent-Type: text/rfc822-headers\n\nMessage-ID: {OURS}\n", OURS),
        (f"--r\nContent-Type: message/global-headers\n\nMessage-ID:\n {OURS}\n", OURS),
        ("--r\nContent-Type: message/rfc822\n\nSubject: x\n\nMessage-ID: <body@x>\n", None),
        (f"{RETURNED}--r\nContent-Type: message/rfc822\n\nMessage-ID: <other@x>\n\nx\n", None),
        (f"--r\nContent-Type: message/rfc822\n\nMessage-ID: {OURS}\nMessage-ID: <other@x>\n\nx\n", None),
        (f"--r\nContent-Type: text/plain\n\nMessage-ID: {OURS}\n", None),
        ("", None),
    ],
)
def test_the_id_is_that_of_the_one_returned_mail(returned: str, expected: str | None) -> None:
    found = report(ONE, returned)
    assert found is not None
    assert found.message_id == expected


EXIM = f"""{HEAD}X-Failed-Recipients: gone@x.example, full@y.example

This message was created automatically by mail delivery software.

  gone@x.example
    host mx.x.example [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<gone@x.example>:
    550 5.1.1 No such user
  full@y.example
    mailbox is full

------ This is a copy of the message, including all the headers. ------

Return-path: <help@shop.example>
Message-ID: {OURS}
Subject: Re: Lamp

Message-ID: <body@x.example>
"""


def test_a_bounce_in_plain_text_names_the_mail_below_its_line_of_dashes() -> None:
    found = parse(EXIM.encode()).report
    assert found is not None
    assert found.message_id == OURS
    assert [(failed.address, failed.action, failed.status) for failed in found.recipients] == [
        ("gone@x.example", "failed", "5.1.1"),
        ("full@y.example", "failed", ""),
    ]
    assert found.recipients[0].detail.endswith("550 5.1.1 No such user")
    assert found.recipients[1].detail == "mailbox is full"


@pytest.mark.parametrize(
    "content",
    [
        EXIM.replace("------ This", "This"),
        EXIM.replace(f"Message-ID: {OURS}", f"Message-ID: {OURS}\nMessage-ID: <other@x>"),
        EXIM.replace("------ This", "Message-ID: <x@y>\n--- That"),
    ],
)
def test_an_id_that_cannot_be_told_surely_is_not_told(content: str) -> None:
    found = parse(content.encode()).report
    assert found is not None
    assert found.message_id is None


@pytest.mark.parametrize(
    "content",
    [
        "From: jane@doe.example\nSubject: Undelivered Mail Returned to Sender\n\nStatus: 5.1.1\nFinal-Recipient: a@b.c",
        EXIM.replace("X-Failed-Recipients", "X-Other"),
        EXIM.replace("gone@x.example, full@y.example", "nobody"),
        FRAME.replace("delivery-status", "disposition-notification")
        + "--r\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; a@b.example\n--r--\n",
        f"From: jane@doe.example\nContent-Type: multipart/mixed; boundary=r\n\n--r\n\nLook:\n--r\n"
        f"Content-Type: message/rfc822\n\n{FRAME}--r--\n",
    ],
)
def test_what_is_no_delivery_report_gives_none(content: str) -> None:
    assert parse(content.encode()).report is None


@pytest.mark.parametrize("kind", ["delivery-status", "disposition-notification", "feedback-report"])
def test_a_report_is_not_taken_for_a_forwarded_mail(kind: str) -> None:
    returned = RETURNED.replace("Subject:", "From: ann@x.example\nSubject:")
    content = f"{FRAME}--r\nContent-Type: message/{kind}\n\n{ONE}\n{returned}--r--\n"
    email = parse(content.replace("delivery-status", kind).encode())
    assert email.automatic is not None
    assert (email.original_from, "forwarded" in email.cautions) == (None, False)
