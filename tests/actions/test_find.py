import pytest

from contracts.store_nouns import decision, execution, review
from postroom.actions.desk import Desk
from postroom.actions.find import find_execution, find_review
from postroom.errors import InputError, NotFoundError


async def test_the_beginning_of_an_id_is_enough_where_only_one_has_it(desk: Desk) -> None:
    for name in ("ex_abc1", "ex_abc2", "ex_xyz"):
        await desk.stores.executions.add(execution(name))
    assert await find_execution(desk.stores, "ex_x") == "ex_xyz"
    assert await find_execution(desk.stores, "xyz") == "ex_xyz"
    assert await find_execution(desk.stores, "ex_abc2") == "ex_abc2"
    with pytest.raises(InputError, match="2 executions") as caught:
        await find_execution(desk.stores, "ex_abc")
    assert "ex_abc1" in caught.value.hint
    with pytest.raises(NotFoundError):
        await find_execution(desk.stores, "ex_nothing")
    with pytest.raises(InputError, match="too short"):
        await find_execution(desk.stores, "ex")


async def test_an_open_review_goes_before_a_decided_one_of_the_same_beginning(desk: Desk) -> None:
    for name in ("ex_abc/first", "ex_abc/second"):
        await desk.stores.reviews.add(review(name))
    await desk.stores.reviews.decide(review("ex_abc/first").id, decision("ann"))
    assert await find_review(desk.stores, "ex_abc") == "ex_abc/second"
    assert await find_review(desk.stores, "ex_abc/f") == "ex_abc/first"
