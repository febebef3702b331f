"""A secret that the other side renewed is kept in the account, and never in place of what a person entered."""

from dataclasses import replace

from actions.setup_case import Recorder, setup_of
from postroom.actions.accounts import AccountForm, opened_values, store_changed
from postroom.actions.accounts_renewed import kept_renewed
from postroom.actions.desk import Desk
from postroom.actions.senders import add_sender, draft_sender
from postroom.interfaces.provider import Delivery, SendResult
from postroom.model.account import AccountFamily

FORM = AccountForm(name="out", kind="pigeon", values={"host": "loft"})


async def test_a_renewed_secret_is_sealed_into_the_account_which_counts_as_no_change(desk: Desk) -> None:
    setup = setup_of(desk, sender=Recorder(SendResult(delivery=Delivery.SENT)))
    account = await add_sender(setup.stores, draft_sender(setup, FORM))
    for secret in ("1//second", "1//third"):
        await kept_renewed(setup.stores, setup.seal, account)("oauth.refresh_token", secret)
    stored = await setup.stores.accounts.get(AccountFamily.SENDER, "out")
    assert stored.revision == account.revision
    assert "1//third" not in stored.sealed["oauth.refresh_token"]
    oauth = opened_values(stored, setup.seal)["oauth"]
    assert isinstance(oauth, dict)
    assert oauth["refresh_token"].get_secret_value() == "1//third"


async def test_what_a_person_entered_meanwhile_stays(desk: Desk) -> None:
    setup = setup_of(desk, sender=Recorder(SendResult(delivery=Delivery.SENT)))
    account = await add_sender(setup.stores, draft_sender(setup, FORM))
    changed = await store_changed(setup.stores, replace(account, sealed={"oauth.refresh_token": "v1:dGhlaXJz"}))
    await kept_renewed(setup.stores, setup.seal, account)("oauth.refresh_token", "1//second")
    assert await setup.stores.accounts.get(AccountFamily.SENDER, "out") == changed
