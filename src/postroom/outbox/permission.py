"""Permission: what forbids a reply although a person wants it to be sent."""

from postroom.errors import ConfigurationError, NotFoundError
from postroom.interfaces.node import NodeContext
from postroom.model.mailbox import Mailbox, Mode
from postroom.model.reply import Reply

_REMOVED = "its mailbox was removed"
_OBSERVES = "its mailbox is in mode observe"


def barred(context: NodeContext, mailbox: Mailbox) -> str | None:
    """Return in words why nothing at all is sent for `mailbox`, None where it sends."""
    if context.stored.mailbox_id not in context.services.mailboxes:
        return _REMOVED
    return _OBSERVES if mailbox.mode is Mode.OBSERVE else None


def unsendable(bar: str) -> ConfigurationError:
    """Return the error that a person approved what is `barred` now."""
    back = "Add the mailbox again" if bar == _REMOVED else "Change its mode to review"
    return ConfigurationError(
        f"A person approved this reply, but {bar} now.", hint=f"{back}, then retry; or leave it unanswered."
    )


async def against_approved(context: NodeContext, reply: Reply) -> ConfigurationError | None:
    """Return what speaks against sending what a person approved, None where nothing does."""
    bar = barred(context, context.mailbox) or barred(context, await mailbox_now(context))
    if bar is not None:
        return unsendable(bar)
    if not await is_suppressed(context, reply):
        return None
    return ConfigurationError(
        "Mail to this recipient has bounced: it is on the suppression list.",
        hint="Take the address off the suppression list, then retry.",
    )


async def is_suppressed(context: NodeContext, reply: Reply) -> bool:
    """Return whether mail to the recipient of `reply` has bounced and was not allowed again."""
    return await context.services.stores.suppressions.get(reply.outgoing.recipient.address) is not None


async def mailbox_now(context: NodeContext) -> Mailbox:
    """Return the mailbox as it is stored: its mode may have changed, or its automation stopped, since the run began."""
    try:
        return await context.services.stores.mailboxes.get(context.stored.mailbox_id)
    except NotFoundError:
        return context.mailbox
