"""Accounts of all families: how a mailbox is read, how replies are sent, how people are told."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from pydantic import BaseModel

from postroom.actions.accounts_fence import Fence
from postroom.actions.accounts_sealed import (
    known_fields,
    merged,
    parted,
    place_of,
    unknown_settings,
    with_absolute_paths,
)
from postroom.actions.accounts_sealed import opened_values as opened_values
from postroom.actions.desk import Desk
from postroom.discovery import Discovered, configured
from postroom.errors import ConflictError, InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.account import Account, AccountFamily
from postroom.model.workflow import JsonValue
from postroom.notifiers import NotifierPlugin
from postroom.providers import ReceiverPlugin, SenderPlugin
from postroom.sealing import Seal

WORD = {AccountFamily.RECEIVER: "mailbox", AccountFamily.SENDER: "sender", AccountFamily.NOTIFIER: "notifier"}
# What says where mail lies. A port is not among them: it changes with the encryption, and the server stays the same.
_BOX = ("username", "folder", "path")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")


class Plugin(Protocol):
    """What the declarations of all families have."""

    @property
    def name(self) -> str:
        """The kind that accounts name."""
        ...

    @property
    def title(self) -> str:
        """What people call it."""
        ...

    @property
    def config(self) -> type[BaseModel]:
        """Its settings."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What acts on accounts need: who acts where, what seals secrets, and the kinds there are.

    `settings_notifiers` are the notifiers that need no account: the log, and those that the settings describe.
    `fence` says how far an account may lead that is made or changed here, None: anywhere, for who works at the machine
    itself.
    """

    desk: Desk
    seal: Seal
    receivers: Discovered[ReceiverPlugin]
    senders: Discovered[SenderPlugin]
    notifiers: Discovered[NotifierPlugin]
    settings_notifiers: frozenset[str] = frozenset({"log"})
    fence: Fence | None = None

    @property
    def stores(self) -> Stores:
        """The stores."""
        return self.desk.stores

    def plugin(self, family: AccountFamily, kind: str) -> Plugin:
        """Return the plug-in of a kind.

        Raises:
            ConfigurationError: there is none, or its package is not installed.
        """
        match family:
            case AccountFamily.RECEIVER:
                return self.receivers.named(kind)
            case AccountFamily.SENDER:
                return self.senders.named(kind)
            case AccountFamily.NOTIFIER:
                return self.notifiers.named(kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountForm:
    """What a person gives for a new account; secrets among the values are plain text or `SecretStr`."""

    name: str
    kind: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange:
    """What a person wants changed: settings by dotted path (None: back to the default), or a whole other kind."""

    values: Mapping[str, object] = field(default_factory=dict)
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAccount:
    """An account as people may see it: its settings, and of its secrets the names alone."""

    family: AccountFamily
    name: str
    kind: str
    values: Mapping[str, JsonValue]
    secrets: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    revision: int


def shown(account: Account) -> ShownAccount:
    """Return what may be shown of an account."""
    return ShownAccount(
        family=account.family,
        name=account.name,
        kind=account.kind,
        values=account.values,
        secrets=tuple(sorted(account.sealed)),
        created_at=account.created_at,
        updated_at=account.updated_at,
        revision=account.revision,
    )


def require_name(name: str) -> None:
    """Pass where `name` can be the name of a mailbox, sender or notifier.

    Raises:
        InputError: it cannot.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name!r} cannot be a name.",
            hint="Use small letters, digits, - and _, beginning with a letter or digit, at most 41 of them.",
        )


def require_settings(setup: Setup, family: AccountFamily, kind: str, values: Mapping[str, object]) -> None:
    """Pass where every one of `values` (by dotted path or nested) names a setting of a kind.

    Raises:
        InputError: some do not. ConfigurationError: there is no such kind.
    """
    config = setup.plugin(family, kind).config
    unknown = unknown_settings(config, values)
    if unknown:
        raise InputError(
            f"{kind!r} has no setting {', '.join(map(repr, unknown))}.",
            hint=f"It has: {', '.join(known_fields(config))}.",
        )


