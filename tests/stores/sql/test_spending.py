"""The contract suite of `Spending`, on SQLite, and its statements on both databases."""

import pytest
from sqlalchemy.dialects import registry, sqlite
from sqlalchemy.sql.elements import CompilerElement

from contracts.store_spending import SpendingContract
from postroom.stores.sql.spending import PUT, SPENT


class TestSpending(SpendingContract):
    """Spending in SQL."""


@pytest.mark.parametrize("statement", [PUT, SPENT], ids=["put", "spent"])
def test_it_compiles_for_both(statement: CompilerElement) -> None:
    assert str(statement.compile(dialect=sqlite.dialect()))
    assert str(statement.compile(dialect=registry.load("postgresql")()))
