"""The composition root: the only place that picks implementations and opens and closes them."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import BaseModel

from postroom.classifiers.linear import LinearClassifier
from postroom.discovery import discover
from postroom.engine.journal import Journal
from postroom.engine.runtime import Engine, EngineOptions
from postroom.errors import ConfigurationError, NotFoundError
from postroom.intake.accept import Intake
from postroom.intake.receive import Reception
from postroom.interfaces.classifier import Classifier
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.node import Identity, NodeType, Services
from postroom.interfaces.notifier import Notifier
from postroom.interfaces.provider import Receiver, Sender
from postroom.interfaces.stores import Stores
from postroom.knowledge.articles import ArticleShelf, starter_shelf
from postroom.knowledge.folder import load_folder
from postroom.knowledge.search import ArticleSearch
from postroom.model.email import Address, MailboxId
from postroom.model.mailbox import Mailbox, Mode
from postroom.model.workflow import Workflow, WorkflowSlug
from postroom.notifiers import NotifierPlugin
from postroom.notifiers.post import open_client
from postroom.providers import Known, ReceiverPlugin, SenderPlugin, Surroundings
from postroom.providers.mock.receiver import MockMail, MockMailbox
from postroom.responders.articles import ArticleResponder
from postroom.settings import Settings
from postroom.stores.sql.open import open_stores
from postroom.workflows.load import read_workflow, template
from postroom.workflows.validate import require_valid

MAILBOX_ID = MailboxId("main")
MOCK_NAME = "Lindenhof support"
# A fixed beginning, so that the same seed gives the same bytes after a restart.
MOCK_START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Postroom:
    """Everything that belongs to one Postroom, opened; the engine is not started."""

    settings: Settings
    mailbox: Mailbox
    workflow: Workflow
    node_types: Mapping[str, NodeType[BaseModel]]
    services: Services
    receiver: Receiver
    intake: Intake

    @property
    def stores(self) -> Stores:
        """The stores."""
        return self.services.stores

    def engine(self) -> Engine:
        """Return the engine, not started; it owns the journal until it is stopped."""
        options = EngineOptions(
            parallel=self.settings.executions_in_parallel,
            remind_after=timedelta(minutes=self.settings.reminder_minutes),
        )
        return Engine(journal=journal_of(self.settings), services=self.services, types=self.node_types, options=options)

    def reception(self, engine: Engine) -> Reception:
        """Return the mailbox as something to receive from, waking `engine` for each batch."""
        return Reception(
            mailbox_id=self.mailbox.id,
            receiver=self.receiver,
            intake=self.intake,
            accepted=lambda _: engine.wake(),
        )


def journal_of(settings: Settings) -> Journal:
    """Return where the journal is and how it is written; nothing is opened."""
    return Journal(url=settings.journal_url, synchronous=settings.synchronous, fast=settings.fast_journal)


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
        mailbox = mailbox_of(settings)
        types = node_types()
        workflow = await stores.workflows.save(await chosen_workflow(settings, stores, types))
        clock = SystemClock()
        secret = settings.secret_bytes()
        services = Services(
            stores=stores,
            clock=clock,
            identity=Identity(secret=secret, signature=mailbox.address.name),
            # Training takes seconds: others on this event loop go on meanwhile.
            classifiers=await asyncio.to_thread(open_classifiers, settings),
            responders={"articles": ArticleResponder(ArticleSearch(shelf(settings)), signature=mailbox.address.name)},
            notifiers=await open_notifiers(settings, stack),
            senders={"outbox_folder": open_sender(settings)},
            mailboxes={mailbox.id: mailbox},
        )
        receiver = open_receiver(settings, mailbox, ledger_memory(stores, mailbox))
        stack.push_async_callback(receiver.close)
        intake = Intake(
            ledger=stores.ledger,
            clock=clock,
            workflow=workflow,
            secret=secret,
            max_bytes=settings.max_message_bytes,
            dry_run=dry_run,
        )
        yield Postroom(
            settings=settings,
            mailbox=mailbox,
            workflow=workflow,
            node_types=types,
            services=services,
            receiver=receiver,
            intake=intake,
        )


def node_types() -> Mapping[str, NodeType[BaseModel]]:
    """Return every installed kind of node by name."""
    return discover("postroom.nodes", NodeType).plugins


def mailbox_of(settings: Settings) -> Mailbox:
    """Return the mailbox that the settings describe; only the made-up shop gets a name that nobody set."""
    name = settings.mailbox_display_name or (MOCK_NAME if settings.mailbox_kind == "mock" else "")
    return Mailbox(
        id=MAILBOX_ID,
        address=Address(name=name, address=settings.mailbox_address),
        workflow=settings.workflow,
        mode=Mode(settings.mode),
        aliases=settings.mailbox_aliases,
    )


async def chosen_workflow(settings: Settings, stores: Stores, types: Mapping[str, NodeType[BaseModel]]) -> Workflow:
    """Return the workflow of the settings, valid: the file's, else the newest in the store, else the shipped one.

    Raises:
        ConfigurationError: the file cannot be read, or the workflow cannot run (every problem in the hint).
    """
    path = settings.workflow_file
    if path is not None:
        workflow = read_workflow(_text_of(path), source=str(path))
    else:
        workflow = await _stored_or_shipped(WorkflowSlug(settings.workflow), stores)
    require_valid(workflow, types)
    return workflow


def shelf(settings: Settings) -> ArticleShelf:
    """Return the company's articles; the starter articles are a made-up shop's and serve the mock mailbox only."""
    if settings.articles_dir is not None:
        return load_folder(settings.articles_dir)
    return starter_shelf() if settings.mailbox_kind == "mock" else ArticleShelf(())


def models_folder(settings: Settings) -> Path:
    """Return the folder of the models."""
    return settings.data_dir / "models"


def open_classifiers(settings: Settings) -> Mapping[str, Classifier]:
    """Return the classifiers; the linear model is trained on the starter corpus where there is none."""
    folder = models_folder(settings) / "linear"
    if not folder.exists():
        # Training needs scikit-learn and a hundred megabytes; a process that finds a model never loads it.
        from postroom.classifiers.starter import train_starter  # noqa: PLC0415
        from postroom.learning.model_files import save_model  # noqa: PLC0415

        save_model(train_starter(starter_shelf()), folder)
    return {"linear": LinearClassifier.load(folder, languages=settings.languages)}


async def open_notifiers(settings: Settings, stack: AsyncExitStack) -> Mapping[str, Notifier]:
    """Return the notifiers that the settings name; the log is always among them."""
    plugins = discover("postroom.notifiers", NotifierPlugin)
    client = await stack.enter_async_context(open_client())
    wanted: dict[str, Mapping[str, object]] = {"log": {}}
    if settings.webhook_url and settings.webhook_secret:
        wanted["webhook"] = {
            "url": settings.webhook_url,
            "secret": settings.webhook_secret,
            "allow_private": settings.allow_private_webhooks,
        }
    if settings.slack_webhook_url:
        wanted["slack"] = {
            "url": settings.slack_webhook_url,
            "allow_private": settings.allow_private_webhooks,
        }
    return {name: plugins.named(name).build(values, client) for name, values in wanted.items()}


def open_sender(settings: Settings) -> Sender:
    """Return what sends: a folder of .eml files."""
    plugin = discover("postroom.providers", SenderPlugin).named("outbox_folder")
    return plugin.build({"path": settings.outbox_dir})


def mock_mail(settings: Settings) -> MockMail:
    """Return which generated mail the mock mailbox holds."""
    return MockMail(
        seed=settings.mock_seed,
        count=settings.mock_emails,
        start=MOCK_START,
        mailbox_address=settings.mailbox_address,
    )


def ledger_memory(stores: Stores, mailbox: Mailbox) -> Known:
    """Return what tells a receiver which messages the ledger already has."""

    async def known(uid_validity: str, uids: Sequence[str]) -> frozenset[str]:
        return await stores.ledger.known(mailbox.id, uid_validity, uids)

    return known


def open_receiver(settings: Settings, mailbox: Mailbox, known: Known) -> Receiver:
    """Return what receives: the mock mailbox, a Maildir or an mbox file; it leaves out what `known` knows."""
    if settings.mailbox_kind == "mock":
        return MockMailbox(mailbox.id, mock_mail(settings))
    plugin = discover("postroom.providers", ReceiverPlugin).named(settings.mailbox_kind)
    values = {
        "path": settings.mailbox_path,
        "max_message_bytes": settings.max_message_bytes,
        "poll_seconds": settings.poll_seconds,
    }
    return plugin.build(values, Surroundings(mailbox_id=mailbox.id, known=known))


async def _stored_or_shipped(slug: WorkflowSlug, stores: Stores) -> Workflow:
    try:
        return await stores.workflows.newest(slug)
    except NotFoundError:
        pass
    try:
        return template(slug)
    except NotFoundError as error:
        raise ConfigurationError(
            error.message, hint=f"{error.hint} Import yours with `postroom workflow import`."
        ) from error


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"The workflow file {os.fspath(path)!r} cannot be read: {error}.", hint="Set POSTROOM_WORKFLOW_FILE."
        ) from error
