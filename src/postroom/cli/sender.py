"""`postroom sender`: the ways that replies go out."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.guided import one_trial
from postroom.cli.guided_family import Family, Name, common_commands
from postroom.cli.opening import DataDir
from postroom.cli.output import printable, show
from postroom.cli.running import run

if TYPE_CHECKING:
    from postroom.actions.accounts import AccountForm, Setup
    from postroom.model.account import Account

sender = typer.Typer(help="The ways that replies go out: SMTP accounts, folders.", no_args_is_help=True)

To = Annotated[str | None, typer.Option("--to", help="Send one test message to this address.")]
From = Annotated[str | None, typer.Option("--from", help="Its From; without it the address of a mailbox that uses it.")]
Selector = Annotated[str, typer.Option("--dkim-selector", help="Look up the DKIM key of this selector, too.")]


@sender.command("test")
def try_(name: Name, to: To = None, from_: From = None, dkim_selector: Selector = "", data_dir: DataDir = None) -> None:
    """Try a sender and say whether its mail will be believed; sends nothing, save with --to one test message."""
    run(_test(name, _Wanted(to=to, from_=from_, dkim_selector=dkim_selector), data_dir))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What the options of the test say."""

    to: str | None
    from_: str | None
    dkim_selector: str


async def _test(name: str, wanted: _Wanted, data_dir: Path | None) -> None:
    from postroom.actions.accounts import get_account
    from postroom.actions.deliverability import MailDomains, domains_of
    from postroom.actions.senders import FAMILY, mailboxes_of
    from postroom.actions.senders_letter import TrialLetter, send_test
    from postroom.bootstrap import try_sender
    from postroom.cli.guided_setup import setup_of
    from postroom.cli.mailbox_words import show_deliverability
    from postroom.mime.caution import domain_of

    async with setup_of(data_dir) as (settings, setup):
        account = await get_account(setup.stores, FAMILY, name)
        with one_trial():
            line = await try_sender(settings, account)
        show(printable(f"ok    {line}"))
        mailboxes = await mailboxes_of(setup.stores, name)
        domains = [domains_of(one, dkim_selector=wanted.dkim_selector) for one in mailboxes]
        if wanted.from_:
            own = domain_of(wanted.from_)
            domains = [MailDomains(from_domain=own, bounce_domain=own, dkim_selector=wanted.dkim_selector)]
        for one in dict.fromkeys(domains):
            await show_deliverability(one)
        if wanted.to:
            trial = TrialLetter(to=wanted.to, from_address=wanted.from_ or "", secret=settings.secret_bytes())
            with one_trial():
                line = await send_test(setup, account, trial)
            show(printable(line))


def _family() -> Family:
    from postroom.actions import senders
    from postroom.bootstrap import try_sender

    async def draft(setup: "Setup", form: "AccountForm") -> "Account":
        return senders.draft_sender(setup, form)

    return Family(
        family=senders.FAMILY,
        first_kind="smtp",
        plugins=lambda setup: setup.senders,
        draft=draft,
        add=senders.add_sender,
        draft_change=senders.draft_sender_change,
        change=senders.change_sender,
        remove=senders.remove_sender,
        try_it=try_sender,
    )


common_commands(sender, "sender", _family)
