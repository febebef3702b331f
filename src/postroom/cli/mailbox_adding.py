"""Adding a mailbox: from options alone, or step by step with a person, tried before it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from postroom.actions.accounts import AccountForm, Plugin, Setup
from postroom.actions.mailboxes import Connected, add_mailbox, draft_mailbox
from postroom.actions.senders import add_sender, draft_sender
from postroom.bootstrap import try_sender
from postroom.cli.guided import NextStep, ask, ask_choice, ask_needed, correct_or_quit, explained, tried
from postroom.cli.guided_family import asks
from postroom.cli.guided_flags import AccountFlags
from postroom.cli.guided_oauth import SETTLED, ask_oauth, ask_whether_oauth
from postroom.cli.guided_questions import ask_settings
from postroom.cli.guided_settings import nested, settings_given, takes_oauth
from postroom.cli.known_providers import KnownProvider, KnownServer, files_sent_at, known_provider
from postroom.cli.mailbox_flags import MailboxFlags, applied
from postroom.cli.mailbox_trial import SENT_FOLDER, try_mailbox
from postroom.cli.output import printable, say
from postroom.errors import ConflictError, InputError, PostroomError
from postroom.mime.caution import is_usable
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
    empty = Mailbox(
        id=MailboxId(adding.name),
        address=Address(name="", address=""),
        workflow=adding.settings.workflow,
        # People switch categories on one by one, once they have seen what would be answered.
        automatic_categories=(),
    )
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
    filing = replace(mailbox, sent_policy=_sent_policy(adding, plugin, values))
    draft = await draft_mailbox(adding.setup, filing, flags.kind, nested(values))
    if not flags.no_test:
        await _tried(adding, draft, asking=False)
    return draft


async def _asked(adding: Adding, mailbox: Mailbox) -> Connected:
    kinds = tuple(adding.setup.receivers.plugins)
    senders = [one.name for one in await adding.setup.stores.accounts.list(AccountFamily.SENDER)]
    values: dict[str, object] = {}
    failed = False
    while True:
        mailbox = _with_address(mailbox)
        kind = adding.account.kind or ask_choice("How is it read", kinds, IMAP if IMAP in kinds else kinds[0])
        plugin = adding.setup.receivers.named(kind)
        values = _asked_values(adding, plugin, mailbox.address.address, values, failed=failed)
        # Which sender it gets is asked at the end; until then any that is there will do.
        stand_in = replace(
            mailbox,
            sender=mailbox.sender or (senders[0] if senders else ""),
            sent_policy=_sent_policy(adding, plugin, values),
        )
        try:
            draft = await draft_mailbox(adding.setup, stand_in, kind, nested(values))
        except PostroomError as error:
            correct_or_quit(error)
            continue
        if adding.account.no_test or await _tried(adding, draft, asking=True) is NextStep.KEEP:
            break
        failed = True
    sender = mailbox.sender or await _sender(adding, mailbox, values, senders)
    return replace(draft, mailbox=replace(draft.mailbox, sender=sender))


def _asked_values(
    adding: Adding, plugin: Plugin, address: str, before: Mapping[str, object], *, failed: bool
) -> dict[str, object]:
    """Return what a person typed; after a trial that `failed` the folder for sent mail is asked for as well."""
    provider = known_provider(address)
    given = settings_given(plugin, adding.account, import_since=adding.rules.import_since)
    values = dict(before) or _offered(plugin.name, address, provider) | given
    oauth = takes_oauth(plugin) and ask_whether_oauth(provider)
    settled: tuple[str, ...] = ()
    if oauth:
        values |= ask_oauth(provider, address, values)
        settled = SETTLED if provider is not None and provider.tenant_url else ()
    return ask_settings(plugin, values, oauth=oauth, settled=settled, also=(SENT_FOLDER,) if failed else ())


def _sent_policy(adding: Adding, plugin: Plugin, values: Mapping[str, object]) -> SentPolicy:
    """Return who files copies: as was said, else the provider where it does, else Postroom where there is a folder."""
    if adding.rules.sent_policy is not None:
        return adding.rules.sent_policy
    if SENT_FOLDER not in plugin.config.model_fields:
        return SentPolicy.NONE
    return SentPolicy.PROVIDER if files_sent_at(str(values.get("host", ""))) else SentPolicy.APPEND


def _with_address(mailbox: Mailbox) -> Mailbox:
    address = _asked_address(mailbox.address.address)
    name = ask("Name beside it, as customers see it", mailbox.address.name)
    provider = known_provider(address)
    if provider is not None:
        say(f"This is {provider.title}. {provider.advice}".rstrip())
    return replace(mailbox, address=Address(name=name, address=address))


def _asked_address(default: str) -> str:
    while True:
        address = ask_needed("Address of the mailbox", default)
        if is_usable(Address(name="", address=address)):
            return address
        say(f"{printable(address)!r} is no e-mail address.")


async def _tried(adding: Adding, draft: Connected, *, asking: bool) -> NextStep:
    receiver = draft.receiver
    if receiver is None:
        return NextStep.KEEP
    try:
        return await tried(lambda: try_mailbox(adding.settings, draft.mailbox, receiver), asking=asking)
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
            correct_or_quit(error)
            continue
        if adding.account.no_test:
            break
        if await tried(partial(try_sender, adding.settings, account), asking=True) is NextStep.KEEP:
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


def _server(server: KnownServer) -> dict[str, object]:
    return {"host": server.host, "port": server.port, "security": server.security}
