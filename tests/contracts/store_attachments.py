"""What every implementation of `Ledger` and `Emails` does with attachments."""

from dataclasses import replace

import pytest

from contracts.store_nouns import arrival, carrying
from postroom.errors import NotFoundError
from postroom.interfaces.stores import Stores


class AttachmentsContract:
    """The suite; a subclass gives the fixture `stores`."""

    async def test_the_bytes_of_attachments_come_back_by_digest(self, stores: Stores) -> None:
        mail = carrying(arrival(1), b"first \x00\xff", b"")
        await stores.ledger.accept([mail])
        email = await stores.emails.get(mail.email_id)
        assert [part.size_bytes for part in email.email.attachments] == [8, 0]
        for digest, content in mail.attachments.items():
            assert await stores.emails.attachment(digest) == content
        with pytest.raises(NotFoundError) as caught:
            await stores.emails.attachment("none")
        assert caught.value.hint

    async def test_the_same_attachment_of_many_mails_is_taken_every_time(self, stores: Stores) -> None:
        mails = [carrying(arrival(1), b"logo"), carrying(arrival(2), b"logo", b"plan")]
        await stores.ledger.accept(mails)
        await stores.ledger.accept([replace(carrying(arrival(3), b"logo"), history=True)])
        for digest, content in {**mails[0].attachments, **mails[1].attachments}.items():
            assert await stores.emails.attachment(digest) == content
