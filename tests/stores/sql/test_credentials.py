"""The contract suite of `Credentials`, on SQLite."""

from contracts.store_credentials import CredentialsContract


class TestCredentials(CredentialsContract):
    """Credentials in SQL."""
