"""The contract suites of `Emails`, on SQLite."""

from contracts.store_attachments import AttachmentsContract
from contracts.store_emails import EmailsContract


class TestEmails(EmailsContract):
    """E-mails in SQL."""


class TestAttachments(AttachmentsContract):
    """Attachments in SQL."""
