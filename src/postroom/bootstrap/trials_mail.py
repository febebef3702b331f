"""The past mail that a trial was ordered for."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from functools import partial
from pathlib import Path

from postroom.bootstrap.parts import nothing_known
from postroom.bootstrap.plugins import receiver_plugins
from postroom.errors import InputError
from postroom.interfaces.provider import Receiver
from postroom.model.email import MailboxId
from postroom.providers import Surroundings
from postroom.providers.mbox import messages_of
from postroom.trials.order import MailFile, MailKind, MailOrder
from postroom.trials.past_mail import MailFolder, PastMail
from postroom.trials.past_mail_csv import TableMail

_WHERE_MAIL_IS = {
    None: "Nothing has arrived since it was connected, and only a running Postroom receives. Older mail can be tried "
    "from a file.",
    MailKind.MBOX: "It is empty, or its messages are larger than POSTROOM_MAX_MESSAGE_BYTES: export it anew.",
    MailKind.MAILDIR: "A Maildir holds one file for each message in its folders new and cur.",
    MailKind.CSV: "Write one row for each e-mail: text[,label][,subject][,from][,answer][,article].",
}
_PLACE = MailboxId("trial")


def mail_in(file: MailFile, path: Path, *, max_message_bytes: int) -> PastMail:
    """Return the mail of a file that lies at `path` and is named as it was ordered; nothing in it is changed.

    Raises:
        InputError: there is no such file or folder.
    """
    if not path.exists():
        raise InputError(f"There is no {file.path!r}.", hint="Check the path.")
    if file.kind is MailKind.CSV:
        return TableMail(path, file.path)
    values: dict[str, object] = {"path": path, "max_message_bytes": max_message_bytes}
    if file.kind is MailKind.MBOX:
        # Nobody delivers into a file of past mail: its last message is whole at once.
        values["settle_seconds"] = 0
    count = _messages if file.kind is MailKind.MBOX else _files
    return MailFolder(file.path, partial(_opened, file.kind.value, values), partial(_counted, count, path))


async def require_any(mail: PastMail, order: MailOrder) -> None:
    """Pass where there is an e-mail that can be tried.

    Raises:
        InputError: there is none. PluginError, TransientError, StoreError: it cannot be read.
    """
    async with aclosing(mail.emails()) as emails:
        async for _ in emails:
            return
    kind = order.file.kind if order.file else None
    raise InputError(f"There is no mail to try in {mail.name!r}.", hint=_WHERE_MAIL_IS[kind])


def _opened(kind: str, values: dict[str, object]) -> Receiver:
    surroundings = Surroundings(mailbox_id=_PLACE, known=nothing_known)
    return receiver_plugins().named(kind).build(values, surroundings).receiver


async def _counted(count: Callable[[Path], int], path: Path) -> int:
    try:
        return await asyncio.to_thread(count, path)
    except OSError:
        return 0  # Reading it will say what is wrong; until then nobody knows.


def _messages(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in messages_of(file, 0, keep_bytes=0))


def _files(path: Path) -> int:
    return sum(1 for name in ("new", "cur") for file in (path / name).iterdir() if file.is_file())
