import asyncio
import json

import pytest
from typer.testing import CliRunner, Result

from postroom.actions.desk import Desk
from postroom.actions.invitations import AcceptedInvitation, accept
from postroom.bootstrap import open_store
from postroom.cli.opening import settings_of
from postroom.cli.user import user
from postroom.errors import NotFoundError
from postroom.interfaces.clock import SystemClock

PASSWORD = "rain on seven roofs"


def command(*arguments: str) -> Result:
    return CliRunner().invoke(user, list(arguments))


def secret_in(result: Result) -> str:
    assert result.exit_code == 0, result.stderr
    return result.stdout.strip().partition("#")[2]


def accepted(secret: str) -> None:
    """Do what the page does behind the link."""

    async def set_password() -> None:
        async with open_store(settings_of()) as stores:
            desk = Desk(stores=stores, clock=SystemClock(), by="test")
            await accept(desk, AcceptedInvitation(secret=secret, password=PASSWORD))

    asyncio.run(set_password())


def states() -> dict[str, tuple[str, bool, bool]]:
    found = json.loads(command("list", "--json").stdout)
    return {one["name"]: (one["role"], one["disabled"], one["has_password"]) for one in found}


def test_adding_a_user_prints_a_link_whose_secret_no_server_sees() -> None:
    added = command("add", "Ann", "--role", "agent")
    assert added.exit_code == 0, added.stderr
    assert added.stdout.startswith("http://127.0.0.1:8025/welcome#pri_")
    assert "Give this link to ann" in added.stderr
    assert secret_in(added) not in added.stderr
    assert states() == {}


def test_who_is_invited_is_listed_until_they_accept() -> None:
    link = command("add", "ann", "--role", "admin")
    listed = command("list").stdout
    assert "ann" in listed
    assert "invited" in listed
    assert states() == {}
    accepted(secret_in(link))
    assert "invited" not in command("list").stdout
    command("reset", "ann")
    assert "invited" not in command("list").stdout


def test_a_second_invitation_of_a_name_replaces_the_first() -> None:
    first, second = (secret_in(command("add", name, "--role", "viewer")) for name in ("ann", "ANN"))
    other = secret_in(command("add", "bob"))
    assert command("list").stdout.count("invited") == 2
    with pytest.raises(NotFoundError):
        accepted(first)
    accepted(second)
    accepted(other)
    assert states() == {"ann": ("viewer", False, True), "bob": ("agent", False, True)}


def test_the_link_leads_where_browsers_reach_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTROOM_PUBLIC_URL", "https://post.example")
    added = json.loads(command("add", "ann", "--role", "viewer", "--json").stdout)
    assert added["link"].startswith("https://post.example/welcome#pri_")
    assert (added["name"], added["role"]) == ("ann", "viewer")


@pytest.mark.parametrize(("host", "url"), [("0.0.0.0", "http://127.0.0.1:8025/"), ("::", "http://[::1]:8025/")])
def test_a_server_that_listens_everywhere_is_reached_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, host: str, url: str
) -> None:
    monkeypatch.setenv("POSTROOM_API_HOST", host)
    assert command("add", "ann").stdout.startswith(url)


def test_a_name_that_cannot_be_one_is_refused() -> None:
    for name in ("", "an n", "ann@example.org", "ä", "-x", "a" * 64):
        assert command("add", "--", name).exit_code == 1
    assert command("add", "ann", "--role", "king").exit_code == 2


def test_a_user_who_accepted_is_listed_disabled_and_enabled() -> None:
    accepted(secret_in(command("add", "ann", "--role", "admin")))
    accepted(secret_in(command("add", "bob", "--role", "agent")))
    assert states() == {"ann": ("admin", False, True), "bob": ("agent", False, True)}
    assert command("disable", "bob").exit_code == 0
    assert "disabled" in command("list").stdout
    assert states()["bob"] == ("agent", True, True)
    assert command("enable", "bob").exit_code == 0
    assert states()["bob"] == ("agent", False, True)


def test_the_last_administrator_cannot_be_disabled() -> None:
    accepted(secret_in(command("add", "ann", "--role", "admin")))
    refused = command("disable", "ann")
    assert refused.exit_code == 1
    assert "last administrator" in refused.stderr


def test_a_forgotten_password_is_reset_by_a_link() -> None:
    accepted(secret_in(command("add", "ann", "--role", "admin")))
    secret = secret_in(command("reset", "ann"))
    assert states() == {"ann": ("admin", False, False)}
    assert "no password yet" in command("list").stdout
    accepted(secret)
    assert states() == {"ann": ("admin", False, True)}


def test_what_is_not_there_is_told() -> None:
    for act in ("reset", "disable", "enable"):
        refused = command(act, "nobody")
        assert refused.exit_code == 1
        assert "There is no user 'nobody'" in refused.stderr
