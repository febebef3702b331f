"""What `postroom check` looks at: folders, secret, store, journal, workflow, model, articles, mailbox, senders."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial

from postroom.actions.check import Check, Trial, check
from postroom.actions.status import living
from postroom.bootstrap import (
    chosen_workflow,
    journal_of,
    mailbox_of,
    models_folder,
    node_types,
    open_notifiers,
    open_receiver,
    open_sender,
    open_store,
    shelf,
)
from postroom.classifiers.linear import LinearClassifier
from postroom.engine.journal import journal_engine
from postroom.errors import ConfigurationError, PostroomError
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.notifier import Notifier
from postroom.settings import Settings

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
        "articles": _articles,
        "mailbox": _mailbox,
        "sender": _sender,
    }
    first = [Trial(name=name, look=partial(look, settings)) for name, look in looks.items()]
    last = Trial(name="running processes", look=partial(_processes, settings))
    async with AsyncExitStack() as stack:
        return await check([*first, *await _notifier_trials(settings, stack), last])


async def _settings(settings: Settings) -> str:
    return f"mode {settings.mode}, mailbox {settings.mailbox_kind} of {settings.mailbox_address}"


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
    if settings.secret_key is None and not (settings.data_dir / "secret.key").exists():
        return "It is made at the first start"
    settings.secret_bytes()
    return "POSTROOM_SECRET_KEY" if settings.secret_key else f"{settings.data_dir / 'secret.key'}, for this user only"


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
    folder = models_folder(settings) / "linear"
    if not folder.exists():
        return "None yet: the starter model is trained at the first start"
    classifier = await asyncio.to_thread(partial(LinearClassifier.load, folder, languages=settings.languages))
    return f"{classifier.name} for {', '.join(settings.languages)}"


async def _articles(settings: Settings) -> str:
    found = shelf(settings)
    counts = Counter(article.language for article in found.articles)
    missing = [language for language in settings.languages if not counts[language]]
    if not counts:
        return "None yet, so people answer everything: write some and set POSTROOM_ARTICLES_DIR"
    numbers = ", ".join(f"{language} {number}" for language, number in sorted(counts.items()))
    return f"{numbers}; people answer mail in {', '.join(missing)}" if missing else numbers


async def _mailbox(settings: Settings) -> str:
    receiver = open_receiver(settings, mailbox_of(settings), _nothing_known)
    try:
        fetched = await receiver.fetch(None, limit=1)
    finally:
        await receiver.close()
    return f"{settings.mailbox_kind} can be read" + ("" if fetched.emails else ", it holds nothing")


async def _nothing_known(uid_validity: str, uids: Sequence[str]) -> frozenset[str]:
    del uid_validity, uids
    return frozenset()


async def _sender(settings: Settings) -> str:
    return await open_sender(settings).check()


async def _notifier_trials(settings: Settings, stack: AsyncExitStack) -> list[Trial]:
    try:
        notifiers = await open_notifiers(settings, stack)
    except PostroomError as error:
        return [Trial(name="notifiers", look=partial(_raised, error))]
    return [Trial(name=f"notifier {name}", look=partial(_notifier, one)) for name, one in notifiers.items()]


async def _notifier(notifier: Notifier) -> str:
    return await notifier.check()


async def _raised(error: PostroomError) -> str:
    raise error


async def _processes(settings: Settings) -> str:
    async with open_store(settings) as stores:
        found = await living(stores, SystemClock())
    return ", ".join(f"pid {one.pid} on {one.host}" for one in found) or "None: start one with `postroom serve`"
