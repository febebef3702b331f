"""Empty store files: migrated once in a process, since that takes longer than most tests, and copied from then on."""

import tempfile
from functools import cache
from pathlib import Path

from postroom.interfaces.stores import Stores
from postroom.stores.sql.migrate import migrate
from postroom.stores.sql.open import open_stores
from postroom.stores.sql.sqlite import make_engine, writing


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        engine = make_engine(path)
        with engine.connect() as connection, writing(connection):
            migrate(connection)
        # The last connection to close leaves everything in the one file.
        engine.dispose()
        return path.read_bytes()


def put_empty_store(path: Path) -> str:
    """Put an empty store at the present schema where no file is yet; return its URL."""
    if not path.exists():
        path.write_bytes(_migrated())
    return f"sqlite:///{path}"


async def open_stores_at(path: Path) -> Stores:
    """Open the store of that file, an empty one where there is none yet; close it with `connection.close()`."""
    return await open_stores(put_empty_store(path))
