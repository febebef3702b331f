"""Search: the words of e-mails and notes."""

from typing import Protocol

from postroom.model.email import MailboxId
from postroom.model.found import Found
from postroom.model.page import Page


class Search(Protocol):
    """Finds e-mails by subject, addresses, names, attachments' names and text, and notes by text."""

    async def find(
        self, query: str, *, mailbox_id: MailboxId | None = None, after: str | None = None, limit: int = 50
    ) -> Page[Found]:
        """Return what holds every word of `query`, newest first (by `at`); of one mailbox: the e-mails that reached it.

        A word is a run of letters and digits of any script; the last signs of an address are words of their own. Case
        and accents do not count. A word of two or more signs also finds words that begin with it. Of a script that is
        written without spaces (as Chinese, Japanese, Thai) a run is one word, so only its beginning is found. A query
        without any word finds nothing. No sign of it is an operator.
        """
        ...
