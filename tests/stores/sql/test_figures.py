"""The figures on SQLite."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Select
from sqlalchemy.dialects import sqlite

from contracts.store_figures import FiguresContract
from postroom.stores.sql import figures
from postroom.stores.sql.figures import Statements, statements_of_all, statements_of_mailbox
from postroom.stores.sql.sqlite import make_engine


class TestFigures(FiguresContract):
    """The figures in SQL."""


def plan(path: Path, statement: Select[*tuple[object, ...]]) -> list[str]:
    """Return how SQLite goes about a statement."""
    text = re.sub(r"__\[POSTCOMPILE_\w+\]", "?", str(statement.compile(dialect=sqlite.dialect())))
    with make_engine(path).connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", tuple(0 for _ in range(text.count("?"))))
        return [str(row.detail) for row in rows]


@pytest.mark.parametrize("made", [statements_of_all, statements_of_mailbox], ids=["all", "one mailbox"])
@pytest.mark.parametrize("name", ["volumes", "delays", "results", "categories"])
def test_a_figure_costs_what_was_received_in_its_time(path: Path, made: Callable[[], Statements], name: str) -> None:
    steps = plan(path, getattr(made(), name))
    assert any(
        "emails USING COVERING INDEX ix_emails_received (received_at>? AND received_at<?)" in step for step in steps
    )
    # Only results of other steps are scanned.
    scans = [step for step in steps if step.startswith("SCAN") and not step.startswith(("SCAN ranked", "SCAN ("))]
    assert scans == []
    assert any("ledger USING INDEX ix_ledger_email" in step for step in steps)


def test_the_backlog_costs_what_waits(path: Path) -> None:
    (step,) = plan(path, figures.BACKLOG)
    assert step == "SEARCH reviews USING COVERING INDEX ix_reviews_queue (status=?)"
