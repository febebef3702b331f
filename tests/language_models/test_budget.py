import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from clocks import SetClock
from language_models.asking import Asking
from postroom.interfaces.stores import Stores
from postroom.language_models.budget import DailyBudget, Purse, spent_today

EVENING = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)


async def test_many_at_once_never_pass_the_budget(stores: Stores) -> None:
    budget = DailyBudget(stores.spending, SetClock(EVENING), account="a", limit_millionths=100)
    granted = await asyncio.gather(*(budget.reserve(30) for _ in range(20)))
    assert sum(one is not None for one in granted) == 3


async def test_what_was_not_spent_is_there_for_others_on_the_day_it_was_taken_from(stores: Stores) -> None:
    clock = SetClock(EVENING)
    budget = DailyBudget(stores.spending, clock, account="a", limit_millionths=100)
    first = await budget.reserve(100)
    assert first is not None
    assert await budget.reserve(1) is None
    clock.advance(3600)
    await budget.settle(first, 7)
    assert await stores.spending.spent("a", "2026-03-01") == 7
    assert await stores.spending.spent("a", "2026-03-02") == 0


async def test_more_than_was_reserved_counts_in_full_and_stops_the_next(stores: Stores) -> None:
    budget = DailyBudget(stores.spending, SetClock(EVENING), account="a", limit_millionths=100)
    first = await budget.reserve(50)
    assert first is not None
    await budget.settle(first, 130)
    assert await stores.spending.spent("a", "2026-03-01") == 130
    assert await budget.reserve(1) is None


async def test_accounts_have_budgets_of_their_own(stores: Stores) -> None:
    for name in ("a", "b"):
        budget = DailyBudget(stores.spending, SetClock(EVENING), account=name, limit_millionths=10)
        assert await budget.reserve(10) is not None


async def test_what_a_question_cost_is_told_with_what_happens_at_the_end_of_the_budget(asking: Asking) -> None:
    await asking.ask()
    purse = Purse(model="gpt-test", account="test", limit_millionths=1_000_000)
    found = await spent_today(asking.spending, asking.clock, purse)
    # 600 tokens read at 2.5 and 40 written at 10 a million.
    assert (found.day, found.spent_millionths) == ("2026-03-01", 1_900)
    assert found.in_words() == (
        "gpt-test has cost 0.0019 today (UTC), the budget is 1.00; at its end local models go on alone until "
        "midnight UTC"
    )
    spent = await spent_today(asking.spending, asking.clock, replace(purse, limit_millionths=1_900))
    assert spent.in_words().endswith("the budget is 0.00: IT IS SPENT, local models go on alone until midnight UTC")
    tomorrow = SetClock(EVENING + timedelta(days=1))
    assert (await spent_today(asking.spending, tomorrow, purse)).spent_millionths == 0
