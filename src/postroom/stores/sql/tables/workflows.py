"""Workflows with their versions, and what is paused."""

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from postroom.stores.sql.tables.columns import metadata, required_text

workflows = Table(
    "workflows",
    metadata,
    Column("slug", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    required_text("workflow_json"),
    Column("saved_at", BigInteger),
)

published_workflows = Table(
    "published_workflows", metadata, Column("slug", Text, primary_key=True), Column("version", Integer, nullable=False)
)

paused_workflows = Table("paused_workflows", metadata, Column("slug", Text, primary_key=True))

switches = Table("switches", metadata, Column("name", Text, primary_key=True))
