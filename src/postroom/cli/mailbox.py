"""`postroom mailbox`: the addresses that Postroom reads and answers for."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.guided import ask_yes, one_trial, tried
from postroom.cli.guided_flags import AccountFlags, taking
from postroom.cli.guided_settings import settings_given
from postroom.cli.mailbox_flags import MailboxFlags, applied
from postroom.cli.mailbox_words import (
    COLUMNS,
    mailbox_in_words,
    mailbox_row,
    say_what_follows,
    say_which_categories,
    say_who_is_answered,
    sender_names,
    show_deliverability,
)
from postroom.cli.opening import DataDir, Json
from postroom.cli.output import printable, say, show, show_json, show_json_list, show_table
from postroom.cli.running import run
from postroom.errors import InputError, PostroomError

if TYPE_CHECKING:
    from postroom.actions.accounts import AccountChange, Setup
    from postroom.model.mailbox import Mailbox
    from postroom.settings import Settings

mailbox = typer.Typer(help="Mailboxes: add, look at, try, change and remove them.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Its name, as support.", show_default=False)]


@mailbox.command()
@taking(account=AccountFlags, rules=MailboxFlags)
def add(
    name: Name, account: AccountFlags, rules: MailboxFlags, as_json: Json = False, data_dir: DataDir = None
) -> None:
    """Connect a mailbox; asks step by step on a terminal when no option is given."""
    run(_add(name, account, rules, data_dir, as_json=as_json))


@mailbox.command("list")
def list_(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show every mailbox that was added."""
    run(_list(data_dir, as_json=as_json))


