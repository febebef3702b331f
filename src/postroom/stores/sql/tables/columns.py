"""What all tables share: their metadata, and the columns that most are made of."""

from sqlalchemy import BigInteger, Column, Integer, MetaData, Text

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s"}
)

# SQLite makes a key of its row ids only from INTEGER; elsewhere it must not overflow at two thousand million.
Position = BigInteger().with_variant(Integer(), "sqlite")


def position() -> Column[int]:
    """Return the key that orders rows by the time they were stored."""
    return Column("position", Position, primary_key=True)


def required_text(name: str) -> Column[str]:
    """Return a column of text that every row has."""
    return Column(name, Text, nullable=False)


def optional_text(name: str) -> Column[str]:
    """Return a column of text that some rows have."""
    return Column(name, Text)


def required_integer(name: str) -> Column[int]:
    """Return a column of whole numbers, also of more than 32 bits, that every row has."""
    return Column(name, BigInteger, nullable=False)
