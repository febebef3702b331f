"""Generated support mail of the shop "Lindenhof": every intent in every language, and what machines send."""

from postroom.providers.mock.generate import MAILBOX_ADDRESS, email_at, generate
from postroom.providers.mock.receiver import MockMail, MockMailbox
from postroom.providers.mock.truth import Kind, MockEmail, Truth

__all__ = ["MAILBOX_ADDRESS", "Kind", "MockEmail", "MockMail", "MockMailbox", "Truth", "email_at", "generate"]
