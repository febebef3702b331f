"""The contract suite of `Users`, on SQLite."""

from contracts.store_users import UsersContract


class TestUsers(UsersContract):
    """Users in SQL."""
