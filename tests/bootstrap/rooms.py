"""A directory over a real store, with Maildirs as added mailboxes."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from postroom.bootstrap import Directory, open_store
from postroom.bootstrap.openers import Premises
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.stores import Stores
from postroom.model.account import Account, AccountFamily
from postroom.model.email import Address, MailboxId
from postroom.model.mailbox import Mailbox
from postroom.model.workflow import JsonValue
from postroom.notifiers.post import open_client
from postroom.sealing import Seal
from postroom.settings import Settings

MOMENT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def settings_in(folder: Path, **values: object) -> Settings:
    return Settings.model_validate({"data_dir": folder / "data", **values})


def a_maildir(path: Path) -> Path:
    for part in ("new", "cur", "tmp"):
        (path / part).mkdir(parents=True)
    return path


def a_mailbox(name: str, **changes: object) -> Mailbox:
    address = Address(name="Shop", address=f"{name}@shop.example")
    values: dict[str, object] = {"id": MailboxId(name), "address": address, "workflow": "customer_support"}
    return Mailbox(**{**values, **changes})  # type: ignore[arg-type]  # Each test names fields as they are.


def an_account(family: AccountFamily, name: str, kind: str, values: Mapping[str, JsonValue]) -> Account:
    return Account(family=family, name=name, kind=kind, values=values, sealed={}, created_at=MOMENT, updated_at=MOMENT)


async def add(stores: Stores, mailbox: Mailbox, maildir: Path) -> None:
    await stores.mailboxes.add(mailbox)
    await stores.accounts.add(an_account(AccountFamily.RECEIVER, mailbox.id, "maildir", {"path": str(maildir)}))


@asynccontextmanager
async def a_directory(settings: Settings) -> AsyncIterator[tuple[Directory, Stores]]:
    async with open_store(settings) as stores, open_client() as client:
        premises = Premises(
            settings=settings, stores=stores, clock=SystemClock(), secret=settings.secret_bytes(), client=client
        )
        directory = Directory(premises)
        try:
            await directory.refresh()
            yield directory, stores
        finally:
            await directory.close()


def a_seal(settings: Settings) -> Seal:
    return Seal(settings.secret_bytes())
