"""A mailbox over IMAP, and sending over SMTP."""

from postroom.providers.imap_smtp.imap_plugin import IMAP as IMAP
from postroom.providers.imap_smtp.smtp_plugin import SMTP as SMTP
