from contracts.store_nouns import at
from postroom.actions.credentials import digest_of
from postroom.actions.tickets import LASTS, make_ticket
from postroom.interfaces.stores import Stores
from postroom.model.credential import CredentialKind, Opener
from postroom.model.user import UserId


async def test_a_ticket_remembers_what_it_was_made_with(stores: Stores) -> None:
    opener = Opener(kind=CredentialKind.TOKEN, digest="digest of a token")
    made = await make_ticket(stores, UserId("us_ann"), opener, at=at(0))
    found = await stores.credentials.redeem(CredentialKind.TICKET, digest_of(made.secret))
    assert found == made.credential
    assert found is not None
    assert (found.opener, found.expires_at, found.name) == (opener, at(0) + LASTS, "")
