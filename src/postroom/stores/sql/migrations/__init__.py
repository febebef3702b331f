"""The migrations of the SQL store."""
