from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.kept_nouns import credential
from contracts.store_nouns import at
from postroom.actions.credentials import digest_of, drawn, note_use, revoke_any, revoke_invitations_by, revoke_own
from postroom.errors import NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.credential import CredentialKind
from postroom.model.user import UserId

ANN = UserId("us_ann")


@pytest.mark.parametrize("kind", list(CredentialKind))
def test_what_is_drawn_is_known_by_its_digest_alone(kind: CredentialKind) -> None:
    made, other = (drawn(kind, ANN, at=at(0), lasts=timedelta(minutes=1)) for _ in range(2))
    assert made.credential.digest == digest_of(made.secret)
    assert made.secret not in repr(made)
    assert made.credential.expires_at == at(1)
    assert (made.secret, made.credential.id) != (other.secret, other.credential.id)
    assert len({made.secret[:4], made.credential.id[:3]}) == 2


def test_what_was_typed_has_a_digest_whatever_it_holds() -> None:
    assert len(digest_of("half \ud800 a pair")) == 64


async def test_a_use_within_a_minute_is_not_written_again(stores: Stores) -> None:
    first = credential("a")
    await stores.credentials.add(first)
    used = await note_use(stores, first, at=at(1))
    assert used.last_used_at == at(1)
    assert await note_use(stores, used, at=at(1) + timedelta(seconds=59)) == used
    assert (await note_use(stores, used, at=at(2))).last_used_at == at(2)


async def test_one_revokes_ones_own_of_the_kind_however_many_there_are(stores: Stores) -> None:
    for number in range(201):
        await stores.credentials.add(credential(f"t{number}", kind=CredentialKind.TOKEN))
    await stores.credentials.add(credential("s", owner="ann"))
    for wrong in ("cr_s", "cr_none"):
        with pytest.raises(NotFoundError):
            await revoke_own(stores, CredentialKind.TOKEN, ANN, wrong)
    with pytest.raises(NotFoundError):
        await revoke_own(stores, CredentialKind.TOKEN, UserId("us_ben"), "cr_t0")
    await revoke_own(stores, CredentialKind.TOKEN, ANN, "cr_t0")
    assert await stores.credentials.find(CredentialKind.TOKEN, "digest of t0") is None
    assert await stores.credentials.find(CredentialKind.SESSION, "digest of s") is not None


async def test_anybodys_is_revoked_by_an_id_of_its_kind(stores: Stores) -> None:
    made = drawn(CredentialKind.TOKEN, ANN, at=at(0), lasts=None).credential
    await stores.credentials.add(made)
    with pytest.raises(NotFoundError):
        await revoke_any(stores, CredentialKind.INVITATION, made.id)
    await revoke_any(stores, CredentialKind.TOKEN, made.id)
    with pytest.raises(NotFoundError):
        await revoke_any(stores, CredentialKind.TOKEN, made.id)


async def test_the_invitations_of_one_maker_end_and_no_others(stores: Stores) -> None:
    for name, maker in (("a", ANN), ("b", UserId("us_ben")), ("c", None), ("d", ANN)):
        made = drawn(CredentialKind.INVITATION, None, at=at(0), lasts=None).credential
        await stores.credentials.add(replace(made, name=name, made_by=maker))
    await revoke_invitations_by(stores, ANN)
    left = (await stores.credentials.list(CredentialKind.INVITATION)).rows
    assert [one.name for one in left] == ["c", "b"]