def new_account(setup: Setup, family: AccountFamily, form: AccountForm) -> Account:
    """Return an account made of a form, its secrets sealed, not stored yet; paths in it are made absolute.

    Its generation is one that no account had before.

    Raises:
        InputError: the name cannot be used, or it leads out of the fence. ConfigurationError: there is no such kind, or
        a setting is wrong.
    """
    require_name(form.name)
    config = _configured(setup, setup.plugin(family, form.kind).config, form)
    values, sealed = parted(config, setup.seal, place=place_of(family, form.name))
    now = setup.desk.clock.now()
    return Account(
        family=family,
        name=form.name,
        kind=form.kind,
        values=values,
        sealed=sealed,
        created_at=now,
        updated_at=now,
        generation=secrets.token_hex(8),
    )


def changed_account(setup: Setup, account: Account, change: AccountChange) -> Account:
    """Return an account with changes, not stored yet; another kind begins without any of the old settings.

    It keeps its generation unless it leads to another place.

    Raises:
        ConfigurationError: there is no such kind, a setting is wrong, or a secret cannot be opened.
    """
    kind = change.kind or account.kind
    before = opened_values(account, setup.seal) if kind == account.kind else {}
    values = merged(before, change.values)
    after = new_account(setup, account.family, AccountForm(name=account.name, kind=kind, values=values))
    generation = after.generation if _leads_elsewhere(setup, account, after) else account.generation
    return replace(after, created_at=account.created_at, revision=account.revision, generation=generation)


async def get_account(stores: Stores, family: AccountFamily, name: str) -> Account:
    """Return one account.

    Raises:
        NotFoundError: there is none; the hint says which there are.
    """
    try:
        return await stores.accounts.get(family, name)
    except NotFoundError as error:
        names = ", ".join(one.name for one in await stores.accounts.list(family))
        word = WORD[family]
        hint = f"There are: {names}." if names else f"There is none yet; add a {word} first."
        raise NotFoundError(f"There is no {word} {name!r}.", hint=hint) from error


async def store_new(stores: Stores, account: Account) -> Account:
    """Store a new account and return it.

    Raises:
        ConflictError: there is one of that name.
    """
    if not await stores.accounts.add(account):
        word = WORD[account.family]
        raise ConflictError(
            f"There is a {word} {account.name!r} already.",
            hint=f"Choose another name, or change that {word}.",
        )
    return account


async def store_changed(stores: Stores, account: Account) -> Account:
    """Store a changed account and return it with its new revision.

    Raises:
        ConflictError: somebody else changed or removed it meanwhile.
    """
    if not await stores.accounts.change(account):
        raise changed_meanwhile(WORD[account.family], account.name)
    return replace(account, revision=account.revision + 1)


def changed_meanwhile(word: str, name: str) -> ConflictError:
    """Return the error that says somebody else was faster."""
    return ConflictError(
        f"Somebody else changed the {word} {name!r} meanwhile.", hint="Look at it again, then change it again."
    )


def is_another_box(setup: Setup, before: Account, after: Account) -> bool:
    """Return whether an account reads other mail than before: another kind, user, folder or path.

    Another host alone is the same box that has moved, with mail in it that was not received yet.
    """
    return before.kind != after.kind or _differ(setup, before, after, _BOX)


def _configured(setup: Setup, kind: type[BaseModel], form: AccountForm) -> BaseModel:
    if setup.fence is None:
        return configured(kind, with_absolute_paths(kind, form.values), plugin=form.kind)
    found = configured(kind, setup.fence.with_paths_inside(kind, form.values), plugin=form.kind)
    setup.fence.require_within(found)
    return found


def _leads_elsewhere(setup: Setup, before: Account, after: Account) -> bool:
    return before.kind != after.kind or _differ(setup, before, after, (*_BOX, "host"))


def _differ(setup: Setup, before: Account, after: Account, names: tuple[str, ...]) -> bool:
    fields = setup.plugin(after.family, after.kind).config.model_fields
    # What was left at its default is not among the values.
    defaults = {name: fields[name].default for name in names if name in fields}
    return any(
        before.values.get(name, default) != after.values.get(name, default) for name, default in defaults.items()
    )
