"""No reply goes out without a person unless everything allows it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.mails import MAILBOX, NOW, PLAIN, emails, mailboxes, times
from postroom.guard.reply import refusal
from postroom.model.email import AuthenticationResult, Email
from postroom.model.mailbox import AuthenticationPolicy, Lists, Mailbox, Mode

FAILED = (AuthenticationResult(authserv_id="mx", method="dmarc", result="fail", domain="example.org"),)


def asked(email: Email = PLAIN, mailbox: Mailbox = MAILBOX, *, category: str | None = "returns") -> str | None:
    return refusal(email, mailbox, category=category, now=NOW, received_at=NOW)


@pytest.mark.parametrize(
    ("email", "mailbox", "words"),
    [
        (PLAIN, replace(MAILBOX, mode=Mode.OBSERVE), "the mailbox is in mode observe"),
        (PLAIN, replace(MAILBOX, mode=Mode.REVIEW), "the mailbox is in mode review"),
        (PLAIN, replace(MAILBOX, mode=Mode.REVIEW, stopped="Full."), "the mailbox's automation has stopped: Full."),
        (PLAIN, replace(MAILBOX, pilot_addresses=("bob@example.org",)), "only pilot addresses"),
        (PLAIN, replace(MAILBOX, automatic_categories=("shipping",)), "category returns"),
        (PLAIN, replace(MAILBOX, automatic_categories=()), "category returns"),
        (replace(PLAIN, automatic="bulk"), MAILBOX, "no machine may answer: bulk"),
        (replace(PLAIN, cautions=("encrypted", "x")), MAILBOX, "only a person may answer: it is encrypted; x"),
        (replace(PLAIN, from_address=None), MAILBOX, "it names no sender"),
        (
            PLAIN,
            replace(MAILBOX, lists=Lists(never_answer=("@example.org",))),
            "'@example.org' is on the list never_answer",
        ),
        (PLAIN, replace(MAILBOX, lists=Lists(never_automate=("order",))), "never_automate"),
        (PLAIN, replace(MAILBOX, lists=Lists(always_person=("order",))), "always_person"),
        (replace(PLAIN, date=NOW - timedelta(hours=73)), MAILBOX, "older than 72 hours"),
        (PLAIN, replace(MAILBOX, connected_at=NOW + timedelta(hours=1)), "before the mailbox was connected"),
        (PLAIN, replace(MAILBOX, connected_at=NOW + timedelta(minutes=14)), "before the mailbox was connected"),
        (PLAIN, replace(MAILBOX, connected_at=NOW + timedelta(seconds=1)), "before the mailbox was connected"),
        (replace(PLAIN, authentication=FAILED), replace(MAILBOX, authserv_ids=("mx",)), "may be forged"),
        (PLAIN, replace(MAILBOX, authentication=AuthenticationPolicy.MISSING), "no trusted server"),
    ],
)
def test_each_rule_refuses_in_words(email: Email, mailbox: Mailbox, words: str) -> None:
    assert words in (asked(email, mailbox) or "")


def test_an_unknown_category_is_none_of_those_switched_on() -> None:
    assert "category unknown" in (
        asked(mailbox=replace(MAILBOX, automatic_categories=("returns",)), category=None) or ""
    )
    assert asked(category=None) is None


def test_what_is_allowed_is_not_refused() -> None:
    mailbox = replace(MAILBOX, pilot_addresses=("ADA@example.org",), automatic_categories=("returns",))
    assert asked(mailbox=mailbox) is None


@settings(deadline=None)
@given(emails, mailboxes, st.none() | st.sampled_from(["returns", "other"]), times)
def test_only_mode_automatic_lets_anything_out(
    email: Email, mailbox: Mailbox, category: str | None, received_at: datetime
) -> None:
    if refusal(email, mailbox, category=category, now=NOW, received_at=received_at) is None:
        assert mailbox.mode is Mode.AUTOMATIC
        assert not mailbox.stopped
        assert email.automatic is None
        assert email.cautions == ()


@settings(deadline=None)
@given(emails, mailboxes, st.lists(st.sampled_from(["too_old", "new_participant", "message_id_reused"]), min_size=1))
def test_a_caution_more_never_allows_anything(email: Email, mailbox: Mailbox, more: list[str]) -> None:
    warned = replace(email, cautions=(*email.cautions, *more))
    assert refusal(warned, mailbox, category="returns", now=NOW, received_at=NOW) is not None


@settings(deadline=None)
@given(emails, mailboxes, st.floats(min_value=0, max_value=1e6))
def test_what_is_refused_for_its_age_stays_refused(email: Email, mailbox: Mailbox, hours: float) -> None:
    if refusal(email, mailbox, category="returns", now=NOW, received_at=NOW) is not None:
        later = NOW + timedelta(hours=hours)
        assert refusal(email, mailbox, category="returns", now=later, received_at=NOW) is not None


def test_what_came_in_the_second_of_the_connection_may_be_answered() -> None:
    assert NOW.microsecond == 0
    assert asked(mailbox=replace(MAILBOX, connected_at=NOW + timedelta(milliseconds=999))) is None
