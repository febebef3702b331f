"""What speaks against a machine's answer to an e-mail before anybody looks at how sure a draft of it is."""

from dataclasses import replace

from postroom.guard.reply import refusal
from postroom.interfaces.node import NodeContext
from postroom.mime.compose import reply_recipient
from postroom.model.mailbox import Mailbox, Mode


def against_rules(context: NodeContext, mailbox: Mailbox) -> str | None:
    """Return in words which rule of a mailbox keeps the e-mail from machines, None where none does."""
    return refusal(
        context.email,
        mailbox,
        category=context.classification.category.name if context.classification else None,
        now=context.services.clock.now(),
        received_at=context.stored.received_at,
    )


async def against_today(context: NodeContext) -> str | None:
    """Return in words what keeps the e-mail from it as things are now: its conversation, or its sender's address."""
    stores = context.services.stores
    if await stores.reviews.undecided_in(context.stored.conversation_id):
        return "a person has this conversation in hand"
    recipient = reply_recipient(context.email)
    if recipient is None:
        return "there is no address that a reply can go to"
    if await stores.suppressions.get(recipient.address) is not None:
        return "mail to this address has bounced: it is on the suppression list"
    return None


def as_if_automatic(mailbox: Mailbox) -> Mailbox:
    """Return the mailbox in mode automatic: what would be answered if it were allowed, as a dry run shows it."""
    return replace(mailbox, mode=Mode.AUTOMATIC, stopped="")


async def is_answerable(context: NodeContext) -> bool:
    """Return whether a machine might answer the e-mail if it were allowed, however it is labelled and drafted."""
    every_category = replace(as_if_automatic(context.mailbox), automatic_categories=None)
    return not (against_rules(context, every_category) or await against_today(context))
