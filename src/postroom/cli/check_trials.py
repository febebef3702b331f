"""What `postroom check` looks at: folders, secret, store, journal, workflow, models, articles, mailbox, senders."""

import asyncio
import math
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial

from postroom.actions.check import Check, Trial, check
from postroom.actions.deliverability import deliverability, domains_of
from postroom.actions.deliverability_dns import DnsResolver
from postroom.actions.status import living
from postroom.bootstrap import (
    FOLDER_SENDER,
    MAILBOX_ID,
    Directory,
    OpenMailbox,
    articles_of,
    can_be_read,
    chosen_workflow,
    journal_of,
    mailbox_of,
    node_types,
    nothing_known,
    open_directory,
    open_receiver,
    open_sender,
    open_store,
)
from postroom.bootstrap.embedding import embedding_of
from postroom.bootstrap.language_model import look_at_language_model
from postroom.bootstrap.models import present_classifier
from postroom.engine.journal import journal_engine
from postroom.errors import ConfigurationError, PostroomError
from postroom.interfaces.clock import SystemClock
from postroom.model.mailbox import Mode
from postroom.settings import Settings

UNIT_TOLERANCE = 0.01
"""Vectors have length 1 up to single precision; one that is broken (not a number, or nothing but zeros) is far off."""

Look = Callable[[Settings], Awaitable[str]]


async def checks(settings: Settings) -> tuple[Check, ...]:
    """Return what was found of everything that the settings name; opens it, changes nothing that exists."""
    looks: Mapping[str, Look] = {
        "settings": _settings,
        "data folder": _data_folder,
        "secret": _secret,
        "store": _store,
        "journal": _journal,
        "workflow": _workflow,
        "model": _model,
        "embedder": _embedder,
        "language model": look_at_language_model,
    }
    first = [Trial(name=name, look=partial(look, settings)) for name, look in looks.items()]
    last = Trial(name="running processes", look=partial(_processes, settings))
    async with AsyncExitStack() as stack:
        try:
            directory = await stack.enter_async_context(open_directory(settings))
        except PostroomError:
            # The store is told as broken already; what the settings describe can be tried without it.
            return await check([*first, *_settings_trials(settings), last])
        articles = Trial(name="articles", look=partial(_articles, settings, directory))
        tried = await check([*first, articles, *_directory_trials(directory), last])
        return (*tried, *await _delivery(directory))


async def _settings(settings: Settings) -> str:
    return f"{len(settings.model_fields_set)} set, the rest at their defaults"


async def _data_folder(settings: Settings) -> str:
    folder = settings.data_dir
    probe = folder / f".probe-{secrets.token_hex(8)}"

    def write() -> None:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"probe")
        probe.unlink()

    try:
        await asyncio.to_thread(write)
    except OSError as error:
        raise ConfigurationError(
            f"The data folder {str(folder)!r} cannot be written: {error.strerror}.",
            hint="Let this user write it, or set POSTROOM_DATA_DIR.",
        ) from error
    return f"{folder.resolve()} can be written"


async def _secret(settings: Settings) -> str:
    if settings.secret_key is None and not settings.secret_file.exists():
        return "It is made at the first start"
    settings.secret_bytes()
    return "POSTROOM_SECRET_KEY" if settings.secret_key else f"{settings.secret_file}, for this user only"


async def _store(settings: Settings) -> str:
    async with open_store(settings) as stores:
        return await stores.connection.check()


async def _journal(settings: Settings) -> str:
    engine = journal_engine(journal_of(settings))

    def connect() -> None:
        try:
            engine.connect().close()
        finally:
            engine.dispose()

    await asyncio.to_thread(connect)
    return f"{engine.url.render_as_string(hide_password=True)}, synchronous {settings.synchronous}"


async def _workflow(settings: Settings) -> str:
    async with open_store(settings) as stores:
        found = await chosen_workflow(settings, stores, node_types())
    return f"{found.slug}: {len(found.nodes)} nodes, {len(found.edges)} edges, valid"


async def _model(settings: Settings) -> str:
    async with open_store(settings) as stores:
        classifier = await present_classifier(settings, stores)
        promoted = await stores.models.in_use()
    if classifier is None:
        return "None yet: the starter model is trained at the first start"
    whence = f"{promoted.id}, trained by {promoted.by}" if promoted else "came with the installation"
    return f"{classifier.name} ({whence}) for {', '.join(settings.languages)}"


