"""The version of the schema: read it, compare it with what this program knows, bring it up to date."""

from importlib.resources import as_file, files

from sqlalchemy import Connection, inspect, text

from postroom.errors import StoreError

# Oldest first; the last one is what the tables look like now. A test compares it with the migrations.
VERSIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011")
HEAD = VERSIONS[-1]


def schema_version(connection: Connection) -> str | None:
    """Return the version of the schema, None where there is none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    return None if row is None else str(row[0])


def migrate(connection: Connection, *, to: str = HEAD) -> None:
    """Bring the schema up to date, or up to the version `to`, within the caller's transaction; at once where it is.

    Raises:
        StoreError: the schema was made by a newer version of Postroom.
    """
    version = schema_version(connection)
    if version == to:
        return
    if version is not None and version not in VERSIONS:
        raise StoreError(
            f"The database has schema {version!r}, which is newer than this Postroom knows ({HEAD!r}).",
            hint="Start the newer version of Postroom again, or restore the backup made before it was installed.",
        )
    # Half a second of imports that only a first start or an update needs.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    with as_file(files("postroom.stores.sql") / "migrations") as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, to)
