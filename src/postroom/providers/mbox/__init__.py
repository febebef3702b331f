"""A mailbox that is an mbox file, and what reads such a file."""

from postroom.providers.mbox.messages import messages_of as messages_of
from postroom.providers.mbox.receiver import PLUGIN as PLUGIN
