"""Preferences in SQL: one text under one name."""

from dataclasses import replace

from sqlalchemy import Connection, bindparam, select, update

from postroom.interfaces.codec import decode, encode
from postroom.model.preferences import Preferences
from postroom.stores.sql.database import Database
from postroom.stores.sql.statements import insert_once
from postroom.stores.sql.tables.people import preferences as table

NAME = "installation"

ADD = insert_once(table, "name")
CHANGE = (
    update(table)
    .where(table.c.name == bindparam("key"), table.c.revision == bindparam("before"))
    .values(revision=bindparam("revision"), preferences_json=bindparam("preferences_json"))
)
ONE = select(table.c.preferences_json).where(table.c.name == bindparam("name"))


class SqlPreferences:
    """The `PreferencesStore` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self) -> Preferences:
        """Return them; where none were ever set, all None with revision 0."""
        row = await self._database.read(lambda connection: connection.execute(ONE, {"name": NAME}).first())
        return Preferences() if row is None else decode(Preferences, row.preferences_json)

    async def change(self, preferences: Preferences) -> bool:
        """Compare-and-set: store them with revision + 1 where the stored ones have their revision; else False."""
        changed = replace(preferences, revision=preferences.revision + 1)
        columns = {"revision": changed.revision, "preferences_json": encode(changed)}

        def operation(connection: Connection) -> bool:
            # Revision 0 is that of preferences which are not stored yet.
            if preferences.revision == 0:
                return connection.execute(ADD, {"name": NAME} | columns).rowcount == 1
            values = {"key": NAME, "before": preferences.revision} | columns
            return connection.execute(CHANGE, values).rowcount == 1

        return await self._database.write(operation)
