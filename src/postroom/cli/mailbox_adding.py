"""Adding a mailbox: from options alone, or step by step with a person, tried before it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from postroom.actions.accounts import AccountForm, Setup
from postroom.actions.mailboxes import Connected, add_mailbox, draft_mailbox
from postroom.actions.senders import add_sender, draft_sender
from postroom.bootstrap import try_receiver, try_sender
from postroom.cli.guided import Answer, ask, ask_choice, ask_needed, ask_yes, explained, tried
from postroom.cli.guided_family import asks
from postroom.cli.guided_flags import AccountFlags
from postroom.cli.guided_settings import ask_settings, nested, settings_given, takes_oauth
from postroom.cli.known_providers import KnownProvider, Server, known_provider
from postroom.cli.mailbox_flags import MailboxFlags, applied
from postroom.cli.output import say
from postroom.errors import ConflictError, InputError, PostroomError
from postroom.model.account import AccountFamily
from postroom.model.email import Address, MailboxId
from postroom.model.mailbox import Mailbox, SentPolicy
from postroom.settings import Settings

IMAP, SMTP, NEW = "imap", "smtp", "new"
# What a sender at the same provider logs in with, too.
SHARED = ("username", "password", "oauth")


@dataclass(frozen=True, slots=True, kw_only=True)
class Adding:
    """What is to be added, and with what."""

    settings: Settings
    setup: Setup
    name: str
    account: AccountFlags
    rules: MailboxFlags

    @property
    def asking(self) -> bool:
        """Whether a person is asked."""
        return asks(self.account, given=self.account.given or self.rules.given)


async def added(adding: Adding) -> Mailbox:
    """Store the mailbox and return it.

    Raises:
        PostroomError: what is given cannot be used, or does not work and nobody can be asked. typer.Exit: given up.
    """
    empty = Mailbox(id=MailboxId(adding.name), address=Address(name="", address=""), workflow=adding.settings.workflow)
    mailbox = applied(empty, adding.rules)
    draft = await (_asked(adding, mailbox) if adding.asking else _of_options(adding, mailbox))
    return await add_mailbox(adding.setup.stores, draft)


async def _of_options(adding: Adding, mailbox: Mailbox) -> Connected:
    flags = adding.account
    if not flags.kind:
        known = ", ".join(adding.setup.receivers.plugins)
        raise InputError("It is not said of which kind the mailbox is.", hint=f"Give --kind: {known}.")
    if not mailbox.address.address:
        raise InputError("It is not said which address the mailbox has.", hint="Give --address.")
    plugin = adding.setup.receivers.named(flags.kind)
    given = settings_given(plugin, flags, import_since=adding.rules.import_since)
    values = {**_offered(flags.kind, mailbox.address.address, known_provider(mailbox.address.address)), **given}
    draft = await draft_mailbox(adding.setup, mailbox, flags.kind, nested(values))
    if not flags.no_test:
        await _tried(adding, draft, asking=False)
    return draft


async def _asked(adding: Adding, mailbox: Mailbox) -> Connected:
    kinds = tuple(adding.setup.receivers.plugins)
    senders = [one.name for one in await adding.setup.stores.accounts.list(AccountFamily.SENDER)]
    values: dict[str, object] = {}
    while True:
        mailbox = _with_address(mailbox)
        provider = known_provider(mailbox.address.address)
        kind = adding.account.kind or ask_choice("How is it read", kinds, IMAP if IMAP in kinds else kinds[0])
        plugin = adding.setup.receivers.named(kind)
        if not values:
            values = _offered(kind, mailbox.address.address, provider)
            values |= settings_given(plugin, adding.account, import_since=adding.rules.import_since)
        oauth = takes_oauth(plugin) and _ask_oauth(provider)
        values = ask_settings(plugin, {**_oauth_values(provider, oauth=oauth), **values}, oauth=oauth)
        # Which sender it gets is asked at the end; until then any that is there will do.
        stand_in = replace(mailbox, sender=mailbox.sender or (senders[0] if senders else ""))
        try:
            draft = await draft_mailbox(adding.setup, stand_in, kind, nested(values))
        except PostroomError as error:
            explained(error)
            continue
        if adding.account.no_test or await _tried(adding, draft, asking=True) is Answer.KEEP:
            break
    sender = mailbox.sender or await _sender(adding, mailbox, values, senders)
    at_provider = provider is not None and provider.files_sent and values.get("host") == provider.imap.host
    files_sent = at_provider and adding.rules.sent_policy is None
    policy = SentPolicy.PROVIDER if files_sent else mailbox.sent_policy
    return replace(draft, mailbox=replace(draft.mailbox, sender=sender, sent_policy=policy))


def _with_address(mailbox: Mailbox) -> Mailbox:
    address = ask_needed("Address of the mailbox", mailbox.address.address)
    name = ask("Name beside it, as customers see it", mailbox.address.name)
    provider = known_provider(address)
    if provider is not None:
        say(f"This is {provider.title}. {provider.advice}".rstrip())
    return replace(mailbox, address=Address(name=name, address=address))


def _ask_oauth(provider: KnownProvider | None) -> bool:
    if provider is not None and provider.oauth:
        return True
    return ask_yes("Log in with OAuth, not with a password?", default=False)


async def _tried(adding: Adding, draft: Connected, *, asking: bool) -> Answer:
    receiver = draft.receiver
    if receiver is None:
        return Answer.KEEP
    try:
        return await tried(lambda: try_receiver(adding.settings, draft.mailbox, receiver), asking=asking)
    except PostroomError:
        say("Nothing was stored; with --no-test it is stored untried.")
        raise


async def _sender(adding: Adding, mailbox: Mailbox, values: Mapping[str, object], senders: list[str]) -> str:
    """Return the name of the sender: one that is there, or one that is added now."""
    if NEW not in senders and SMTP in adding.setup.senders.plugins:
        choices = (*senders, NEW, "none") if not senders else (*senders, NEW)
        chosen = ask_choice("Which sender do its replies go out through", choices, senders[0] if senders else NEW)
    else:
        chosen = ask_choice("Which sender do its replies go out through", senders, senders[0]) if senders else "none"
    if chosen == "none":
        return ""
    return await _new_sender(adding, mailbox, values, senders) if chosen == NEW else chosen


async def _new_sender(adding: Adding, mailbox: Mailbox, values: Mapping[str, object], senders: list[str]) -> str:
    plugin = adding.setup.senders.named(SMTP)
    provider = known_provider(mailbox.address.address)
    offered: dict[str, object] = {key: value for key, value in values.items() if key.partition(".")[0] in SHARED}
    offered |= _server(provider.smtp) if provider else {}
    name = adding.name if adding.name not in senders else f"{adding.name}-{SMTP}"
    oauth = any(key.startswith("oauth.") for key in offered)
    while True:
        offered = ask_settings(plugin, offered, oauth=oauth)
        try:
            account = draft_sender(adding.setup, AccountForm(name=name, kind=SMTP, values=nested(offered)))
        except PostroomError as error:
            explained(error)
            continue
        if adding.account.no_test:
            break
        if await tried(partial(try_sender, adding.settings, account), asking=True) is Answer.KEEP:
            break
    try:
        await add_sender(adding.setup.stores, account)
    except ConflictError as error:
        if not senders:
            raise
        explained(error)
        say(f"For now the mailbox sends through {senders[0]!r}.")
        return senders[0]
    return name


def _offered(kind: str, address: str, provider: KnownProvider | None) -> dict[str, object]:
    """Return what is known of a mailbox from its address."""
    if kind != IMAP:
        return {}
    return {"username": address, **(_server(provider.imap) if provider else {})}


def _server(server: Server) -> dict[str, object]:
    return {"host": server.host, "port": server.port, "security": server.security}


def _oauth_values(provider: KnownProvider | None, *, oauth: bool) -> dict[str, object]:
    settings = provider.oauth_settings if provider is not None and oauth else {}
    return {f"oauth.{name}": value for name, value in settings.items()}
