"""Users: who may use the API and the web page."""

from typing import Protocol

from postroom.model.page import Page
from postroom.model.user import Role, User, UserId


class Users(Protocol):
    """Keeps users; names are unique."""

    async def add(self, user: User) -> bool:
        """Store a new user; False where the id or the name is taken."""
        ...

    async def change(self, user: User) -> bool:
        """Compare-and-set: store it with its revision + 1 where the stored one has its revision; else False.

        The name stays as it was stored.
        """
        ...

    async def get(self, user_id: UserId) -> User:
        """Return one user.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def named(self, name: str) -> User | None:
        """Return the user of that name, None where there is none."""
        ...

    async def list(self, *, after: str | None = None, limit: int = 50) -> Page[User]:
        """Return users by name."""
        ...

    async def count(self, role: Role | None = None) -> int:
        """Return how many users, of one role or of all, are not disabled."""
        ...
