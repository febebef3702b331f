import pytest

from contracts.kept_nouns import user
from postroom.actions.desk import Desk
from postroom.actions.users import (
    RESERVED,
    SERVER,
    Giver,
    GivesTooMuchError,
    UserChange,
    change_user,
    every_user,
    require_display_name,
    require_may_give,
    require_user_name,
    user_named,
)
from postroom.errors import InputError, NotFoundError
from postroom.model.user import PERMISSIONS, Permission, Role, UserId


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_given_by_who_may_do_as_much(role: Role) -> None:
    require_may_give(Giver(user_id=None, permissions=PERMISSIONS[role]), role)
    for missing in PERMISSIONS[role]:
        giver = Giver(user_id=None, permissions=frozenset(Permission) - {missing})
        with pytest.raises(GivesTooMuchError) as caught:
            require_may_give(giver, role)
        assert missing.value in caught.value.message


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_nobody_is_called_like_postroom_itself(name: str) -> None:
    with pytest.raises(InputError):
        require_user_name(name)


@pytest.mark.parametrize("name", ["x" * 101, "a\nb", "a\u202eb"])
def test_a_display_name_can_be_printed(name: str) -> None:
    with pytest.raises(InputError):
        require_display_name(name)


async def test_a_display_name_changes_whatever_the_giver_may(desk: Desk) -> None:
    await desk.stores.users.add(user("ann"))
    giver = Giver(user_id=None, permissions=frozenset({Permission.ADMINISTER}))
    changed = await change_user(desk, giver, UserId("us_ann"), UserChange(revision=0, display_name=" Anna "))
    assert (changed.display_name, changed.role, changed.revision) == ("Anna", Role.AGENT, 1)


async def test_a_refused_promotion_changes_nothing(desk: Desk) -> None:
    await desk.stores.users.add(user("ann"))
    giver = Giver(user_id=None, permissions=PERMISSIONS[Role.AGENT])
    with pytest.raises(GivesTooMuchError):
        await change_user(desk, giver, UserId("us_ann"), UserChange(revision=0, role=Role.ADMIN))
    assert await desk.stores.users.get(UserId("us_ann")) == user("ann")


async def test_a_user_is_found_by_name_however_it_is_typed(desk: Desk) -> None:
    for name in ("ben", "ann"):
        await desk.stores.users.add(user(name))
    assert (await user_named(desk.stores, " ANN ")).id == "us_ann"
    with pytest.raises(NotFoundError):
        await user_named(desk.stores, "eve")
    assert [one.name for one in await every_user(desk.stores)] == ["ann", "ben"]
    changed = await change_user(desk, SERVER, UserId("us_ben"), UserChange(revision=0, role=Role.ADMIN))
    assert changed.role is Role.ADMIN
