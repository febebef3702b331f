"""The tables and their indexes, a file for each domain. Migrations make them; a test holds both equal.

Times are milliseconds since 1970 UTC. `position` orders rows by the time they were stored. Bytes of messages live in
tables of their own, so that reading a list never touches them. Columns that end in `_json` hold text made by the codec.
Conditions in capitals are of indexes that hold few of many rows; a statement must repeat one word for word to use its
index.
"""

from postroom.stores.sql.tables import accounts, emails, executions, intake, learning, people, replies, workflows
from postroom.stores.sql.tables.columns import metadata

__all__ = ["accounts", "emails", "executions", "intake", "learning", "metadata", "people", "replies", "workflows"]
