"""The postman: delivers generated mail into Dovecot, and keeps what he delivered in mind."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from postroom.mime.content_hash import content_hash
from postroom.mime.parse import parse
from postroom.model.email import EmailId
from postroom.providers.mock.generate import generate
from postroom.providers.mock.truth import MockEmail
from servers.dovecot import Dovecot

TWICE_EVERY = 20
OLD_EVERY = 25
OLD_MAILS_AT_FIRST = 5
OLDER = timedelta(days=30)


@dataclass
class Postbag:
    """What was delivered: e-mail id → Message-ID, of new mail and of mail from before the mailbox was connected."""

    new: dict[EmailId, str] = field(default_factory=dict)
    old: dict[EmailId, str] = field(default_factory=dict)
    twice: int = 0


class Postman:
    """Delivers mail: by LMTP, one in twenty twice, and now and then one with a date from before it was connected."""

    def __init__(self, dovecot: Dovecot, user: str, *, seed: int, connected_at: datetime) -> None:
        self.bag = Postbag()
        self._dovecot = dovecot
        self._user = user
        self._old_date = connected_at - OLDER
        self._mails: Iterator[MockEmail] = generate(seed, 10_000_000, start=datetime(2026, 1, 5, 8, tzinfo=UTC))
        for _ in range(OLD_MAILS_AT_FIRST):
            self._deliver_old()

    def deliver(self) -> None:
        """Deliver the next e-mail."""
        number = len(self.bag.new)
        if number % OLD_EVERY == OLD_EVERY - 1:
            self._deliver_old()
        content = next(self._mails).content
        self._dovecot.deliver(content, self._user)
        if number % TWICE_EVERY == 0:
            self._dovecot.deliver(content, self._user)
            self.bag.twice += 1
        self.bag.new.update([_name(content)])

    def _deliver_old(self) -> None:
        content = next(self._mails).content
        self._dovecot.append(self._user, content, at=self._old_date)
        self.bag.old.update([_name(content)])


def _name(content: bytes) -> tuple[EmailId, str]:
    return EmailId(f"em_{content_hash(content)[:32]}"), parse(content).message_id or ""
