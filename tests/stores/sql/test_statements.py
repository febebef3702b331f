"""Every statement compiles for SQLite and for PostgreSQL."""

import pytest
from sqlalchemy.dialects import registry, sqlite
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import CompilerElement

from postroom.stores.sql import (
    acceptance_rows,
    accounts,
    alarms,
    allowances,
    answers,
    controls,
    emails,
    executions,
    ledger,
    mailboxes,
    outbox,
    records,
    reviews,
    suppressions,
    workflows,
)

MODULES = (
    *(acceptance_rows, accounts, alarms, allowances, answers, controls, emails, executions),
    *(ledger, mailboxes, outbox, records, reviews, suppressions, workflows),
)

STATEMENTS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, Executable) and isinstance(value, CompilerElement)
}


def test_the_statements_were_found() -> None:
    some = {"acceptance_rows.PUT_CONVERSATION", "outbox.CLAIM", "executions.QUEUED", "alarms.SOUND", "answers.NOTED"}
    assert some < set(STATEMENTS)


@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_it_compiles_for_both(name: str) -> None:
    statement = STATEMENTS[name]
    assert str(statement.compile(dialect=sqlite.dialect()))
    assert str(statement.compile(dialect=registry.load("postgresql")()))


def test_an_insert_that_replaces_leaves_key_and_position_alone() -> None:
    text = str(records.PUT.compile(dialect=sqlite.dialect()))
    changed = text.partition("DO UPDATE SET")[2]
    assert "result = excluded.result" in changed
    assert "position" not in changed
    assert "execution_id =" not in changed
