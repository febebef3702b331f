"""Past mail of a mailbox as the store keeps it, with what people decided about it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime

from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.model.email import EmailId, MailboxId
from postroom.model.example import Example, ExampleFilter
from postroom.trials.past_mail import UNKNOWN, PastEmail, PastLabels

PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """One stored e-mail without its bytes."""

    id: EmailId
    content_hash: str
    received_at: datetime


class StoredMail:
    """The stored e-mails of a mailbox, oldest first; they are read anew from their bytes, by the rules of today.

    What a person said of one is its truth; flags are forgotten, as who answered it meanwhile says nothing of it.
    """

    def __init__(self, stores: Stores, mailbox_id: MailboxId) -> None:
        self._stores = stores
        self._mailbox_id = mailbox_id
        self._places: tuple[_Place, ...] | None = None

    @property
    def name(self) -> str:
        """The mailbox."""
        return self._mailbox_id

    async def count(self) -> int:
        """Return how many e-mails of the mailbox there are.

        Raises:
            StoreError: the store cannot be read.
        """
        return len(await self._found())

    async def emails(self) -> AsyncGenerator[PastEmail, None]:
        """Give the e-mails that were there at first.

        Raises:
            StoreError: the store cannot be read.
        """
        truths = await self._truths()
        for place in await self._found():
            content = await self._stores.emails.raw(place.id)
            if content:
                yield PastEmail(
                    key=place.content_hash,
                    content=content,
                    received_at=place.received_at,
                    truth=truths.get(place.id, UNKNOWN),
                )

    async def _found(self) -> tuple[_Place, ...]:
        if self._places is None:
            listed = every(lambda after: self._stores.emails.list(self._mailbox_id, after=after, limit=PAGE))
            places = [
                _Place(id=one.id, content_hash=one.content_hash, received_at=one.received_at) async for one in listed
            ]
            self._places = tuple(reversed(places))
        return self._places

    async def _truths(self) -> dict[EmailId, PastLabels]:
        wanted = ExampleFilter(mailbox_id=self._mailbox_id)
        listed = every(lambda after: self._stores.examples.list(wanted, after=after, limit=PAGE))
        return {one.email_id: truth_of(one) async for one in listed if one.email_id is not None}


def truth_of(example: Example) -> PastLabels:
    """Return what an example tells of its e-mail."""
    return PastLabels(
        label=example.category,
        article_ids=example.article_ids,
        refused_ids=example.refused_ids,
        answer=example.answer,
    )
