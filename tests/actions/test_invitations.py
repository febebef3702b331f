from dataclasses import replace

import pytest

from contracts.kept_nouns import user
from postroom.actions.desk import Desk
from postroom.actions.invitations import invite, link_of, look_at, reset_password
from postroom.actions.users import SERVER, Giver, GivesTooMuchError
from postroom.errors import NotFoundError
from postroom.model.credential import CredentialKind
from postroom.model.user import PERMISSIONS, Role, UserId

ANN = UserId("us_ann")


async def test_an_invitation_remembers_who_made_it(desk: Desk) -> None:
    await desk.stores.users.add(user("ann", role=Role.ADMIN))
    made = await invite(desk, Giver(user_id=ANN, permissions=PERMISSIONS[Role.ADMIN]), "bob", Role.AGENT)
    assert made.credential.made_by == ANN
    assert await look_at(desk, made.secret) == made.credential
    by_command = await invite(desk, SERVER, "eve", Role.ADMIN)
    assert by_command.credential.made_by is None


async def test_a_reset_link_ends_with_the_administrator_who_gave_it(desk: Desk) -> None:
    await desk.stores.users.add(user("ann", role=Role.ADMIN))
    await desk.stores.users.add(user("bob"))
    giver = Giver(user_id=ANN, permissions=PERMISSIONS[Role.ADMIN])
    made = await reset_password(desk, giver, UserId("us_bob"))
    assert await desk.stores.users.change(replace(user("ann", role=Role.ADMIN), disabled=True))
    with pytest.raises(NotFoundError):
        await look_at(desk, made.secret)


async def test_a_reset_that_gives_too_much_takes_nothing(desk: Desk) -> None:
    boss = replace(user("ann", role=Role.ADMIN), password_hash="kept")
    await desk.stores.users.add(boss)
    with pytest.raises(GivesTooMuchError):
        await reset_password(desk, Giver(user_id=None, permissions=PERMISSIONS[Role.AGENT]), ANN)
    assert await desk.stores.users.get(ANN) == boss
    assert (await desk.stores.credentials.list(CredentialKind.INVITATION)).rows == ()


def test_the_secret_of_a_link_stays_in_the_browser() -> None:
    assert link_of("https://post.example/", "pri_x") == "https://post.example/welcome#pri_x"
