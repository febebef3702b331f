"""The kinds of accounts that can be set up: their settings as JSON Schema, from which forms are made."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field, JsonValue

from postroom.actions.accounts import Plugin, Setup
from postroom.actions.accounts_sealed import secret_fields
from postroom.api.access import Reader
from postroom.api.office import OfficeHere
from postroom.api.routing import router
from postroom.discovery import Unavailable
from postroom.model.account import AccountFamily

ROUTER = router("/account-kinds", "accounts")


class AccountKindBody(BaseModel):
    """A kind of account."""

    family: AccountFamily
    name: str = Field(description="What `kind` of an account says.")
    title: str = Field(description="What people call it.")
    settings_schema: dict[str, JsonValue] = Field(description="JSON Schema of its settings.")
    secrets: list[str] = Field(description="The settings that are secrets, by dotted path: they never come out.")


class UnavailableKindBody(BaseModel):
    """A kind that cannot be used here."""

    family: AccountFamily
    name: str
    missing: str = Field(description="The package that is missing.")
    command: str = Field(description="What installs it.")


class AccountKindsBody(BaseModel):
    """The kinds there are, and those that miss a package."""

    rows: list[AccountKindBody]
    unavailable: list[UnavailableKindBody]


@ROUTER.get("")
async def list_account_kinds(
    office: OfficeHere,
    caller: Reader,
    family: Annotated[AccountFamily | None, Query(description="Only the kinds of this family.")] = None,
) -> AccountKindsBody:
    """The kinds of mailboxes, senders and notifiers, with their settings."""
    setup = office.setup(office.desk(caller))
    families = [one for one in AccountFamily if family in (None, one)]
    return AccountKindsBody(
        rows=[_kind(one, plugin) for one in families for plugin in _plugins(setup, one)],
        unavailable=[
            UnavailableKindBody(family=one, name=absent.name, missing=absent.missing, command=absent.command)
            for one in families
            for absent in _unavailable(setup, one)
        ],
    )


def _plugins(setup: Setup, family: AccountFamily) -> Sequence[Plugin]:
    match family:
        case AccountFamily.RECEIVER:
            return tuple(setup.receivers.plugins.values())
        case AccountFamily.SENDER:
            return tuple(setup.senders.plugins.values())
        case AccountFamily.NOTIFIER:
            return tuple(setup.notifiers.plugins.values())


def _unavailable(setup: Setup, family: AccountFamily) -> tuple[Unavailable, ...]:
    match family:
        case AccountFamily.RECEIVER:
            return setup.receivers.unavailable
        case AccountFamily.SENDER:
            return setup.senders.unavailable
        case AccountFamily.NOTIFIER:
            return setup.notifiers.unavailable


def _kind(family: AccountFamily, plugin: Plugin) -> AccountKindBody:
    return AccountKindBody(
        family=family,
        name=plugin.name,
        title=plugin.title,
        settings_schema=plugin.config.model_json_schema(),
        secrets=list(secret_fields(plugin.config)),
    )
