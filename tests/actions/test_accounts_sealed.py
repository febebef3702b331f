from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr

from actions.setup_case import Consent, Pigeonry
from contracts.store_nouns import at
from postroom.actions.accounts_sealed import (
    known_fields,
    merged,
    opened_values,
    parted,
    place_of,
    secret_fields,
    with_absolute_paths,
)
from postroom.errors import ConfigurationError
from postroom.model.account import Account, AccountFamily
from postroom.sealing import Seal

SEAL = Seal(b"k" * 32)
PLACE = place_of(AccountFamily.SENDER, "out")


def account(config: Pigeonry) -> Account:
    values, sealed = parted(config, SEAL, place=PLACE)
    return Account(
        family=AccountFamily.SENDER,
        name="out",
        kind="pigeon",
        values=values,
        sealed=sealed,
        created_at=at(0),
        updated_at=at(0),
    )


def test_secrets_are_found_at_any_depth() -> None:
    assert secret_fields(Pigeonry) == ("password", "oauth.client_secret")
    assert list(known_fields(Pigeonry)) == [
        "host", "port", "username", "folder", "password", "oauth.client_id", "oauth.client_secret", "oauth.scope",
        "sender"
    ]  # fmt: skip


def test_no_secret_stays_readable_and_all_settings_come_back() -> None:
    config = Pigeonry(
        host="loft", password=SecretStr("hush"), oauth=Consent(client_id="us", client_secret=SecretStr("hush hush"))
    )
    stored = account(config)
    assert stored.values == {"host": "loft", "oauth": {"client_id": "us"}}
    assert set(stored.sealed) == {"password", "oauth.client_secret"}
    assert "hush" not in str(stored)
    assert Pigeonry.model_validate(opened_values(stored, SEAL)) == config


def test_a_secret_that_was_put_into_another_account_cannot_be_opened() -> None:
    stored = account(Pigeonry(host="loft", password=SecretStr("hush")))
    with pytest.raises(ConfigurationError):
        opened_values(replace(stored, name="other"), SEAL)
    with pytest.raises(ConfigurationError):
        opened_values(stored, Seal(b"x" * 32))


def test_changes_go_into_the_depth_and_none_takes_out() -> None:
    before = {"host": "loft", "oauth": {"client_id": "us", "scope": "all"}}
    after = merged(before, {"port": 1, "oauth.client_id": "them", "oauth.scope": None, "gone.away": None})
    assert after == {"host": "loft", "port": 1, "oauth": {"client_id": "them"}}
    assert before["oauth"] == {"client_id": "us", "scope": "all"}


class Wood(BaseModel):
    name: str = ""
    path: Path


class Loft(BaseModel):
    name: str = ""
    path: Path
    ca_file: Path | None = None
    wood: Wood | None = None


def test_relative_paths_become_absolute_and_nothing_else_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/ann")
    values = {"name": "loft", "path": "here", "wood": {"name": "beech", "path": Path("there")}}
    found = {"name": "loft", "path": f"{tmp_path}/here", "wood": {"name": "beech", "path": f"{tmp_path}/there"}}
    assert with_absolute_paths(Loft, values) == found
    assert values["path"] == "here"
    told = {"path": "/mail", "ca_file": "~/ca.pem"}
    assert with_absolute_paths(Loft, told) == {"path": "/mail", "ca_file": "/home/ann/ca.pem"}
    assert with_absolute_paths(Loft, {"path": 7, "ca_file": None, "wood": None}) == {
        "path": 7, "ca_file": None, "wood": None
    }  # fmt: skip
