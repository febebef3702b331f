"""A Dovecot for all tests of a process, and a fresh mailbox for each test."""

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest

from providers.imap_smtp.imap_mailbox import Mailboxes, mailboxes
from servers.dovecot import Dovecot, running_dovecot


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot() as server:
        yield server


@pytest.fixture
async def box(dovecot: Dovecot) -> AsyncIterator[Mailboxes]:
    async with mailboxes(dovecot, f"{uuid4().hex}@example.org") as made:
        yield made
