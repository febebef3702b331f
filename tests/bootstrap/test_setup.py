"""Who works at the machine may lead accounts anywhere; who comes over HTTP only where the settings allow it."""

from pathlib import Path

import pytest

from empty_store import open_stores_at
from postroom.actions.accounts import AccountForm, new_account
from postroom.actions.desk import Desk
from postroom.actions.notifiers import draft_notifier
from postroom.bootstrap.setup import setup_for, setup_over_http
from postroom.errors import InputError
from postroom.interfaces.clock import SystemClock
from postroom.model.account import AccountFamily
from postroom.settings import Settings

SLACK = {"url": "http://10.0.0.1/services/T0", "allow_private": True}


async def test_over_http_accounts_lead_no_further_than_the_settings_allow(tmp_path: Path) -> None:
    stores = await open_stores_at(tmp_path / "postroom.db")
    desk = Desk(stores=stores, clock=SystemClock(), by="ann")
    settings = Settings(data_dir=tmp_path / "data", folders_dir=tmp_path / "mail")
    folder = AccountForm(name="out", kind="outbox_folder", values={"path": tmp_path / "data" / "outbox"})
    slack = AccountForm(name="team", kind="slack", values=SLACK)

    with pytest.raises(InputError, match="leads out"):
        new_account(setup_over_http(settings, desk), AccountFamily.SENDER, folder)
    with pytest.raises(InputError, match="allow_private"):
        await draft_notifier(setup_over_http(settings, desk), slack)

    allowed = settings.model_copy(update={"allow_private_webhooks": True, "folders_dir": tmp_path})
    for setup in (setup_over_http(allowed, desk), setup_for(settings, desk)):
        assert new_account(setup, AccountFamily.SENDER, folder).values["path"] == str(tmp_path / "data" / "outbox")
        assert (await draft_notifier(setup, slack)).values["allow_private"] is True
    await stores.connection.close()
