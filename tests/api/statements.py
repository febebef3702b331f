"""Counts the SQL statements that a test causes."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from sqlalchemy import Engine, event

_FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements executed on any engine inside the block, without those that only frame transactions."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(_FRAME):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def statements_of(client: httpx.AsyncClient, path: str) -> int:
    """Return how many statements it takes to answer `GET path`, which must succeed, once the caller is known."""
    await client.get(path)  # The first use of a credential is noted.
    with counted() as seen:
        response = await client.get(path)
    assert response.status_code == 200, response.text
    assert seen, "Nothing was counted."
    return len(seen)
