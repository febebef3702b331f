"""Opens a Postroom: its stores, its directory of mailboxes, and everything nodes use."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from pydantic import BaseModel

from postroom.bootstrap.assured import Assured, Ground
from postroom.bootstrap.assured_watch import Watch
from postroom.bootstrap.directory import Directory
from postroom.bootstrap.language_model import Advisor, open_language_model
from postroom.bootstrap.models import InUse, open_in_use
from postroom.bootstrap.openers import OpenMailbox, Premises
from postroom.bootstrap.parts import MAILBOX_ID, boxes_of, journal_of, made_up_mailbox, shelf
from postroom.bootstrap.plugins import node_types
from postroom.bootstrap.preferred import Preferred, preferences_of
from postroom.bootstrap.shelves import Shelves, search_embedder
from postroom.engine.runtime import Engine, EngineOptions
from postroom.errors import ConfigurationError
from postroom.intake.accept import Intake
from postroom.intake.receive import Reception
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.node import Identity, NodeType, Services
from postroom.interfaces.provider import Receiver
from postroom.interfaces.stores import Stores
from postroom.knowledge.articles import ArticleShelf
from postroom.model.account import AccountFamily
from postroom.model.mailbox import Mailbox
from postroom.model.workflow import Workflow
from postroom.notifiers.post import open_client
from postroom.settings import Settings
from postroom.stores.sql.open import open_stores

_NO_ARTICLES = ArticleShelf(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Postroom:
    """Everything that belongs to one Postroom, opened; the engine is not started.

    `mailbox`, `receiver`, `intake` and `workflow` are those of the mailbox that the settings describe. `watch` speaks
    up where the promise holds no more; None in a dry run, which answers nobody.
    """

    settings: Settings
    node_types: Mapping[str, NodeType[BaseModel]]
    services: Services
    directory: Directory
    shelves: Shelves
    preferred: Preferred
    assured: Assured
    in_use: InUse
    watch: Watch | None
    advisor: Advisor | None = None

    @property
    def stores(self) -> Stores:
        """The stores."""
        return self.services.stores

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox of the settings."""
        return self._of_settings().mailbox

    @property
    def receiver(self) -> Receiver:
        """What reads the mailbox of the settings."""
        return self._of_settings().opened.receiver

    @property
    def intake(self) -> Intake:
        """What accepts the mail of the mailbox of the settings."""
        return self._of_settings().intake

    @property
    def workflow(self) -> Workflow:
        """The workflow of the mailbox of the settings."""
        return self.intake.workflow

    async def refresh(self) -> None:
        """Follow what people added, changed and removed.

        Raises:
            StoreError: the store cannot be read.
        """
        await self.directory.refresh()
        await self.preferred.refresh()
        # Before the assurance, which follows the models in use.
        await self.in_use.refresh()
        if self.advisor is not None:
            await self.advisor.refresh(self.stores)
        await self.assured.refresh()
        if self.watch is not None:
            await self.watch.look()
        made_up = self.settings.articles_dir is None and not _is_for_trials(self.directory)
        # The made-up shop's articles must never answer a mailbox that somebody has just added.
        await self.shelves.refresh(ground=_NO_ARTICLES if made_up else None)

    def engine(self) -> Engine:
        """Return the engine, not started; it owns the journal until it is stopped."""
        options = EngineOptions(
            parallel=self.settings.executions_in_parallel,
            remind_after=lambda: timedelta(minutes=self.preferred.reminder_minutes),
        )
        return Engine(journal=journal_of(self.settings), services=self.services, types=self.node_types, options=options)

    def reception(self, engine: Engine, one: OpenMailbox | None = None) -> Reception:
        """Return a mailbox (without one, that of the settings) as something to receive from, waking `engine`."""
        one = one or self._of_settings()
        return Reception(
            mailbox_id=one.mailbox.id,
            receiver=one.opened.receiver,
            intake=one.intake,
            stores=self.stores,
            accepted=lambda _: engine.wake(),
            lookout=one.opened.lookout,
            sent_folder=one.opened.sent_folder,
            silent_after_seconds=lambda: self.preferred.silent_minutes * 60,
        )

    def _of_settings(self) -> OpenMailbox:
        found = self.directory.open.get(MAILBOX_ID)
        if found is None:
            raise ConfigurationError(
                "The mailbox of the settings is not in use: others were added.",
                hint="Name one of those, as the list of mailboxes shows them, or use another data folder.",
            )
        return found


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[Stores]:
    """Open the stores alone, for what needs neither mailbox nor model.

    Raises:
        ConfigurationError, StoreError: they cannot be opened.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"The data folder {str(settings.data_dir)!r} cannot be made: {error.strerror}.",
            hint="Let this user make it, or set POSTROOM_DATA_DIR.",
        ) from error
    stores = await open_stores(settings.store_url)
    try:
        yield stores
    finally:
        await stores.connection.close()


@asynccontextmanager
async def open_postroom(settings: Settings, *, dry_run: bool = False) -> AsyncIterator[Postroom]:
    """Open everything, training the starter model where there is none yet (some seconds).

    Raises:
        ConfigurationError: a setting, the workflow or an article is wrong; StoreError: the store cannot be used.
    """
    async with AsyncExitStack() as stack:
        stores = await stack.enter_async_context(open_store(settings))
        directory = await _open_directory(settings, stores, stack, dry_run=dry_run)
        directory.require_settings()
        model = await open_language_model(settings, stores, SystemClock(), stack)
        advisor = Advisor(model, settings) if model else None
        shelves = await _open_shelves(settings, stores, directory, advisor)
        preferred = Preferred(stores, preferences_of(settings))
        await preferred.refresh()
        secret = await _secret(settings, stores)
        if advisor is not None:
            # What it is told of the categories is part of the name that decides, and the assurance goes by names.
            await advisor.refresh(stores)
        in_use = await open_in_use(settings, stores, SystemClock(), dress=advisor.beside if advisor else None)
        ground = Ground(
            stores=stores,
            clock=SystemClock(),
            preferred=preferred,
            classifiers=in_use.classifiers,
            responders=shelves.responders,
            secret=secret,
            made_up=made_up_mailbox(settings),
            mailboxes=directory.mailboxes,
            boxes=boxes_of(settings),
        )
        assured = Assured(ground)
        await assured.refresh()
        yield Postroom(
            settings=settings,
            node_types=node_types(),
            services=_services(ground, assured, directory),
            directory=directory,
            shelves=shelves,
            preferred=preferred,
            assured=assured,
            in_use=in_use,
            watch=None if dry_run else Watch(assured, ground),
            advisor=advisor,
        )


async def _open_shelves(settings: Settings, stores: Stores, directory: Directory, advisor: Advisor | None) -> Shelves:
    shelves = Shelves(
        stores,
        articles_of(settings, directory),
        languages=settings.languages,
        # Half a second to load.
        embedder=await asyncio.to_thread(search_embedder, settings),
        dress=advisor.rewording if advisor else None,
    )
    await shelves.refresh()
    return shelves


def _services(ground: Ground, assured: Assured, directory: Directory) -> Services:
    return Services(
        stores=ground.stores,
        clock=ground.clock,
        identity=Identity(secret=ground.secret),
        assurance=assured,
        classifiers=ground.classifiers,
        responders=ground.responders,
        notifiers=directory.notifiers,
        senders=directory.senders,
        mailboxes=ground.mailboxes,
        lookouts=directory.lookouts,
    )


@asynccontextmanager
async def open_directory(settings: Settings) -> AsyncIterator[Directory]:
    """Open the mailboxes, senders and notifiers alone; what cannot be opened is among its failures.

    Raises:
        ConfigurationError, StoreError: the store cannot be opened, or the secret cannot be read.
    """
    async with AsyncExitStack() as stack:
        stores = await stack.enter_async_context(open_store(settings))
        yield await _open_directory(settings, stores, stack, dry_run=True)


async def _open_directory(settings: Settings, stores: Stores, stack: AsyncExitStack, *, dry_run: bool) -> Directory:
    premises = Premises(
        settings=settings,
        stores=stores,
        clock=SystemClock(),
        secret=await _secret(settings, stores),
        client=await stack.enter_async_context(open_client()),
        dry_run=dry_run,
    )
    directory = Directory(premises)
    stack.push_async_callback(directory.close)
    await directory.refresh()
    return directory


async def _secret(settings: Settings, stores: Stores) -> bytes:
    """Return the key of the installation; a new one is made only where nothing was ever done with another.

    Raises:
        ConfigurationError: the key is missing, or its file cannot be used.
    """
    if settings.secret_key is None and not settings.secret_file.exists() and await _has_used_a_key(stores):
        raise ConfigurationError(
            f"The key {str(settings.secret_file)!r} is missing, and this store was used with one.",
            hint="Restore it from a backup. Where it is lost, make a new one (openssl rand -hex 32 into that file, "
            "chmod 600) and enter every password anew; replies to what was sent before are then not known as such.",
        )
    return settings.secret_bytes()


async def _has_used_a_key(stores: Stores) -> bool:
    if await stores.outbox.count():
        return True
    for family in AccountFamily:
        if any(account.sealed for account in await stores.accounts.list(family)):
            return True
    return False


def articles_of(settings: Settings, directory: Directory) -> ArticleShelf:
    """Return the articles to answer from: never those of the made-up shop where somebody has added a mailbox."""
    return shelf(settings) if settings.articles_dir is not None or _is_for_trials(directory) else ArticleShelf(())


def _is_for_trials(directory: Directory) -> bool:
    return set(directory.mailboxes) <= {MAILBOX_ID}
