"""What an e-mail is taken for as it arrives."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.mails import ADA, MAILBOX, NOW, PLAIN, SECRET, emails, facts, mailboxes, times
from postroom.guard.arrival import Assessment, assessed
from postroom.guard.reply import refusal
from postroom.mime.message_id import make_message_id
from postroom.mime.parse import parse
from postroom.model.email import Address, AuthenticationResult, Email
from postroom.model.mailbox import AuthenticationPolicy, Lists, Mailbox

OWN_ID = make_message_id("r1", domain="lindenhof.example", secret=SECRET)
PLAIN_HEADERS = {
    "From": "Ada <ada@example.org>",
    "To": "support@lindenhof.example",
    "Subject": "My order",
    "Date": "Mon, 02 Mar 2026 11:00:00 +0000",
    "Return-Path": "<ada@example.org>",
    "Message-ID": "<one@example.org>",
}


def written(changes: Mapping[str, str], *, body: str = "Where is my order?") -> Email:
    """Return a mail as it reads from bytes with some headers added or changed."""
    headers = "".join(f"{name}: {value}\r\n" for name, value in {**PLAIN_HEADERS, **changes}.items())
    return parse(f"{headers}\r\n{body}\r\n".encode())


def sent_without_a_person(email: Email, mailbox: Mailbox = MAILBOX, *, flags: frozenset[str] = frozenset()) -> bool:
    """Whether a reply would go out: executed at all, let in by the trigger, and not refused."""
    found = assessed(email, facts(mailbox, flags=flags))
    stored = replace(email, automatic=found.automatic, cautions=found.cautions)
    refused = refusal(stored, mailbox, category="returns", now=NOW, received_at=NOW)
    return not found.history and found.automatic is None and refused is None


def test_the_mail_of_a_person_is_let_through() -> None:
    assert assessed(PLAIN, facts()) == Assessment(history=False, automatic=None, cautions=())
    assert sent_without_a_person(written({}))


@pytest.mark.parametrize(
    "changes",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Auto-Submitted": "auto-generated; x=y"},
        {"Return-Path": "<>"},
        {"List-Id": "<news.example.org>"},
        {"List-Unsubscribe": "<mailto:off@example.org>"},
        {"Precedence": "bulk"},
        {"Precedence": "junk"},
        {"Precedence": "list"},
        {"X-Auto-Response-Suppress": "All"},
        {"X-Loop": "support@example.org"},
        {"X-Autoreply": "yes"},
        {"X-Spam-Flag": "YES"},
        {"Content-Type": "text/calendar; method=REPLY"},
        {"Content-Type": "multipart/report; report-type=delivery-status; boundary=b"},
        {"Content-Type": "multipart/report; report-type=feedback-report; boundary=b"},
        {"Content-Type": "multipart/report; report-type=disposition-notification; boundary=b"},
        {"From": "no-reply@example.org"},
        {"From": "MAILER-DAEMON@example.org"},
        {"Message-ID": OWN_ID},
        {"From": "support@lindenhof.example"},
        {"From": "Sales+x@LINDENHOF.example"},
        {"Reply-To": "ada@elsewhere.example"},
        {"From": "a@example.org, b@example.org"},
        {"Content-Type": "multipart/encrypted; boundary=b"},
        {"Content-Type": "application/pdf", "Content-Disposition": "attachment; filename=a.pdf"},
        {"Date": "Mon, 02 Feb 2026 11:00:00 +0000"},
    ],
    ids=lambda changes: ", ".join(f"{name}: {value}"[:60] for name, value in changes.items()),
)
def test_mail_that_no_machine_may_answer_is_never_answered(changes: dict[str, str]) -> None:
    assert not sent_without_a_person(written(changes))


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        ({"$Junk"}, "spam_flagged"),
        ({"JUNK"}, "spam_flagged"),
        ({"Junk", "$NotJunk"}, None),
        ({"NonJunk"}, None),
        ({"\\Answered"}, "answered_elsewhere"),
        ({"\\ANSWERED", "\\Seen"}, "answered_elsewhere"),
        ({"\\Seen", "\\Flagged"}, None),
    ],
)
def test_flags_of_the_mailbox_count(flags: set[str], reason: str | None) -> None:
    assert assessed(PLAIN, facts(flags=frozenset(flags))).automatic == reason
    assert sent_without_a_person(PLAIN, flags=frozenset(flags)) == (reason is None)


def test_mail_from_before_the_mailbox_was_connected_is_history() -> None:
    mailbox = replace(MAILBOX, connected_at=NOW)
    assert assessed(PLAIN, facts(mailbox, received_at=NOW - timedelta(minutes=16))).history
    assert not assessed(PLAIN, facts(mailbox, received_at=NOW - timedelta(minutes=3))).history
    assert not assessed(PLAIN, facts(mailbox)).history
    assert not assessed(PLAIN, facts(received_at=NOW - timedelta(days=900))).history


@pytest.mark.parametrize(
    ("mailbox", "email", "expected"),
    [
        (replace(MAILBOX, lists=Lists(never_automate=("order",))), PLAIN, "never_automate"),
        (replace(MAILBOX, lists=Lists(always_person=("ada@example.org",))), PLAIN, "always_person"),
        (MAILBOX, replace(PLAIN, date=NOW - timedelta(days=4)), "too_old"),
        (replace(MAILBOX, authentication=AuthenticationPolicy.MISSING), PLAIN, "authentication_missing"),
        (
            replace(MAILBOX, authserv_ids=("mx",)),
            replace(PLAIN, authentication=(AuthenticationResult(authserv_id="mx", method="dmarc", result="fail"),)),
            "authentication_failed",
        ),
    ],
)
def test_the_rules_of_the_mailbox_add_cautions(mailbox: Mailbox, email: Email, expected: str) -> None:
    assert assessed(email, facts(mailbox)) == Assessment(history=False, automatic=None, cautions=(expected,))
    assert not sent_without_a_person(email, mailbox)


def test_a_correspondent_on_the_list_never_answer_is_not_answered_at_all() -> None:
    mailbox = replace(MAILBOX, lists=Lists(never_answer=("@example.org",)))
    assert assessed(PLAIN, facts(mailbox)).automatic == "never_answer"


def test_what_the_bytes_say_comes_first() -> None:
    email = replace(PLAIN, automatic="mailing_list", cautions=("encrypted",), from_address=MAILBOX.address)
    mailbox = replace(MAILBOX, lists=Lists(always_person=("order",)))
    assert assessed(email, facts(mailbox, flags=frozenset({"\\Answered"}))) == Assessment(
        history=False, automatic="mailing_list", cautions=("encrypted", "always_person")
    )


@settings(deadline=None)
@given(emails, mailboxes, times, st.sets(st.sampled_from(["\\Answered", "$Junk", "$NotJunk", "\\Seen"])))
def test_no_rule_takes_away_what_another_found(
    email: Email, mailbox: Mailbox, received_at: datetime, flags: set[str]
) -> None:
    given_facts = facts(mailbox, flags=frozenset(flags), received_at=received_at)
    found = assessed(email, given_facts)
    assert set(email.cautions) <= set(found.cautions)
    assert email.automatic is None or found.automatic == email.automatic
    stored = replace(email, automatic=found.automatic, cautions=found.cautions)
    assert assessed(stored, given_facts) == found


@settings(deadline=None)
@given(emails, mailboxes, st.sampled_from(["\\Answered", "$Junk", "own_address", "own_id", "never_answer"]))
def test_whatever_the_mail_and_the_mailbox_a_named_rule_holds(email: Email, mailbox: Mailbox, rule: str) -> None:
    flags = frozenset({rule}) if rule in {"\\Answered", "$Junk"} else frozenset[str]()
    if rule == "own_address":
        email = replace(email, from_address=Address(name="x", address="HELP+a@lindenhof.example"))
    elif rule == "own_id":
        email = replace(email, message_id=OWN_ID)
    elif rule == "never_answer":
        email, mailbox = replace(email, from_address=ADA), replace(mailbox, lists=Lists(never_answer=(ADA.address,)))
    assert not sent_without_a_person(email, mailbox, flags=flags)
