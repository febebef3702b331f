"""The loop guard: every kind of mail that no machine may answer, and those that it may."""

import pytest

from postroom.mime.parse import parse

HEAD = "From: Jane <jane@doe.example>\nTo: help@shop.example\nSubject: Lamp\n"
GUARD = {
    "auto_submitted": [
        "Auto-Submitted: auto-replied",
        "auto-submitted: AUTO-GENERATED; owner=x",
        "Auto-Submitted: (x) auto-notified",
    ],
    "auto_response_suppressed": ["X-Auto-Response-Suppress: All", "X-Auto-Response-Suppress: OOF, AutoReply"],
    "auto_reply": ["X-Autoreply: yes", "X-Autorespond: x", "Precedence: auto_reply", "X-Vacation: yes"],
    "x_loop": ["X-Loop: help@shop.example"],
    "empty_return_path": ["Return-Path: <>", "Return-Path:   < >", "Return-Path:"],
    "mailing_list": [
        "List-Id: <a.b>",
        "List-Unsubscribe: <mailto:x@y>",
        "Precedence: list",
        "Mailing-List: x",
        "List-Software: x",
        "Precedence: first-class\nPrecedence: list",
        "List-Id:\nList-Id: x",
    ],
    "bulk": ["Precedence: bulk", "Precedence: JUNK", "Feedback-ID: a:b"],
    "spam_flagged": [
        "X-Spam-Flag: YES",
        "X-Spam-Status: Yes, score=9",
        "X-Rspamd-Action: add header",
        "X-Spam-Flag: NO\nX-Spam-Flag: YES",
        "X-MS-Exchange-Organization-SCL: 6",
        "X-Forefront-Antispam-Report: CIP:192.0.2.1;SFV:SPM;H:x",
        "Subject: ***SPAM*** Lamp",
    ],
    "delivery_report": [
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        "X-Failed-Recipients: a@b",
        "Content-Type: message/delivery-status",
    ],
    "read_receipt": [
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b",
        "Content-Type: message/disposition-notification",
    ],
    "feedback_report": ["Content-Type: multipart/report; report-type=feedback-report; boundary=b"],
    "calendar_reply": ["Content-Type: text/calendar; method=REPLY", "Content-Type: text/calendar; method=CANCEL"],
}
NO_REPLY = (
    "no-reply@x.example noreply@x.example NoReply@x.example do-not-reply@x.example donotreply@x.example "
    "shop-noreply@x.example noreply+tag@x.example mailer-daemon@x.example postmaster@x.example bounce-1@x.example "
    "list-bounces@x.example nicht-antworten@x.example"
)
AUTOMATIC_SUBJECTS = (
    "Automatic reply: Lamp",
    "Automatische Antwort: Lampe",
    "Réponse automatique : lampe",
    "自動応答: x",
)


@pytest.mark.parametrize(("code", "header"), [(code, header) for code in GUARD for header in GUARD[code]])
def test_no_machine_answers_a_mail_that_a_machine_sent(code: str, header: str) -> None:
    assert parse(f"{header}\n{HEAD}\nHello\n".encode()).automatic == code


@pytest.mark.parametrize("address", NO_REPLY.split())
def test_a_sender_that_wants_no_reply_gets_none(address: str) -> None:
    assert parse(f"From: {address}\n\nHello".encode()).automatic == "no_reply_sender"


@pytest.mark.parametrize("subject", AUTOMATIC_SUBJECTS)
def test_an_absence_notice_is_known_by_its_subject(subject: str) -> None:
    assert parse(f"From: a@b.example\nSubject: {subject}\n\nI am away".encode()).automatic == "auto_reply"


def test_a_calendar_reply_inside_an_alternative_is_found() -> None:
    content = (
        f"{HEAD}Content-Type: multipart/alternative; boundary=b\n\n--b\n\nAccepted\n--b\n"
        "Content-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\n--b--\n"
    )
    assert parse(content.encode()).automatic == "calendar_reply"


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("delivery-status", "delivery_report"),
        ("disposition-notification", "read_receipt"),
        ("feedback-report", "feedback_report"),
    ],
)
def test_a_report_in_the_frame_of_a_list_is_found(kind: str, code: str) -> None:
    content = (
        f"{HEAD}Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/report; boundary=b\n\n"
        f"--b\n\nReport\n--b\nContent-Type: message/{kind}\n\nx: y\n--b--\n--a\n\nfooter\n--a--\n"
    )
    assert parse(content.encode()).automatic == code


def test_a_report_that_somebody_attached_is_a_mail_of_a_person() -> None:
    content = (
        f"{HEAD}Content-Type: multipart/mixed; boundary=a\n\n--a\n\nWhat does this mean?\n--a\n"
        "Content-Type: message/rfc822\n\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n"
        "\n--a--\n"
    )
    assert parse(content.encode()).automatic is None


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: no",
        "X-Auto-Response-Suppress: None",
        "Precedence: first-class",
        "Return-Path: <jane@doe.example>",
        "X-Spam-Flag: NO",
        "X-Spam-Status: No, score=-1",
        "List-Id:",
        "X-MS-Exchange-Organization-SCL: 1",
        "X-Forefront-Antispam-Report: CIP:192.0.2.1;SFV:NSPM;H:x",
        "Importance: high",
    ],
)
def test_a_mail_of_a_person_may_be_answered(header: str) -> None:
    assert parse(f"{header}\n{HEAD}\nHello\n".encode()).automatic is None


@pytest.mark.parametrize(
    "address", ["norbert@x.example", "noah.reply@x.example", "bouncer@x.example", "anna.noor@x.example"]
)
def test_a_person_whose_name_looks_like_no_reply_may_be_answered(address: str) -> None:
    assert parse(f"From: {address}\n\nHello".encode()).automatic is None