async def _embedder(settings: Settings) -> str:
    embedder = await asyncio.to_thread(embedding_of(settings).for_search)
    if embedder is None:
        return "None is wanted: words alone decide"
    (vector,) = await asyncio.to_thread(embedder.embed, ["Where is my order?"])
    if not math.isclose(float(vector @ vector), 1.0, abs_tol=UNIT_TOLERANCE):
        raise ConfigurationError(
            f"{embedder.name} gives no usable vectors on this machine.",
            hint="Set POSTROOM_EMBEDDER to another one, or to none, and report this.",
        )
    return f"{embedder.name}: {embedder.dimensions} numbers a text"


async def _articles(settings: Settings, directory: Directory) -> str:
    found = articles_of(settings, directory)
    counts = Counter(article.language for article in found.articles)
    missing = [language for language in settings.languages if not counts[language]]
    if not counts:
        return "None yet, so people answer everything: write some and set POSTROOM_ARTICLES_DIR"
    numbers = ", ".join(f"{language} {number}" for language, number in sorted(counts.items()))
    return f"{numbers}; people answer mail in {', '.join(missing)}" if missing else numbers


def _directory_trials(directory: Directory) -> list[Trial]:
    """Return a trial for every mailbox, sender and notifier of the settings and of the store."""
    trials = [Trial(name=name, look=partial(_raised, error)) for name, error in directory.failures.items()]
    trials += [Trial(name=f"mailbox {name}", look=partial(_mailbox, one)) for name, one in directory.open.items()]
    trials += [Trial(name=f"sender {name}", look=one.check) for name, one in directory.senders.items()]
    if not directory.mailboxes:
        trials.append(Trial(name="mailboxes", look=_no_mailbox))
    elif not any(trial.name.startswith("sender ") for trial in trials):
        trials.append(Trial(name="senders", look=_no_sender))
    trials += [Trial(name=f"notifier {name}", look=one.check) for name, one in directory.notifiers.items()]
    return trials


def _settings_trials(settings: Settings) -> list[Trial]:
    """Return a trial for the mailbox of the settings and its folder of replies."""
    if settings.mailbox_kind == "none":
        return []
    return [
        Trial(name=f"mailbox {MAILBOX_ID}", look=partial(_settings_mailbox, settings)),
        Trial(name=f"sender {FOLDER_SENDER}", look=open_sender(settings).check),
    ]


async def _settings_mailbox(settings: Settings) -> str:
    opened = open_receiver(settings, mailbox_of(settings), nothing_known)
    try:
        return await can_be_read(opened)
    finally:
        await opened.receiver.close()


async def _mailbox(one: OpenMailbox) -> str:
    mailbox = one.mailbox
    found = f"{mailbox.address.address}, mode {mailbox.mode}: {await one.check(one.opened)}"
    unchecked = mailbox.mode is Mode.AUTOMATIC and not mailbox.authserv_ids and mailbox.id != MAILBOX_ID
    return f"{found}; forged senders are not noticed: no server is trusted (--authserv-id)" if unchecked else found


async def _delivery(directory: Directory) -> tuple[Check, ...]:
    """Return whether the DNS lets other servers believe the mail of each mailbox that was added."""
    found: list[Check] = []
    for mailbox in directory.mailboxes.values():
        if mailbox.id != MAILBOX_ID:
            results = await deliverability(DnsResolver(), domains_of(mailbox))
            found += [replace(one, name=f"mailbox {mailbox.id}: {one.name}") for one in results]
    return tuple(found)


async def _no_mailbox() -> str:
    raise ConfigurationError("There is none yet.", hint="Add one: postroom mailbox add NAME")


async def _no_sender() -> str:
    raise ConfigurationError("There is none, so nothing can be sent.", hint="Add one: postroom sender add NAME")


async def _raised(error: PostroomError) -> str:
    raise error


async def _processes(settings: Settings) -> str:
    async with open_store(settings) as stores:
        found = await living(stores, SystemClock())
    return ", ".join(f"pid {one.pid} on {one.host}" for one in found) or "None: start one with `postroom serve`"
