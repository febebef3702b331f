import asyncio
from dataclasses import replace

import pytest

from postroom.actions.categories import (
    CategoryChange,
    CategoryForm,
    add_category,
    asked_categories,
    categories,
    change_category,
    remove_category,
)
from postroom.actions.desk import Desk
from postroom.errors import ConflictError, InputError, NotFoundError
from postroom.model.trained_model import ModelId, TrainedModel

FORM = CategoryForm(description="Where a parcel is.", examples=("Where is it?",))


async def test_a_new_category_is_named_after_itself_and_automatic(desk: Desk) -> None:
    added = await add_category(desk, "delivery", FORM)
    assert (added.title, added.automatic, added.by, added.language) == ("delivery", True, "ann", "en")
    assert await categories(desk.stores) == (added,)
    with pytest.raises(ConflictError, match="already"):
        await add_category(desk, "delivery", FORM)


async def test_a_language_model_is_asked_about_what_people_keep_whatever_is_told_apart(desk: Desk) -> None:
    assert "delivery" in await asked_categories(desk.stores)
    await add_category(desk, "pigeons", replace(FORM, description="About birds."))
    model = TrainedModel(
        id=ModelId("mo_1"), name="linear@1", checksum="1", seed=0, examples=1, by="ann", created_at=desk.clock.now(),
        figures={}, categories=("claims", "contract", "other"),
    )  # fmt: skip
    for _ in range(2):
        assert await asked_categories(desk.stores) == {"pigeons": "About birds."}
        await desk.stores.models.add(model)
        await desk.stores.models.promote(model.id, instead_of=None, at=desk.clock.now())
    await remove_category(desk, "pigeons")
    assert set(await asked_categories(desk.stores)) == {"claims", "contract"}


@pytest.mark.parametrize("name", ["", " a", "a ", "a  b", "a\nb", "_a", "a/b", "a,b", "x" * 101, "a\u202eb"])
async def test_a_name_that_no_list_could_show_is_refused(desk: Desk, name: str) -> None:
    with pytest.raises(InputError) as caught:
        await add_category(desk, name, FORM)
    assert caught.value.hint


@pytest.mark.parametrize("name", ["delivery_problem", "Rückgabe", "order status", "vat-2.0", "配送"])
async def test_a_name_may_be_of_any_language(desk: Desk, name: str) -> None:
    assert (await add_category(desk, name, FORM)).name == name


@pytest.mark.parametrize(
    "form",
    [
        replace(FORM, language="english"),
        replace(FORM, language="xx"),
        replace(FORM, title="x" * 101),
        replace(FORM, description="x" * 2_001),
        replace(FORM, examples=("  ",)),
        replace(FORM, examples=("x" * 2_001,)),
        replace(FORM, examples=("x",) * 201),
    ],
)
async def test_words_that_are_wrong_are_refused_when_it_is_made_and_when_it_is_changed(
    desk: Desk, form: CategoryForm
) -> None:
    with pytest.raises(InputError):
        await add_category(desk, "delivery", form)
    await add_category(desk, "delivery", FORM)
    change = CategoryChange(
        title=form.title or None, description=form.description, examples=form.examples, language=form.language
    )
    with pytest.raises(InputError):
        await change_category(desk, "delivery", change)
    assert (await desk.stores.categories.get("delivery")).revision == 0


async def test_what_a_change_does_not_name_stays(desk: Desk) -> None:
    added = await add_category(desk, "delivery", FORM)
    changed = await change_category(replace(desk, by="ben"), "delivery", CategoryChange(automatic=False))
    assert changed == replace(added, automatic=False, by="ben", revision=1)
    assert await desk.stores.categories.get("delivery") == changed


async def test_of_two_changes_at_once_one_is_told_of_the_other(desk: Desk) -> None:
    await add_category(desk, "delivery", FORM)
    change = CategoryChange(title="Parcels")
    await change_category(desk, "delivery", change, revision=0)
    with pytest.raises(ConflictError, match="meanwhile"):
        await change_category(desk, "delivery", change, revision=0)


async def test_a_category_that_is_not_there_cannot_be_changed_or_removed(desk: Desk) -> None:
    for act in (change_category(desk, "delivery", CategoryChange()), remove_category(desk, "delivery")):
        with pytest.raises(NotFoundError):
            await asyncio.ensure_future(act)
    await add_category(desk, "delivery", FORM)
    await remove_category(desk, "delivery")
    assert await categories(desk.stores) == ()
