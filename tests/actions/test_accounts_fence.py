"""What is set up over HTTP stays in its folder and out of the own network."""

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from pydantic import BaseModel

from postroom.actions.accounts import AccountChange, AccountForm, Setup, changed_account, new_account
from postroom.actions.accounts_fence import Fence
from postroom.discovery import Discovered
from postroom.errors import InputError
from postroom.interfaces.provider import Sender
from postroom.model.account import Account, AccountFamily
from postroom.providers import SenderPlugin, SendingSurroundings

SENDER = AccountFamily.SENDER


class Crate(BaseModel):
    path: Path | None = None
    certificate: Path | None = None
    allow_private: bool = False
    size: int = 1


def _built(values: object, surroundings: SendingSurroundings) -> Sender:
    raise NotImplementedError


CRATE = SenderPlugin(name="crate", title="Crate", config=Crate, build=_built)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "folders"
    made.mkdir()
    return made


@pytest.fixture
def owner(setup: Setup) -> Setup:
    return replace(setup, senders=Discovered(plugins=MappingProxyType({"crate": CRATE})))


@pytest.fixture
def over_http(owner: Setup, folder: Path) -> Setup:
    return replace(owner, fence=Fence(folder=folder, private_allowed=False))


def made(setup: Setup, **values: object) -> Account:
    return new_account(setup, SENDER, AccountForm(name="out", kind="crate", values=values))


async def test_a_path_in_the_folder_is_taken_and_a_relative_one_begins_there(over_http: Setup, folder: Path) -> None:
    for written in ("mail/a", f"{folder}/mail/a", "mail/../mail/./a"):
        assert made(over_http, path=written).values == {"path": str(folder / "mail" / "a")}
    assert made(over_http, path=".").values == {"path": str(folder)}


@pytest.mark.parametrize("path", ["/etc", "../folders2", "mail/../../x", "~nobody-of-this-name/x", "a\0b", "x" * 300])
async def test_what_leads_out_is_refused_and_what_is_odd_does_no_harm(
    over_http: Setup, folder: Path, path: str
) -> None:
    if path.startswith(("~", "x")):
        assert str(made(over_http, path=path).values["path"]).startswith(str(folder))
        return
    with pytest.raises(InputError, match="leads out of the folder") as caught:
        made(over_http, path=path)
    assert "POSTROOM_FOLDERS_DIR" in caught.value.hint


async def test_links_are_followed_before_it_is_judged(over_http: Setup, folder: Path, tmp_path: Path) -> None:
    (folder / "out").symlink_to(tmp_path)
    (folder / "round").symlink_to(folder / "round")
    (folder / "in").symlink_to(folder / "mail")
    for written in ("out", "out/mail", "round/x"):
        with pytest.raises(InputError, match="leads out"):
            made(over_http, path=written)
    # What is kept is the place itself, so that a link that is turned later leads nobody out.
    assert made(over_http, path="in/a").values == {"path": str(folder / "mail" / "a")}


async def test_every_path_among_the_settings_is_looked_at(over_http: Setup) -> None:
    with pytest.raises(InputError, match="leads out"):
        made(over_http, certificate="/etc/ssl/private/key.pem")


async def test_a_change_over_http_leads_out_no_more_than_a_new_account(owner: Setup, over_http: Setup) -> None:
    by_owner = made(owner, path="/srv/mail")
    for change in (AccountChange(values={"path": "/etc"}), AccountChange(values={"size": 2})):
        with pytest.raises(InputError, match="leads out"):
            changed_account(over_http, by_owner, change)
    assert changed_account(owner, by_owner, AccountChange(values={"size": 2})).values["path"] == "/srv/mail"


@pytest.mark.parametrize("value", [True, "true", 1, "yes"])
async def test_the_own_network_is_refused_over_http_unless_it_is_allowed(over_http: Setup, value: object) -> None:
    with pytest.raises(InputError, match="allow_private") as caught:
        made(over_http, allow_private=value)
    assert "POSTROOM_ALLOW_PRIVATE_WEBHOOKS" in caught.value.hint
    fence = over_http.fence
    assert fence is not None
    allowed = replace(over_http, fence=replace(fence, private_allowed=True))
    assert made(allowed, allow_private=value).values == {"allow_private": True}


async def test_what_the_owner_let_into_the_network_is_led_nowhere_else_over_http(
    owner: Setup, over_http: Setup
) -> None:
    by_owner = made(owner, allow_private=True)
    with pytest.raises(InputError, match="allow_private"):
        changed_account(over_http, by_owner, AccountChange(values={"size": 2}))
    assert changed_account(over_http, by_owner, AccountChange(values={"allow_private": None})).values == {}


def test_a_path_inside_is_absolute_and_one_that_leads_out_is_refused(tmp_path: Path) -> None:
    fence = Fence(folder=tmp_path, private_allowed=False)
    assert fence.inside("a/../b") == str(tmp_path.resolve() / "b")
    for path in ("..", "/etc", "a/../../b"):
        with pytest.raises(InputError):
            fence.inside(path)
