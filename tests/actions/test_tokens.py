import pytest

from postroom.actions.desk import Desk
from postroom.actions.tokens import TokenWish, make_token, shown_token, tokens
from postroom.errors import InputError
from postroom.model.user import Permission, UserId

ANN = UserId("us_ann")


def wish(*scopes: Permission) -> TokenWish:
    return TokenWish(name="sync", scopes=scopes, expires_at=None)


async def test_scopes_are_kept_once_and_in_order(desk: Desk) -> None:
    scopes = (Permission.DECIDE, Permission.READ, Permission.DECIDE)
    made = await make_token(desk, ANN, wish(*scopes), permissions=tuple(Permission))
    assert made.credential.scopes == (Permission.READ, Permission.DECIDE)
    assert (await tokens(desk.stores, ANN)).rows == (shown_token(made.credential),)


async def test_a_token_that_may_do_nothing_or_too_much_is_not_made(desk: Desk) -> None:
    for scopes in ((), (Permission.READ, Permission.DECIDE)):
        with pytest.raises(InputError):
            await make_token(desk, ANN, wish(*scopes), permissions=(Permission.READ,))
    assert (await tokens(desk.stores, None)).rows == ()
