"""What is opened gets surroundings that outlive it: a secret that changed by itself is still known after a restart."""

from dataclasses import replace
from pathlib import Path

from bootstrap.rooms import MOMENT, a_directory, a_mailbox, a_maildir, a_seal, add, an_account, settings_in
from postroom.interfaces.provider import Delivery, granted
from postroom.model.account import AccountFamily
from postroom.model.email import Address
from postroom.model.reply import OutgoingEmail
from postroom.model.workflow import JsonValue
from servers.smtp import USERNAME, smtp_server
from servers.token_endpoint import token_endpoint

MESSAGE = OutgoingEmail(
    message_id="<1@shop.example>",
    mail_from="help@shop.example",
    recipient=Address(name="", address="ann@example.com"),
    content=b"Message-ID: <1@shop.example>\r\nSubject: Re\r\n\r\nHello\r\n",
)


async def test_a_rotated_refresh_token_of_a_sender_survives_a_restart(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with smtp_server(mechanisms=("XOAUTH2",)) as server, token_endpoint() as endpoint:
        server.tokens = {"token-1", "token-2"}
        rotated = {"access_token": "token-1", "expires_in": 3600, "refresh_token": "1//second"}
        endpoint.answers = [(200, rotated)]
        oauth: dict[str, JsonValue] = {"token_url": endpoint.url, "client_id": "postroom"}
        values: dict[str, JsonValue] = {"host": "127.0.0.1", "port": server.port, "security": "none", "oauth": oauth}
        sealed = {"oauth.refresh_token": a_seal(settings).close("1//first", place="sender/out/oauth.refresh_token")}
        account = replace(
            an_account(AccountFamily.SENDER, "out", "smtp", {**values, "username": USERNAME}), sealed=sealed
        )
        async with a_directory(settings) as (directory, stores):
            await add(stores, a_mailbox("help"), a_maildir(tmp_path / "help"))
            await stores.accounts.add(account)
            await directory.refresh()
            sender = directory.senders["out"]
            assert (await sender.send(MESSAGE, granted)).delivery is Delivery.SENT
            await directory.refresh()
            assert directory.senders["out"] is sender
            stored = await stores.accounts.get(AccountFamily.SENDER, "out")
            assert (stored.revision, stored.updated_at) == (0, MOMENT)
            assert stored.sealed != sealed
        async with a_directory(settings) as (directory, _):
            assert (await directory.senders["out"].send(MESSAGE, granted)).delivery is Delivery.SENT
        assert [form["refresh_token"] for form in endpoint.asked] == ["1//first", "1//second"]
