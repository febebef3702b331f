"""Which limits an automatic reply falls under."""

from postroom.guard.correspondent import plain_domain, untagged_address
from postroom.model.allowance import Limit
from postroom.model.email import ConversationId
from postroom.model.mailbox import Mailbox

HOUR_SECONDS = 3600
DAY_SECONDS = 24 * HOUR_SECONDS


def limits(mailbox: Mailbox, *, recipient: str, conversation_id: ConversationId) -> tuple[Limit, ...]:
    """Return the limits on a reply to `recipient`: correspondent, domain, conversation, hour, day, in this order.

    The first two count the replies of all mailboxes, and a `+tag` makes no other correspondent. Where there is no cap
    there is no limit. Scopes are stored, so they never change.
    """
    caps = mailbox.caps
    found = (
        _limit(f"correspondent/{untagged_address(recipient)}", caps.per_correspondent),
        _limit(f"domain/{plain_domain(recipient)}", caps.per_domain),
        _limit(f"conversation/{conversation_id}", caps.per_conversation),
        _total(f"mailbox/{mailbox.id}/hour", caps.per_hour, HOUR_SECONDS),
        _total(f"mailbox/{mailbox.id}/day", caps.per_day, DAY_SECONDS),
    )
    return tuple(limit for limit in found if limit is not None)


def _limit(scope: str, cap: int | None) -> Limit | None:
    return None if cap is None else Limit(scope=scope, cap=cap, window_seconds=DAY_SECONDS)


def _total(scope: str, cap: int | None, window_seconds: int) -> Limit | None:
    return None if cap is None else Limit(scope=scope, cap=cap, window_seconds=window_seconds, total=True)
