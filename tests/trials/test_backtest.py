"""A back-test as a whole: it can be killed and gone on with, and it ends when it is told to."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from postroom.interfaces.progress import StoppedError
from postroom.trials.backtest import CHUNK, BacktestPlan, backtest
from postroom.trials.backtest_rehearsal import Rehearsal
from postroom.trials.backtest_results import RESULTS, Results
from postroom.trials.backtest_tried import Tried
from postroom.trials.compare import ComparePlan, CompareSide, compare
from postroom.trials.past_mail import PastEmail
from postroom.trials.past_mail_csv import TableMail
from trials.past import TEMPLATE, small_play, with_config

ROWS = 3 * CHUNK + 5


class Counting:
    """Rehearses, notes what it was given, and breaks after so many chunks."""

    def __init__(self, rehearsal: Rehearsal, *, chunks: int = 1_000) -> None:
        self._rehearsal = rehearsal
        self._chunks = chunks
        self.keys: list[str] = []

    async def __call__(self, emails: Sequence[PastEmail]) -> Sequence[Tried]:
        if not self._chunks:
            raise KeyboardInterrupt
        self._chunks -= 1
        self.keys += [one.key for one in emails]
        return [await self._rehearsal.rehearse(one) for one in emails]


class Told:
    """Notes progress, and stops after so many calls."""

    def __init__(self, calls: int = 1_000) -> None:
        self._calls = calls
        self.told: list[tuple[int, int]] = []

    async def __call__(self, done: int, total: int) -> None:
        self.told.append((done, total))
        self._calls -= 1
        if not self._calls:
            raise StoppedError("enough")


@pytest.fixture
def table(tmp_path: Path) -> TableMail:
    lines = [f"question {index},{'returns' if index % 3 else 'refund'}" for index in range(ROWS)]
    (tmp_path / "past.csv").write_text("\n".join(["text,label", *lines]) + "\n")
    return TableMail(tmp_path / "past.csv")


async def test_every_email_is_tried_once_and_progress_is_told(tmp_path: Path, table: TableMail) -> None:
    async with small_play(tmp_path) as play:
        rehearse, told = Counting(Rehearsal(play)), Told()
        report = await backtest(BacktestPlan(mail=table, workflow="w", rehearse=rehearse), told)
    assert len(rehearse.keys) == len(set(rehearse.keys)) == report.emails == ROWS
    assert told.told[0] == (0, ROWS)
    assert told.told[-1] == (ROWS, ROWS)
    assert report.all.judged == ROWS
    assert report.all.right == sum(1 for index in range(ROWS) if index % 3)


@pytest.mark.parametrize("ahead", [1, 3])
async def test_killed_in_the_middle_and_started_again_it_reports_the_same(
    tmp_path: Path, table: TableMail, ahead: int
) -> None:
    async with small_play(tmp_path) as play:
        rehearsal = Rehearsal(play)
        whole = await backtest(BacktestPlan(mail=table, workflow="w", rehearse=Counting(rehearsal)), Told())

        def order(rehearse: Counting) -> BacktestPlan:
            results = Results(tmp_path / "out", "this")
            return BacktestPlan(mail=table, workflow="w", rehearse=rehearse, results=results, ahead=ahead)

        first = Counting(rehearsal, chunks=100)
        with pytest.raises(StoppedError):
            await backtest(order(first), Told(3))
        # And the kill came in the middle of a line.
        path = tmp_path / "out" / RESULTS
        path.write_bytes(path.read_bytes()[:-40])
        second = Counting(rehearsal)
        assert await backtest(order(second), Told()) == whole
        assert len(second.keys) == ROWS - 2 * CHUNK + 1
        third = Counting(rehearsal)
        assert await backtest(order(third), Told()) == whole
    assert third.keys == []


async def test_chunks_under_way_are_ended_when_it_is_stopped(tmp_path: Path, table: TableMail) -> None:
    ended: list[int] = []
    begun: list[int] = []
    both_begun = asyncio.Event()

    async def slow(emails: Sequence[PastEmail]) -> Sequence[Tried]:
        begun.append(len(emails))
        if len(begun) == 2:
            both_begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(len(emails))
        return []

    running = asyncio.create_task(backtest(BacktestPlan(mail=table, workflow="w", rehearse=slow, ahead=2), Told()))
    await both_begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert ended == [CHUNK, CHUNK]


async def test_a_version_compared_with_itself_has_no_flips(tmp_path: Path, table: TableMail) -> None:
    async with small_play(tmp_path) as play:
        side = CompareSide(name="w", rehearse=Counting(Rehearsal(play)))
        report = await compare(ComparePlan(mail=table, before=side, after=side), Told())
    assert (report.emails, report.flips, report.changes, report.listed) == (ROWS, 0, (), ())
    assert report.fates_before == report.fates_after


async def test_a_change_flips_what_it_is_about_and_names_its_node(tmp_path: Path, table: TableMail) -> None:
    stricter = with_config(TEMPLATE, "priority_router", max_words=1)
    (tmp_path / "b").mkdir()
    async with small_play(tmp_path) as play, small_play(tmp_path / "b", stricter) as other:
        report = await compare(
            ComparePlan(
                mail=table,
                before=CompareSide(name="one", rehearse=Counting(Rehearsal(play))),
                after=CompareSide(name="two", rehearse=Counting(Rehearsal(other))),
            ),
            Told(),
        )
    (change,) = report.changes
    assert (change.node_id, change.before, change.after, change.emails) == (
        "priority_router",
        "common",
        "complex",
        ROWS,
    )
    assert (report.fates_before["answered"], report.fates_after["person"]) == (ROWS, ROWS)
