"""The limits of a reply, by correspondent, domain, conversation and mailbox."""

from dataclasses import replace

from hypothesis import given, settings

from guard.mails import MAILBOX, mailboxes
from postroom.guard.limits import limits
from postroom.model.allowance import Limit
from postroom.model.email import ConversationId, MailboxId
from postroom.model.mailbox import Caps, Mailbox

CAPS = Caps(per_correspondent=1, per_domain=2, per_conversation=3, per_hour=4, per_day=5)
CONVERSATION = ConversationId("c1")


def test_all_limits_come_in_their_order_with_the_scopes_that_are_stored() -> None:
    found = limits(replace(MAILBOX, caps=CAPS), recipient="Ada+x@Example.org", conversation_id=CONVERSATION)
    assert found == (
        Limit(scope="correspondent/ada@example.org", cap=1, window_seconds=86_400),
        Limit(scope="domain/example.org", cap=2, window_seconds=86_400),
        Limit(scope="conversation/c1", cap=3, window_seconds=86_400),
        Limit(scope="mailbox/main/hour", cap=4, window_seconds=3_600, total=True),
        Limit(scope="mailbox/main/day", cap=5, window_seconds=86_400, total=True),
    )


def test_two_mailboxes_share_the_limits_of_a_correspondent_but_not_their_totals() -> None:
    here, there = (
        {each.scope for each in limits(mailbox, recipient="ada@example.org", conversation_id=CONVERSATION)}
        for mailbox in (MAILBOX, replace(MAILBOX, id=MailboxId("sales")))
    )
    assert here & there == {"correspondent/ada@example.org", "domain/example.org", "conversation/c1"}


def test_without_a_cap_there_is_no_limit_and_a_cap_of_nothing_stays() -> None:
    caps = Caps(per_correspondent=None, per_domain=0, per_conversation=None, per_hour=None, per_day=None)
    found = limits(replace(MAILBOX, caps=caps), recipient="ada@example.org", conversation_id=CONVERSATION)
    assert [(each.scope, each.cap) for each in found] == [("domain/example.org", 0)]


@settings(deadline=None)
@given(mailboxes)
def test_however_the_address_is_disguised_the_totals_hold(mailbox: Mailbox) -> None:
    one = limits(mailbox, recipient="ada@example.org", conversation_id=CONVERSATION)
    other = limits(mailbox, recipient="x@evil.example", conversation_id=ConversationId("c2"))
    assert [each for each in one if each.total] == [each for each in other if each.total]
    assert sum(each.total for each in one) == 2
