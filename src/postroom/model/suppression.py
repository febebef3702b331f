"""A suppression: an address that mail bounced from for good, so that nothing more is sent to it."""

from dataclasses import dataclass
from datetime import datetime

from postroom.model.reply import ReplyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """An address (lower case), why nothing is sent to it, the reply that bounced (None: a person added it), when."""

    address: str
    reason: str
    reply_id: ReplyId | None
    at: datetime
