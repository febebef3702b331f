"""What is known of a generated e-mail because it was made: its labels."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What sort of mail it is."""

    CUSTOMER = "customer"
    FOLLOW_UP = "follow_up"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    NEWSLETTER = "newsletter"
    CALENDAR_REPLY = "calendar_reply"
    SPAM = "spam"
    INJECTION = "injection"
    ANGRY = "angry"
    THANKS = "thanks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The labels a reader of the e-mail would give.

    `intent` is None where nobody asks anything; of two questions it is the first. `article_id` is set only where one
    clear question has an article: exactly then `answerable` is true. `machine` is true where the headers say so.
    """

    kind: Kind
    intent: str | None
    category: str | None
    article_id: str | None
    priority: str
    sentiment: str
    language: str
    machine: bool
    answerable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MockEmail:
    """A message as a mail server hands it over (`received_at` is UTC), with its labels."""

    content: bytes
    truth: Truth
    received_at: datetime
