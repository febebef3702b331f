"""The commands that senders and notifiers have in common: add, list, show, change, remove."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.guided import NextStep, ask_choice, ask_yes, correct_or_quit, on_terminal, tried
from postroom.cli.guided_flags import AccountFlags, taking
from postroom.cli.guided_questions import ask_settings
from postroom.cli.guided_settings import nested, settings_given, takes_oauth
from postroom.cli.opening import DataDir, Json
from postroom.cli.output import moment, printable, say, show, show_json, show_json_list, show_table
from postroom.cli.running import run
from postroom.errors import ConflictError, InputError, PostroomError

if TYPE_CHECKING:
    from postroom.actions.accounts import AccountChange, AccountForm, Setup, ShownAccount
    from postroom.actions.desk import Desk
    from postroom.discovery import Discovered
    from postroom.interfaces.stores import Stores
    from postroom.model.account import Account, AccountFamily
    from postroom.notifiers import NotifierPlugin
    from postroom.providers import SenderPlugin
    from postroom.settings import Settings

Name = Annotated[str, typer.Argument(help="Its name.", show_default=False)]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What a family of accounts can do, and the kind that is offered first."""

    family: "AccountFamily"
    first_kind: str
    plugins: "Callable[[Setup], Discovered[SenderPlugin] | Discovered[NotifierPlugin]]"
    draft: "Callable[[Setup, AccountForm], Awaitable[Account]]"
    add: "Callable[[Stores, Account], Awaitable[Account]]"
    draft_change: "Callable[[Setup, str, AccountChange], Awaitable[Account]]"
    change: "Callable[[Stores, Account], Awaitable[Account]]"
    remove: "Callable[[Desk, str], Awaitable[None]]"
    try_it: "Callable[[Settings, Account], Awaitable[str]]"


def common_commands(group: typer.Typer, word: str, load: Callable[[], Family]) -> None:
    """Give a group its commands; `load` comes to the heavy parts only when one of them runs."""

    @group.command("add", help=f"Add a {word}; asks step by step on a terminal when no option is given.")
    @taking(flags=AccountFlags)
    def add(name: Name, flags: AccountFlags, as_json: Json = False, data_dir: DataDir = None) -> None:
        run(_add(load(), name, flags, data_dir, as_json=as_json))

    @group.command("list", help=f"Show every {word}.")
    def list_(as_json: Json = False, data_dir: DataDir = None) -> None:
        run(_list(load(), data_dir, as_json=as_json))

    @group.command("show", help=f"Show one {word}, without its secrets.")
    def show_(name: Name, as_json: Json = False, data_dir: DataDir = None) -> None:
        run(_show(load(), name, data_dir, as_json=as_json))

    @group.command("change", help=f"Change settings of a {word}.")
    @taking(flags=AccountFlags)
    def change(name: Name, flags: AccountFlags, as_json: Json = False, data_dir: DataDir = None) -> None:
        run(_change(load(), name, flags, data_dir, as_json=as_json))

    @group.command("remove", help=f"Forget a {word} and its secrets.")
    def remove(name: Name, yes: Yes = False, data_dir: DataDir = None) -> None:
        if not yes and not ask_yes(f"Forget the {word} {name!r} and its secrets?", default=False):
            raise typer.Exit(1)
        run(_remove(load(), name, data_dir))


def shown_lines(found: "ShownAccount") -> list[str]:
    """Return an account in words."""
    settings = [f"  {name}: {value}" for name, value in sorted(found.values.items())]
    secrets = [f"  {name}: (secret, kept sealed)" for name in found.secrets]
    return [f"{found.name} ({found.kind}), changed {moment(found.updated_at)}", *settings, *secrets]


def asks(flags: AccountFlags, *, given: bool) -> bool:
    """Return whether the person is asked: as --ask says, else on a terminal where no option was given."""
    return flags.ask if flags.ask is not None else on_terminal() and not given


