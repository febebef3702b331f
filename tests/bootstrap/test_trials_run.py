"""Trials as jobs: plain values in, plain values out, and they end when they are told to."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from empty_store import open_stores_at
from postroom.bootstrap.trials_run import TrialRun, backtest_job, compare_job, plain, run_backtest
from postroom.errors import InputError
from postroom.interfaces.progress import StoppedError
from postroom.interfaces.stores import Stores
from postroom.model.workflow import JsonValue
from postroom.settings import Settings
from postroom.trials.order import BacktestOrder, MailFile, MailKind, MailOrder


async def told(done: int, total: int) -> None:
    del done, total


@pytest.fixture
def settings(tmp_path: Path, models: Path) -> Settings:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(models)
    return Settings(data_dir=tmp_path / "data", folders_dir=tmp_path, mailbox_kind="mock")


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    opened = await open_stores_at(tmp_path / "store.sqlite")
    yield opened
    await opened.connection.close()


@pytest.fixture
def table(tmp_path: Path) -> JsonValue:
    """Past mail as a job is ordered with it."""
    path = tmp_path / "past.csv"
    path.write_text("text,label\nHow do I return a parcel?,returns\nWhere is my parcel?,order_status\n")
    return {"file": {"kind": "csv", "path": path.name}}


async def test_a_back_test_is_a_job(stores: Stores, settings: Settings, table: JsonValue) -> None:
    order: dict[str, JsonValue] = {"mail": table, "by": "ann", "minutes_per_answer": 3}
    result = await backtest_job(order, stores, settings, told)
    assert (result["emails"], result["labelled"], result["minutes_per_answer"]) == (2, 2, 3.0)
    assert result["source"] == "past.csv"
    assert json.loads(json.dumps(result)) == result


async def test_a_back_test_in_several_processes_says_the_same(
    stores: Stores, settings: Settings, table: JsonValue
) -> None:
    alone = await backtest_job({"mail": table}, stores, settings, told)
    order = BacktestOrder(mail=MailOrder(file=MailFile(kind=MailKind.CSV, path="past.csv")))
    run = TrialRun(processes=2, file=settings.folders_dir / "past.csv")
    assert plain(await run_backtest(order, stores, settings, told, run)) == alone


async def test_a_comparison_is_a_job(stores: Stores, settings: Settings, table: JsonValue) -> None:
    order: dict[str, JsonValue] = {"mail": table, "before": "customer_support", "after": "model:starter", "by": "ann"}
    result = await compare_job(order, stores, settings, told)
    assert (result["emails"], result["flips"]) == (2, 0)


async def test_a_job_that_was_cancelled_ends(stores: Stores, settings: Settings, table: JsonValue) -> None:
    async def cancelled(done: int, total: int) -> None:
        raise StoppedError("cancelled")

    with pytest.raises(StoppedError):
        await backtest_job({"mail": table}, stores, settings, cancelled)


@pytest.mark.parametrize(
    "order",
    [
        {},
        {"mail": {}},
        {"mail": {"file": {"kind": "csv", "path": "../past.csv"}}},
        {"mail": {"mailbox_id": "main"}, "minutes_per_answer": 0},
        {"mail": {"mailbox_id": "main"}, "sample": "many"},
    ],
)
async def test_an_order_that_is_none_is_refused(
    stores: Stores, settings: Settings, order: dict[str, JsonValue]
) -> None:
    with pytest.raises(InputError):
        await backtest_job(order, stores, settings, told)
