"""Alembic's entry: runs the migrations on the connection that the caller passes, inside the caller's transaction."""

from alembic import context
from sqlalchemy import Connection

from postroom.stores.sql.tables import metadata


def run() -> None:
    """Run what was asked for; the caller commits.

    Raises:
        TypeError: no connection was passed (the `alembic` command is not meant to be used here).
    """
    connection = context.config.attributes.get("connection")
    if not isinstance(connection, Connection):
        raise TypeError("Pass a connection in config.attributes.")
    context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


run()
