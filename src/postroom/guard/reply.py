"""Whether a reply may go out without a person, as things are now."""

from collections.abc import Iterator
from datetime import datetime

from postroom.guard import authentication
from postroom.guard.age import is_too_old, may_be_from_before
from postroom.guard.correspondent import plain_address
from postroom.guard.lists import listed
from postroom.mime.caution_words import cautions_in_words
from postroom.model.email import Email
from postroom.model.mailbox import Mailbox, Mode


def refusal(
    email: Email, mailbox: Mailbox, *, category: str | None, now: datetime, received_at: datetime
) -> str | None:
    """Return in words why no reply to `email` may go out without a person now, or None where one may.

    The mailbox's rules are asked anew: they may be stricter than when the e-mail arrived. `category` is None where it
    is not known. Times are UTC. Caps are another matter: see `limits`.
    """
    reasons = (
        *_of_the_mailbox(email, mailbox, category),
        *_of_the_email(email),
        *_of_the_lists(email, mailbox),
        *_of_the_time(email, mailbox, now, received_at),
    )
    return next(iter(reasons), None)


def _of_the_mailbox(email: Email, mailbox: Mailbox, category: str | None) -> Iterator[str]:
    if mailbox.stopped:
        yield f"the mailbox's automation has stopped: {mailbox.stopped}"
    if mailbox.mode is not Mode.AUTOMATIC:
        yield f"the mailbox is in mode {mailbox.mode}"
    sender = plain_address(email.from_address.address) if email.from_address else ""
    if mailbox.pilot_addresses and sender not in {plain_address(each) for each in mailbox.pilot_addresses}:
        yield "only pilot addresses are answered without a person"
    if mailbox.automatic_categories is not None and category not in mailbox.automatic_categories:
        yield f"e-mails of category {category or 'unknown'} are not answered without a person"


def _of_the_email(email: Email) -> Iterator[str]:
    if email.automatic:
        yield f"no machine may answer: {email.automatic}"
    if email.cautions:
        yield f"only a person may answer: {cautions_in_words(email.cautions)}"
    if email.from_address is None:
        yield f"only a person may answer: {cautions_in_words(('no_from_address',))}"


def _of_the_lists(email: Email, mailbox: Mailbox) -> Iterator[str]:
    lists = mailbox.lists
    named = {
        "never_answer": lists.never_answer,
        "never_automate": lists.never_automate,
        "always_person": lists.always_person,
    }
    for name, entries in named.items():
        if (entry := listed(email, entries)) is not None:
            yield f"{entry!r} is on the list {name}"


def _of_the_time(email: Email, mailbox: Mailbox, now: datetime, received_at: datetime) -> Iterator[str]:
    # No tolerance for clocks that differ: what came in just before may be answered already, so a person looks.
    if may_be_from_before(received_at, mailbox.connected_at):
        yield "it is from before the mailbox was connected"
    if is_too_old(email, received_at=received_at, now=now, within_hours=mailbox.answer_within_hours):
        yield f"it is older than {mailbox.answer_within_hours:g} hours"
    if found := authentication.caution(email, mailbox):
        yield f"only a person may answer: {cautions_in_words((found,))}"