async def _add(family: Family, name: str, flags: AccountFlags, data_dir: Path | None, *, as_json: bool) -> None:
    from postroom.actions.accounts import AccountForm, require_name, shown
    from postroom.cli.guided_setup import setup_of

    require_name(name)
    asking = asks(flags, given=flags.given)
    async with setup_of(data_dir) as (settings, setup):
        await _require_free(setup.stores, family.family, name)
        kind = flags.kind or (_asked_kind(family, setup) if asking else "")
        if not kind:
            known = ", ".join(family.plugins(setup).plugins)
            raise InputError("It is not said of which kind it is.", hint=f"Give --kind: {known}.")
        plugin = family.plugins(setup).named(kind)
        values = settings_given(plugin, flags)
        oauth = asking and takes_oauth(plugin) and ask_yes("Log in with OAuth, not with a password?", default=False)
        while True:
            if asking:
                values = ask_settings(plugin, values, oauth=oauth)
            try:
                account = await family.draft(setup, AccountForm(name=name, kind=kind, values=nested(values)))
            except PostroomError as error:
                if not asking:
                    raise
                correct_or_quit(error)
                continue
            if flags.no_test or await _tried(family, settings, account, asking=asking) is NextStep.KEEP:
                break
        await family.add(setup.stores, account)
    if as_json:
        show_json(shown(account))
    else:
        show(f"The {family.family.value} {name} is kept.")


async def _require_free(stores: "Stores", family: "AccountFamily", name: str) -> None:
    """Pass where no account has the name yet: the storing looks again, but that comes after questions and a trial."""
    if any(one.name == name for one in await stores.accounts.list(family)):
        raise ConflictError(
            f"There is a {family.value} {name!r} already.",
            hint=f"Choose another name, or see `postroom {family.value} change {name}`.",
        )


async def _list(family: Family, data_dir: Path | None, *, as_json: bool) -> None:
    from postroom.actions.accounts import ShownAccount, shown
    from postroom.cli.store import opened

    async with opened(data_dir) as (_, stores):
        found = [shown(one) for one in await stores.accounts.list(family.family)]
    if as_json:
        show_json_list(ShownAccount, found)
        return
    rows = [(one.name, one.kind, _in_brief(one), moment(one.updated_at)) for one in found]
    show_table("", ("name", "kind", "settings", "changed"), rows)


async def _show(family: Family, name: str, data_dir: Path | None, *, as_json: bool) -> None:
    from postroom.actions.accounts import get_account, shown
    from postroom.cli.store import opened

    async with opened(data_dir) as (_, stores):
        found = shown(await get_account(stores, family.family, name))
    if as_json:
        show_json(found)
    else:
        show(printable("\n".join(shown_lines(found))))


async def _change(family: Family, name: str, flags: AccountFlags, data_dir: Path | None, *, as_json: bool) -> None:
    from postroom.actions.accounts import AccountChange, get_account, shown
    from postroom.cli.guided_setup import setup_of

    if not flags.given:
        raise InputError("There is nothing to change.", hint="Give --set, --unset, --password-env or --secret-env.")
    async with setup_of(data_dir) as (settings, setup):
        before = await get_account(setup.stores, family.family, name)
        plugin = family.plugins(setup).named(flags.kind or before.kind)
        change = AccountChange(values=settings_given(plugin, flags), kind=flags.kind)
        account = await family.draft_change(setup, name, change)
        if not flags.no_test:
            await _tried(family, settings, account, asking=False)
        account = await family.change(setup.stores, replace(account, revision=before.revision))
    if as_json:
        show_json(shown(account))
    else:
        show(f"The {family.family.value} {name} is changed.")


async def _remove(family: Family, name: str, data_dir: Path | None) -> None:
    from postroom.cli.store import desk_of

    async with desk_of(data_dir) as desk:
        await family.remove(desk, name)
    show(f"The {family.family.value} {name} is forgotten.")


async def _tried(family: Family, settings: "Settings", account: "Account", *, asking: bool) -> NextStep:
    try:
        return await tried(lambda: family.try_it(settings, account), asking=asking)
    except PostroomError:
        say("Nothing was stored; with --no-test it is stored untried.")
        raise


def _asked_kind(family: Family, setup: "Setup") -> str:
    plugins = family.plugins(setup).plugins
    for name, plugin in plugins.items():
        say(f"  {name}: {plugin.title}")
    first = family.first_kind if family.first_kind in plugins else next(iter(plugins), "")
    return ask_choice("Which kind", tuple(plugins), first)


def _in_brief(found: "ShownAccount") -> str:
    named = [str(found.values[name]) for name in ("username", "host", "path", "url", "to") if name in found.values]
    return printable(", ".join(named))
