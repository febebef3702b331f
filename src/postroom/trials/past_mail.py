"""Past mail: e-mails that were answered, or not, before anybody asked what a workflow would make of them."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from postroom.interfaces.provider import TRUNCATED_FLAG, UNREADABLE_FLAG, Receiver
from postroom.mime.content_hash import content_hash
from postroom.model.article import ArticleId
from postroom.model.email import Email, RawEmail

BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PastLabels:
    """What people know of an e-mail; what is empty nobody told.

    `label` is what it is about: a category, an intent or an article's id. `article_ids` are the articles that a person
    let answer it, `refused_ids` those that a person refused, `answer` is what a person wrote.
    """

    label: str = ""
    article_ids: tuple[ArticleId, ...] = ()
    refused_ids: tuple[ArticleId, ...] = ()
    answer: str = ""

    def __bool__(self) -> bool:
        return bool(self.label or self.article_ids or self.refused_ids or self.answer)


UNKNOWN = PastLabels()


@dataclass(frozen=True, slots=True, kw_only=True)
class PastEmail:
    """One e-mail of the past: its bytes, or how it reads where it never had any; `key` tells it from all others.

    `received_at` (UTC) is when it came, by which its age is told; `flags` are those of its mailbox.
    """

    key: str
    content: bytes | Email
    received_at: datetime
    flags: frozenset[str] = frozenset()
    truth: PastLabels = UNKNOWN


class PastMail(Protocol):
    """Where past mail lies. Reading it changes nothing there, and gives the same e-mails each time."""

    @property
    def name(self) -> str:
        """What it is, as people name it."""
        ...

    async def count(self) -> int:
        """Return about how many e-mails there are, 0 where nobody knows."""
        ...

    def emails(self) -> AsyncGenerator[PastEmail, None]:
        """Give every e-mail that can be read, each content once.

        Raises:
            InputError, PluginError, TransientError, StoreError: it cannot be read.
        """
        ...


class MailFolder:
    """Past mail that a receiver reads: an mbox file or a Maildir.

    What is too large or cannot be read is left out, as it would go to quarantine.
    """

    def __init__(self, name: str, opened: Callable[[], Receiver], count: Callable[[], Awaitable[int]]) -> None:
        self.name = name
        self._opened = opened
        self._count = count
        self._counted: int | None = None

    async def count(self) -> int:
        """Return how many messages lay there when it was asked first: counting reads all of them."""
        if self._counted is None:
            self._counted = await self._count()
        return self._counted

    async def emails(self) -> AsyncGenerator[PastEmail, None]:
        """Give every message, each content once."""
        receiver = self._opened()
        seen: set[str] = set()
        cursor: str | None = None
        try:
            while True:
                fetched = await receiver.fetch(cursor, limit=BATCH)
                for raw, after in fetched.emails:
                    cursor = after
                    # Some receivers go by what they were told is stored, others by the cursor. Both only remember.
                    await receiver.acknowledge(raw)
                    key = content_hash(raw.content)
                    if key not in seen and is_whole(raw):
                        seen.add(key)
                        yield PastEmail(key=key, content=raw.content, received_at=raw.received_at, flags=raw.flags)
                if not fetched.more or not fetched.emails:
                    return
        finally:
            await receiver.close()


def is_whole(raw: RawEmail) -> bool:
    """Return whether all bytes of a message are there."""
    return not raw.flags & {TRUNCATED_FLAG, UNREADABLE_FLAG}
