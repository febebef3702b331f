from dataclasses import replace

import pytest

from actions.setup_case import Recorder, hello, setup_of
from contracts.store_nouns import SUPPORT, at, workflow
from postroom.actions.accounts import AccountForm
from postroom.actions.desk import Desk
from postroom.actions.mailboxes import add_mailbox, draft_mailbox
from postroom.actions.senders import add_sender, draft_sender
from postroom.actions.senders_letter import TrialLetter, send_test
from postroom.actions.suppressions import suppress
from postroom.errors import ConflictError, InputError, PluginError, TransientError
from postroom.interfaces.provider import Delivery, SendResult
from postroom.mime.message_id import is_our_message_id
from postroom.mime.parse import parse

SECRET = b"s" * 32
LETTER = TrialLetter(to="ann@example.org", from_address="help@example.com", secret=SECRET)
FORM = AccountForm(name="out", kind="pigeon", values={"host": "loft"})


async def test_a_test_message_says_what_it_is_and_is_known_as_ours(desk: Desk) -> None:
    sender = Recorder(SendResult(delivery=Delivery.SENT, detail="250 ok"))
    setup = setup_of(desk, sender=sender)
    assert "250 ok" in await send_test(setup, draft_sender(setup, FORM), LETTER)
    (message,) = sender.sent
    assert (message.mail_from, message.recipient.address) == ("help@example.com", "ann@example.org")
    assert is_our_message_id(message.message_id, secret=SECRET)
    read = parse(message.content)
    assert read.automatic is not None
    assert "test message" in read.text
    assert sender.closed == 1


async def test_it_comes_from_a_mailbox_of_the_sender(desk: Desk) -> None:
    await desk.stores.workflows.save(workflow(SUPPORT), at=at(0))
    sender = Recorder(SendResult(delivery=Delivery.SENT))
    setup = setup_of(desk, sender=sender)
    account = await add_sender(setup.stores, draft_sender(setup, FORM))
    without_from = replace(LETTER, from_address="")
    with pytest.raises(InputError, match="No mailbox"):
        await send_test(setup, account, without_from)
    mailbox = replace(hello("shop"), bounce_address="bounces@shop.example.com")
    await add_mailbox(setup.stores, await draft_mailbox(setup, mailbox, "pigeon", {"host": "loft"}))
    await send_test(setup, account, without_from)
    assert sender.sent[0].mail_from == "bounces@shop.example.com"
    sender_address = parse(sender.sent[0].content).from_address
    assert sender_address is not None
    assert sender_address.address == "help@shop.example.com"


@pytest.mark.parametrize(("delivery", "error"), [(Delivery.REFUSED, PluginError), (Delivery.DEFERRED, TransientError)])
async def test_a_refusal_is_an_error_with_its_words(desk: Desk, delivery: Delivery, error: type[PluginError]) -> None:
    setup = setup_of(desk, sender=Recorder(SendResult(delivery=delivery, detail="no such user")))
    with pytest.raises(error, match="no such user"):
        await send_test(setup, draft_sender(setup, FORM), LETTER)


async def test_what_is_uncertain_is_told_as_such(desk: Desk) -> None:
    setup = setup_of(desk, sender=Recorder(SendResult(delivery=Delivery.UNCERTAIN, detail="lost the line")))
    assert "cannot be told" in await send_test(setup, draft_sender(setup, FORM), LETTER)


async def test_nothing_goes_to_a_suppressed_address_or_to_none(desk: Desk) -> None:
    setup = setup_of(desk)
    await suppress(desk, "ann@example.org")
    with pytest.raises(ConflictError, match="suppression"):
        await send_test(setup, draft_sender(setup, FORM), LETTER)
    for wrong in ("ann", "ann@example.org, bob@example.org"):
        with pytest.raises(InputError, match="no address"):
            await send_test(setup, draft_sender(setup, FORM), replace(LETTER, to=wrong))
