"""What every implementation of `Credentials` does."""

import asyncio
from dataclasses import replace

import pytest

from contracts.kept_nouns import HALF_PAIR, NO_CURSORS, ODD, all_pages, credential
from contracts.store_nouns import at
from postroom.errors import InputError
from postroom.interfaces.stores import Stores
from postroom.model.credential import Credential, CredentialId, CredentialKind
from postroom.model.user import UserId

SESSION, TOKEN, INVITATION, TICKET = CredentialKind
ANN, BEN = UserId("us_ann"), UserId("us_ben")


async def ids(stores: Stores, kind: CredentialKind = SESSION, user_id: UserId | None = None) -> list[str]:
    """Return the ids of all credentials of a kind in the order of the list, without `cr_`."""
    return [one.id.removeprefix("cr_") for one in (await stores.credentials.list(kind, user_id)).rows]


class CredentialsContract:
    """The suite; a subclass gives the fixtures `stores` and `second`, which are open on the same place."""

    async def test_a_credential_comes_back_as_it_was(self, stores: Stores) -> None:
        first = credential("a", expires=at(60))
        assert await stores.credentials.add(first)
        assert await stores.credentials.find(SESSION, first.digest) == first

    async def test_an_invitation_needs_no_user(self, stores: Stores) -> None:
        first = replace(credential("a", kind=INVITATION), user_id=None, last_used_at=at(3))
        assert await stores.credentials.add(first)
        assert await stores.credentials.find(INVITATION, first.digest) == first

    async def test_neither_an_id_nor_a_digest_of_a_kind_is_given_twice(self, stores: Stores) -> None:
        first = credential("a")
        await stores.credentials.add(first)
        assert not await stores.credentials.add(replace(credential("b"), id=first.id))
        assert not await stores.credentials.add(replace(credential("b"), digest=first.digest))
        assert await stores.credentials.add(replace(credential("b", kind=TOKEN), digest=first.digest))
        assert await stores.credentials.find(SESSION, first.digest) == first

    async def test_one_kind_never_stands_for_another(self, stores: Stores) -> None:
        first = credential("a", kind=TICKET)
        await stores.credentials.add(first)
        for kind in (SESSION, TOKEN, INVITATION):
            assert await stores.credentials.find(kind, first.digest) is None
            assert await stores.credentials.redeem(kind, first.digest) is None
        assert await stores.credentials.find(TICKET, first.digest) == first

    async def test_what_is_redeemed_is_gone(self, stores: Stores) -> None:
        first = credential("a", kind=TICKET)
        await stores.credentials.add(first)
        assert await stores.credentials.redeem(TICKET, first.digest) == first
        assert await stores.credentials.redeem(TICKET, first.digest) is None
        assert await stores.credentials.find(TICKET, first.digest) is None

    async def test_of_many_who_redeem_at_once_one_gets_it(self, stores: Stores, second: Stores) -> None:
        tickets = [credential(f"t{number}", kind=TICKET) for number in range(10)]
        for ticket in tickets:
            await stores.credentials.add(ticket)
        tries = [(one, ticket) for ticket in tickets for one in (stores, second) * 4]
        found = await asyncio.gather(*(one.credentials.redeem(TICKET, ticket.digest) for one, ticket in tries))
        assert sorted(one.id for one in found if one is not None) == [ticket.id for ticket in tickets]

    async def test_of_many_who_add_a_digest_at_once_one_does(self, stores: Stores, second: Stores) -> None:
        wanted = [replace(credential(f"c{number}"), digest="same") for number in range(20)]
        made = await asyncio.gather(
            *((stores if number % 2 else second).credentials.add(one) for number, one in enumerate(wanted))
        )
        assert sum(made) == 1
        assert await stores.credentials.find(SESSION, "same") == wanted[made.index(True)]

    async def test_the_last_use_is_noted_and_never_goes_back(self, stores: Stores) -> None:
        first = credential("a")
        await stores.credentials.add(first)
        for minute in (5, 9, 7):
            await stores.credentials.used(first.id, at=at(minute))
        used = replace(first, last_used_at=at(9))
        assert await stores.credentials.find(SESSION, first.digest) == used
        assert (await stores.credentials.list(SESSION)).rows == (used,)
        assert await stores.credentials.redeem(SESSION, first.digest) == used

    async def test_a_use_of_what_is_gone_brings_nothing_back(self, stores: Stores) -> None:
        await stores.credentials.used(CredentialId("cr_a"), at=at(5))
        assert await ids(stores) == []

    async def test_the_list_of_a_kind_is_newest_first_in_pages(self, stores: Stores) -> None:
        for number in range(5):
            await stores.credentials.add(credential(f"{number}", owner="ann" if number % 2 else "ben"))
            await stores.credentials.add(credential(f"t{number}", kind=TOKEN))
        pages = await all_pages(lambda cursor: stores.credentials.list(SESSION, after=cursor, limit=2))
        assert [[one.name for one in page] for page in pages] == [["4", "3"], ["2", "1"], ["0"]]
        pages = await all_pages(lambda cursor: stores.credentials.list(SESSION, BEN, after=cursor, limit=2))
        assert [[one.name for one in page] for page in pages] == [["4", "2"], ["0"]]
        assert await ids(stores, TOKEN, BEN) == []

    async def test_the_pages_go_on_where_a_row_was_revoked(self, stores: Stores) -> None:
        for number in range(4):
            await stores.credentials.add(credential(f"{number}"))
        first = await stores.credentials.list(SESSION, limit=2)
        await stores.credentials.revoke(CredentialId("cr_2"))
        rest = await stores.credentials.list(SESSION, after=first.next_cursor, limit=2)
        assert [one.name for one in rest.rows] == ["1", "0"]

    @pytest.mark.parametrize("cursor", NO_CURSORS)
    async def test_a_cursor_that_is_none_is_refused(self, stores: Stores, cursor: str) -> None:
        with pytest.raises(InputError) as caught:
            await stores.credentials.list(SESSION, after=cursor)
        assert caught.value.hint

    async def test_what_is_revoked_is_gone_at_once(self, stores: Stores, second: Stores) -> None:
        first = credential("a")
        await stores.credentials.add(first)
        assert await stores.credentials.revoke(first.id)
        assert await second.credentials.find(SESSION, first.digest) is None
        assert not await second.credentials.revoke(first.id)

    async def test_all_of_a_user_and_some_kinds_are_revoked_save_one(self, stores: Stores) -> None:
        for name, kind in (("s1", SESSION), ("s2", SESSION), ("t1", TOKEN), ("k1", TICKET)):
            await stores.credentials.add(credential(name, kind=kind))
        await stores.credentials.add(credential("other", owner="ben"))
        await stores.credentials.revoke_all(ANN, [SESSION, TICKET], keep=CredentialId("cr_s2"))
        assert [await ids(stores, kind) for kind in (SESSION, TOKEN, TICKET)] == [["other", "s2"], ["t1"], []]
        await stores.credentials.revoke_all(ANN, [])
        assert await ids(stores, SESSION, ANN) == ["s2"]
        await stores.credentials.revoke_all(ANN, list(CredentialKind))
        assert [await ids(stores, kind) for kind in (SESSION, TOKEN)] == [["other"], []]

    async def test_what_expired_long_ago_is_forgotten(self, stores: Stores) -> None:
        for name, expires in (("old", at(1)), ("edge", at(2)), ("young", at(3)), ("never", None)):
            await stores.credentials.add(credential(name, expires=expires))
        await stores.credentials.forget(before=at(2))
        assert sorted(await ids(stores)) == ["edge", "never", "young"]

    async def test_odd_text_comes_back_as_it_was(self, stores: Stores) -> None:
        odd = Credential(
            id=CredentialId(ODD),
            kind=TOKEN,
            digest=ODD,
            user_id=UserId(ODD),
            created_at=at(0),
            expires_at=None,
            name=ODD,
        )
        assert await stores.credentials.add(odd)
        assert (await stores.credentials.list(TOKEN, UserId(ODD))).rows == (odd,)
        assert await stores.credentials.redeem(TOKEN, ODD) == odd

    async def test_text_that_is_not_unicode_is_refused(self, stores: Stores) -> None:
        for broken in (replace(credential("a"), name=HALF_PAIR), replace(credential("a"), digest=HALF_PAIR)):
            with pytest.raises(InputError):
                await stores.credentials.add(broken)
        with pytest.raises(InputError):
            await stores.credentials.find(SESSION, HALF_PAIR)
        with pytest.raises(InputError):
            await stores.credentials.redeem(SESSION, HALF_PAIR)
