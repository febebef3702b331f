"""What stopping makes of a mailbox, without a database."""

from dataclasses import replace

import pytest

from contracts.store_mailboxes import MailboxesContract
from contracts.store_nouns import mailbox
from postroom.model.mailbox import Mode
from postroom.stores.sql.mailboxes import stop


def test_automation_becomes_review_with_the_reason_and_all_else_stays() -> None:
    assert stop(mailbox("shop"), "cap") == replace(mailbox("shop"), mode=Mode.REVIEW, stopped="cap")


@pytest.mark.parametrize("mode", [Mode.OBSERVE, Mode.REVIEW])
def test_what_has_no_automation_stays_as_it_is(mode: Mode) -> None:
    assert stop(mailbox("shop", mode=mode), "cap") is None


class TestMailboxes(MailboxesContract):
    """Mailboxes in SQL."""