@mailbox.command("show")
def show_(name: Name, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show one mailbox and its rules, without secrets."""
    run(_show(name, data_dir, as_json=as_json))


@mailbox.command("test")
def try_(
    name: Name,
    dkim_selector: Annotated[str, typer.Option(help="Look up the DKIM key of this selector, too.")] = "",
    data_dir: DataDir = None,
) -> None:
    """Try to read a mailbox, and say whether what it sends will be believed; changes and sends nothing."""
    run(_test(name, dkim_selector, data_dir))


@mailbox.command()
@taking(account=AccountFlags, rules=MailboxFlags)
def change(
    name: Name, account: AccountFlags, rules: MailboxFlags, as_json: Json = False, data_dir: DataDir = None
) -> None:
    """Change what is given and leave the rest; a running Postroom follows within seconds."""
    run(_change(name, account, rules, data_dir, as_json=as_json))


@mailbox.command()
def remove(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask, also where reviews or replies wait.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Forget a mailbox and its secrets; the mail that was received stays. Refused while reviews or replies wait."""
    run(_remove(name, data_dir, yes=yes))


async def _add(name: str, account: AccountFlags, rules: MailboxFlags, data_dir: Path | None, *, as_json: bool) -> None:
    from postroom.actions.accounts import require_name
    from postroom.actions.mailboxes import sheet
    from postroom.cli.guided_setup import setup_of
    from postroom.cli.mailbox_adding import Adding, added

    require_name(name)
    async with setup_of(data_dir) as (settings, setup):
        made = await added(Adding(settings=settings, setup=setup, name=name, account=account, rules=rules))
        await _warn(settings, setup, made)
        if as_json:
            show_json(await sheet(setup.stores, made.id))
            return
    show(printable(f"The mailbox {name} is connected: {made.address.address}."))
    say_what_follows(made)


async def _list(data_dir: Path | None, *, as_json: bool) -> None:
    from postroom.actions.mailboxes import MailboxSheet, sheets
    from postroom.cli.store import opened

    async with opened(data_dir) as (_, stores):
        found = await sheets(stores)
        senders = await sender_names(stores)
    if as_json:
        show_json_list(MailboxSheet, found)
    else:
        show_table("", COLUMNS, [mailbox_row(one, senders) for one in found])


async def _show(name: str, data_dir: Path | None, *, as_json: bool) -> None:
    from postroom.actions.mailboxes import sheet
    from postroom.cli.store import opened
    from postroom.model.email import MailboxId

    async with opened(data_dir) as (_, stores):
        found = await sheet(stores, MailboxId(name))
        senders = await sender_names(stores)
    if as_json:
        show_json(found)
    else:
        show(mailbox_in_words(found, senders))


async def _test(name: str, dkim_selector: str, data_dir: Path | None) -> None:
    from postroom.actions.deliverability import domains_of
    from postroom.actions.mailboxes import connected
    from postroom.cli.mailbox_trial import try_mailbox
    from postroom.cli.store import opened
    from postroom.model.email import MailboxId

    async with opened(data_dir) as (settings, stores):
        found = await connected(stores, MailboxId(name))
        if found.receiver is None:
            raise InputError(f"The mailbox {name!r} has lost its account.", hint="Remove it and add it again.")
        with one_trial():
            line = await try_mailbox(settings, found.mailbox, found.receiver)
        show(printable(f"ok    {line}"))
        await show_deliverability(domains_of(found.mailbox, dkim_selector=dkim_selector))


async def _change(
    name: str, account: AccountFlags, rules: MailboxFlags, data_dir: Path | None, *, as_json: bool
) -> None:
    from postroom.actions.mailboxes import change_mailbox, connected, draft_mailbox_change, sheet
    from postroom.cli.guided_setup import setup_of
    from postroom.cli.mailbox_trial import try_mailbox
    from postroom.model.email import MailboxId

    if not (account.given or rules.given):
        raise InputError("There is nothing to change.", hint="See `postroom mailbox change --help` for what can be.")
    async with setup_of(data_dir) as (settings, setup):
        before = await connected(setup.stores, MailboxId(name))
        kind = account.kind or (before.receiver.kind if before.receiver else "")
        wanted = _account_change(setup, kind, account, rules)
        draft = await draft_mailbox_change(setup, applied(before.mailbox, rules), wanted)
        touched = wanted is not None or rules.sent_policy is not None
        if touched and draft.receiver is not None and not account.no_test:
            receiver = draft.receiver
            try:
                await tried(lambda: try_mailbox(settings, draft.mailbox, receiver), asking=False)
            except PostroomError:
                say("Nothing was changed; with --no-test it is changed untried.")
                raise
        changed = await change_mailbox(setup, draft)
        await _warn(settings, setup, changed, before=before.mailbox)
        found = await sheet(setup.stores, changed.id)
        senders = await sender_names(setup.stores)
    if as_json:
        show_json(found)
        return
    show(mailbox_in_words(found, senders))
    if rules.mode is not None:
        say_what_follows(changed)


async def _remove(name: str, data_dir: Path | None, *, yes: bool) -> None:
    from postroom.actions.mailboxes import connected, remove_mailbox
    from postroom.actions.mailboxes_waiting import require_nothing_waits, waiting_in
    from postroom.cli.guided_setup import setup_of
    from postroom.model.email import MailboxId

    async with setup_of(data_dir) as (_, setup):
        found = (await connected(setup.stores, MailboxId(name))).mailbox
        if not yes:
            await require_nothing_waits(setup.stores, found.id)
            if not ask_yes(f"Forget the mailbox {name!r} and its secrets? Its mail stays.", default=False):
                raise typer.Exit(1)
        waiting = await waiting_in(setup.stores, found.id)
        await remove_mailbox(setup, found.id)
    show(f"The mailbox {name} is forgotten; its mail stays.")
    if waiting.in_words:
        say(f"{waiting.in_words} still wait; nothing of them is sent, unless a mailbox is added under this name again.")


def _account_change(setup: "Setup", kind: str, flags: AccountFlags, rules: MailboxFlags) -> "AccountChange | None":
    from postroom.actions.accounts import AccountChange

    if not flags.given and rules.import_since is None:
        return None
    if not kind:
        raise InputError("The mailbox has lost its account.", hint="Give its --kind and its settings anew.")
    values = settings_given(setup.receivers.named(kind), flags, import_since=rules.import_since)
    return AccountChange(values=values, kind=flags.kind)


async def _warn(settings: "Settings", setup: "Setup", one: "Mailbox", *, before: "Mailbox | None" = None) -> None:
    """Say what will keep the mailbox from doing what its mode promises, and who is answered where that changed."""
    from postroom.actions.categories import known_categories
    from postroom.actions.mailboxes_rules import kept_for_people
    from postroom.bootstrap import shelf
    from postroom.model.mailbox import Mode

    if not await sender_names(setup.stores):
        say("There is no sender yet, so nothing can be sent: `postroom sender add NAME`.")
    none_on = one.mode is Mode.AUTOMATIC and one.automatic_categories == ()
    known = tuple(await known_categories(setup.stores)) if none_on else ()
    for_people = await kept_for_people(setup.stores, one)
    say_which_categories(one, known=known, for_people=for_people)
    if one.mode is not Mode.AUTOMATIC or none_on:
        return
    if settings.articles_dir is None or not shelf(settings).articles:
        say("There are no articles, so people answer everything: write some and set POSTROOM_ARTICLES_DIR.")
    say_who_is_answered(one, before=before, for_people=for_people)
