"""The SQL store: SQLAlchemy Core on SQLite, one writer thread with group commit and a few readers."""
