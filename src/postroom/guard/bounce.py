"""What a delivery report says of one of our replies (RFC 3464)."""

from postroom.guard.correspondent import plain_address
from postroom.model.email import DeliveryReport, FailedRecipient
from postroom.model.reply import Reply


def bounced(report: DeliveryReport, reply: Reply) -> FailedRecipient | None:
    """Return what `report` says failed of `reply`, None where it is about another mail or recipient.

    It counts only where it names the reply's Message-ID and its recipient: anybody can send a report. One that failed
    for good comes first; mail that is only delayed, or has arrived, did not bounce.
    """
    if report.message_id is None or report.message_id.strip() != reply.outgoing.message_id.strip():
        return None
    recipient = plain_address(reply.outgoing.recipient.address)
    failed = [each for each in report.recipients if plain_address(each.address) == recipient and _failed(each)]
    return min(failed, key=lambda each: not is_permanent(each), default=None)


def is_permanent(recipient: FailedRecipient) -> bool:
    """Whether trying again would be in vain: it failed, and its status is 5.x.x or none is given (RFC 3463)."""
    return _failed(recipient) and (not recipient.status.strip() or recipient.status.strip().startswith("5."))


def _failed(recipient: FailedRecipient) -> bool:
    return recipient.action.strip().casefold() == "failed"
