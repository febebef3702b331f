"""The figures on SQLite."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from contracts.store_figures import FiguresContract
from postroom.stores.sql import figures
from postroom.stores.sql.figures import Statements, statements_of_all, statements_of_mailbox
from stores.sql.cost import plan


class TestFigures(FiguresContract):
    """The figures in SQL."""


@pytest.mark.parametrize("made", [statements_of_all, statements_of_mailbox], ids=["all", "one mailbox"])
@pytest.mark.parametrize("name", ["volumes", "delays", "results", "categories", "automatic"])
def test_a_figure_costs_what_was_received_in_its_time(
    bare: Connection, made: Callable[[], Statements], name: str
) -> None:
    steps = plan(bare, getattr(made(), name))
    assert any(
        "emails USING COVERING INDEX ix_emails_received (received_at>? AND received_at<?)" in step for step in steps
    )
    # Only results of other steps are scanned.
    scans = [step for step in steps if step.startswith("SCAN") and not step.startswith(("SCAN ranked", "SCAN ("))]
    assert scans == []
    assert any("ledger USING INDEX ix_ledger_email" in step for step in steps)


def test_the_backlog_costs_what_waits(bare: Connection) -> None:
    (step,) = plan(bare, figures.BACKLOG)
    assert step == "SEARCH reviews USING COVERING INDEX ix_reviews_queue (status=? AND rank<?)"
