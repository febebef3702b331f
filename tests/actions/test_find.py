from dataclasses import replace

import pytest

from contracts.store_nouns import decision, execution, review
from postroom.actions.desk import Desk
from postroom.actions.find import find_execution, find_review
from postroom.errors import InputError, NotFoundError
from postroom.model.review import ReviewKind

ASKED = "ex_abc1def2/human_review"
AGAIN = "ex_abc1def2/email_sender/uncertain"


async def ask(desk: Desk, *names: str) -> None:
    for name in names:
        execution_id = name.partition("/")[0]
        await desk.stores.executions.add(execution(execution_id))
        await desk.stores.reviews.add(review(name, execution_id=execution_id))


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


async def test_a_whole_id_is_found_though_it_begins_another_one(desk: Desk) -> None:
    for name in ("ex_abc", "ex_abcd"):
        await desk.stores.executions.add(execution(name))
    assert await find_execution(desk.stores, "ex_abc") == "ex_abc"
    assert await find_execution(desk.stores, "abc") == "ex_abc"


async def test_a_beginning_is_not_taken_for_the_only_one_where_not_all_were_looked_at(desk: Desk) -> None:
    for minute, name in enumerate(("ex_old", "ex_abc1", "ex_new")):
        await desk.stores.executions.add(execution(name, minute=minute))
    with pytest.raises(InputError, match="newest 2") as caught:
        await find_execution(desk.stores, "ex_abc", look_at=2)
    assert "whole id" in caught.value.hint
    assert "ex_abc1" in caught.value.message
    with pytest.raises(InputError, match="newest 2"):
        await find_execution(desk.stores, "ex_ol", look_at=2)
    assert await find_execution(desk.stores, "ex_abc", look_at=3) == "ex_abc1"
    # However many there are, a whole id is found.
    assert await find_execution(desk.stores, "ex_old", look_at=1) == "ex_old"


async def test_the_id_of_a_review_names_its_execution(desk: Desk) -> None:
    await ask(desk, ASKED)
    assert await find_execution(desk.stores, ASKED) == "ex_abc1def2"
    assert await find_execution(desk.stores, "ex_abc/human_review") == "ex_abc1def2"


async def test_a_review_is_found_by_the_beginning_of_its_execution_and_of_the_rest(desk: Desk) -> None:
    await ask(desk, ASKED, "ex_other/human_review")
    for typed in (ASKED, "ex_abc", "abc", "ex_abc/human_review", "abc1/hum"):
        assert await find_review(desk.stores, typed) == ASKED
    with pytest.raises(NotFoundError) as caught:
        await find_review(desk.stores, "ex_abc/email")
    assert ASKED in caught.value.hint


async def test_an_execution_that_asked_twice_does_not_name_a_review_whatever_is_decided(desk: Desk) -> None:
    await ask(desk, ASKED)
    assert await find_review(desk.stores, "ex_abc1def") == ASKED
    await desk.stores.reviews.decide(review(ASKED).id, decision("ann"))
    # What was typed for the decided one goes on to mean it, and nothing else.
    assert await find_review(desk.stores, "ex_abc1def") == ASKED
    uncertain = replace(review(AGAIN, execution_id="ex_abc1def2"), kind=ReviewKind.UNCERTAIN_SEND)
    await desk.stores.reviews.add(uncertain)
    with pytest.raises(InputError, match="2 reviews") as caught:
        await find_review(desk.stores, "ex_abc1def")
    assert f"{ASKED} (draft, decided)" in caught.value.hint
    assert f"{AGAIN} (uncertain_send, open)" in caught.value.hint
    assert await find_review(desk.stores, "ex_abc1def/human_review") == ASKED
    assert await find_review(desk.stores, "ex_abc1def/email_sender/uncertain") == AGAIN


async def test_a_whole_rest_goes_before_what_only_begins_so(desk: Desk) -> None:
    await ask(desk, ASKED, f"{ASKED}/failure-1")
    assert await find_review(desk.stores, "ex_abc/human_review") == ASKED
    assert await find_review(desk.stores, "ex_abc/human_review/") == f"{ASKED}/failure-1"
