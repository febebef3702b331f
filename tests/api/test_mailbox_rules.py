"""The rules of a mailbox: only what is given changes."""

from dataclasses import fields

import pytest
from pydantic import ValidationError

from contracts.store_nouns import mailbox
from postroom.api.mailbox_rules import MailboxRulesForm
from postroom.model.mailbox import Caps, Lists, Mailbox


def test_nothing_given_changes_nothing() -> None:
    before = mailbox("shop")
    assert MailboxRulesForm().applied(before) == before


def test_every_rule_that_people_may_set_can_be_given() -> None:
    kept_by_postroom = {"id", "address", "connected_at", "stopped", "revision"}
    assert {one.name for one in fields(Mailbox)} - kept_by_postroom <= set(MailboxRulesForm.model_fields)


def test_the_defaults_that_are_described_are_those_of_the_noun() -> None:
    rules = MailboxRulesForm()
    assert Caps(**rules.caps.model_dump()) == Caps()
    assert Lists(**{name: tuple(entries) for name, entries in rules.lists.model_dump().items()}) == Lists()
    assert rules.answer_within_hours == Mailbox.__dataclass_fields__["answer_within_hours"].default
    assert rules.max_reply_bytes == Mailbox.__dataclass_fields__["max_reply_bytes"].default


@pytest.mark.parametrize("hours", [("17:00", "09:00"), ("09:00", "09:00"), ("09:00+01:00", "17:00+01:00")])
def test_hours_are_local_and_end_after_they_begin(hours: tuple[str, str]) -> None:
    with pytest.raises(ValidationError):
        MailboxRulesForm.model_validate({"opening_hours": [{"weekday": 0, "opens": hours[0], "closes": hours[1]}]})
