"""The contract suite of `Jobs`, on SQLite."""

import pytest
from sqlalchemy import Connection, Select
from sqlalchemy.dialects import registry, sqlite
from sqlalchemy.sql.dml import UpdateBase

from contracts.store_jobs import JobsContract
from postroom.stores.sql import jobs
from stores.sql.cost import plan

FOUND = vars(jobs).items()
STATEMENTS = {name: one for name, one in FOUND if name.isupper() and isinstance(one, Select | UpdateBase)}


class TestJobs(JobsContract):
    """Jobs in SQL."""


@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_it_compiles_for_both_and_scans_nothing(bare: Connection, name: str) -> None:
    assert str(STATEMENTS[name].compile(dialect=sqlite.dialect()))
    assert str(STATEMENTS[name].compile(dialect=registry.load("postgresql")()))
    assert [line for line in plan(bare, STATEMENTS[name]) if line.startswith("SCAN") or "TEMP" in line] == []
