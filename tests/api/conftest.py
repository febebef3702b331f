"""The API over real SQLite files, and a client for each role."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import APIRouter, FastAPI

from clocks import SetClock
from empty_store import open_stores_at
from postroom.actions.accounts import Setup
from postroom.actions.accounts_fence import Fence
from postroom.actions.passwords import Passwords
from postroom.api.app import create_app
from postroom.api.live.feed import Feed
from postroom.api.office import Office, OfficeStanding, Trials
from postroom.bootstrap.plugins import node_types, notifier_plugins, receiver_plugins, sender_plugins
from postroom.interfaces.stores import Stores
from postroom.knowledge.articles import ArticleShelf
from postroom.model.account import Account
from postroom.model.credential import Credential, CredentialId, CredentialKind
from postroom.model.mailbox import Mailbox
from postroom.model.preferences import Preferences
from postroom.model.user import Permission, Role, User, UserId
from postroom.model.workflow import WorkflowSlug
from postroom.notifiers.post import Reach
from postroom.sealing import Seal

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SECRET = b"k" * 32
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Hashes of passwords that cost nothing; the real ones take 64 MiB each."""


@dataclass(slots=True)
class Tried:
    """Stands in for the trials of accounts: they all succeed and are remembered."""

    names: list[str] = field(default_factory=list)

    async def receiver(self, mailbox: Mailbox, account: Account) -> str:
        """Remember a mailbox."""
        self.names.append(f"receiver {mailbox.id} {account.kind}")
        return "It can be read."

    async def sender(self, account: Account) -> str:
        """Remember a sender."""
        self.names.append(f"sender {account.name} {account.kind}")
        return "It can send."

    async def notifier(self, account: Account) -> str:
        """Remember a notifier."""
        self.names.append(f"notifier {account.name} {account.kind}")
        return "It can tell."


@dataclass(slots=True)
class Rooms:
    """One Postroom's API for a test: its stores, its clock, what was tried, how often the engine was woken."""

    stores: Stores
    clock: SetClock
    office: Office
    stack: AsyncExitStack
    tried: Tried
    woken: list[None]

    def app(self, *routers: APIRouter) -> FastAPI:
        """Return the application with these routers."""
        return create_app(self.office, routers)

    async def client(self, app: FastAPI, role: Role | None = Role.ADMIN) -> httpx.AsyncClient:
        """Return a client that speaks to `app` with a token of a user of that role (None: nobody)."""
        headers = {} if role is None else {"Authorization": f"Bearer {await self.token(role)}"}
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        base = "http://127.0.0.1:8025"
        return await self.stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url=base, headers=headers)
        )

    async def token(self, role: Role, *scopes: Permission) -> str:
        """Return a token of the user that is named like the role, made where it is not there yet."""
        await self.stores.users.add(
            User(
                id=UserId(f"us_{role.value}"),
                name=role.value,
                display_name=role.value.title(),
                role=role,
                created_at=NOW,
                updated_at=NOW,
            )
        )
        secret = f"secret-of-{role.value}-{'-'.join(scopes)}"
        await self.stores.credentials.add(
            Credential(
                id=CredentialId(f"cr_{sha256(secret.encode()).hexdigest()[:8]}"),
                kind=CredentialKind.TOKEN,
                digest=sha256(secret.encode()).hexdigest(),
                user_id=UserId(f"us_{role.value}"),
                created_at=NOW,
                expires_at=None,
                name="test",
                scopes=scopes or tuple(Permission),
            )
        )
        return secret


@pytest.fixture
async def rooms(tmp_path: Path) -> AsyncIterator[Rooms]:
    """Give the rooms of one test."""
    stores = await open_stores_at(tmp_path / "postroom.db")
    clock, tried, woken = SetClock(NOW), Tried(), list[None]()
    receivers, senders, notifiers = receiver_plugins(), sender_plugins(), notifier_plugins()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(stores.connection.close)
        office = Office(
            stores=stores,
            clock=clock,
            node_types=node_types(),
            setup=lambda desk: Setup(
                desk=desk,
                seal=Seal(SECRET),
                receivers=receivers,
                senders=senders,
                notifiers=notifiers,
                fence=Fence(folder=tmp_path, private_allowed=False),
            ),
            trials=Trials(receiver=tried.receiver, sender=tried.sender, notifier=tried.notifier),
            standing=lambda: OfficeStanding(mailboxes={}, failures={}),
            shelf=lambda: ArticleShelf(()),
            feed=Feed(stores.executions),
            wake=lambda: woken.append(None),
            preferences=Preferences(undo_seconds=10.0, reminder_minutes=30.0, silent_minutes=15.0, session_hours=12.0),
            reach=Reach(private_allowed=False),
            secret=SECRET,
            workflow=WorkflowSlug("customer_support"),
            passwords=Passwords(QUICK),
        )
        yield Rooms(stores=stores, clock=clock, office=office, stack=stack, tried=tried, woken=woken)
