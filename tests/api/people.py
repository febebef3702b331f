"""People for the tests of access: users with passwords, and browsers that hold their cookies."""

from dataclasses import dataclass

import httpx
from fastapi import FastAPI

from api.conftest import NOW, QUICK, Rooms
from postroom.api import audit_log, invitations, sessions, stream_tickets, tokens, users
from postroom.model.audit import AuditEntry, AuditFilter
from postroom.model.user import Role, User, UserId

PASSWORD = "rain on seven roofs"
OWN = {"Sec-Fetch-Site": "same-origin"}
PASSWORD_HASH = QUICK.hash(PASSWORD)
ROUTERS = (
    sessions.ROUTER,
    users.ROUTER,
    invitations.ROUTER,
    tokens.ROUTER,
    stream_tickets.ROUTER,
    audit_log.ROUTER,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The application with everything about access, and its rooms."""

    rooms: Rooms
    app: FastAPI

    async def user(self, name: str, role: Role = Role.AGENT, *, disabled: bool = False) -> User:
        """Store a user with the password of all tests."""
        user = User(
            id=UserId(f"us_{name}"),
            name=name,
            display_name=name.title(),
            role=role,
            created_at=NOW,
            updated_at=NOW,
            password_hash=PASSWORD_HASH,
            disabled=disabled,
        )
        assert await self.rooms.stores.users.add(user)
        return user

    async def browser(self, name: str, role: Role = Role.AGENT) -> httpx.AsyncClient:
        """Return the browser of a new user who has logged in."""
        await self.user(name, role)
        browser = await self.stranger()
        assert (await log_in(browser, name)).status_code == 201
        return browser

    async def stranger(self) -> httpx.AsyncClient:
        """Return a browser that shows our page, where nobody is logged in."""
        browser = await self.rooms.client(self.app, None)
        browser.headers.update(OWN)
        return browser

    async def from_address(self, address: str) -> httpx.AsyncClient:
        """Return a browser at a network address."""
        transport = httpx.ASGITransport(app=self.app, client=(address, 40_000))
        browser = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8025", headers=OWN)
        return await self.rooms.stack.enter_async_context(browser)

    async def noted(self) -> tuple[AuditEntry, ...]:
        """Return what the audit log says, newest first."""
        return (await self.rooms.stores.audit.list(AuditFilter(), limit=200)).rows


async def log_in(browser: httpx.AsyncClient, name: str, password: str = PASSWORD) -> httpx.Response:
    """Log in."""
    return await browser.post("/api/v1/sessions", json={"name": name, "password": password})


async def revision_of(browser: httpx.AsyncClient, user_id: str) -> int:
    """Return the revision of a user, as an administrator sees it."""
    found = (await browser.get(f"/api/v1/users/{user_id}")).json()["revision"]
    assert isinstance(found, int)
    return found
