"""What the settings alone describe: the mailbox for trials, its folder of replies, articles, models and notifiers."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from postroom.bootstrap.plugins import receiver_plugins, sender_plugins
from postroom.classifiers.linear import LinearClassifier
from postroom.engine.journal import Journal
from postroom.interfaces.classifier import Classifier
from postroom.interfaces.provider import Sender
from postroom.interfaces.stores import Stores
from postroom.knowledge.articles import ArticleShelf, starter_shelf
from postroom.knowledge.folder import load_folder
from postroom.model.email import Address, MailboxId
from postroom.model.mailbox import ANSWER_WITHIN_HOURS, Caps, Mailbox, Mode, SentPolicy
from postroom.providers import Known, OpenReceiver, SendingSurroundings, Surroundings
from postroom.providers.mock.receiver import MockMail, MockMailbox
from postroom.settings import Settings

MAILBOX_ID = MailboxId("main")
FOLDER_SENDER = "outbox_folder"
NO_CAPS = Caps(per_correspondent=None, per_domain=None, per_conversation=None, per_hour=None, per_day=None)
ANY_AGE_HOURS = math.inf
MOCK_NAME = "Lindenhof support"
# A fixed beginning, so that the same seed gives the same bytes after a restart.
MOCK_START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def journal_of(settings: Settings) -> Journal:
    """Return where the journal is and how it is written; nothing is opened."""
    return Journal(url=settings.journal_url, synchronous=settings.synchronous, fast=settings.fast_journal)


def mailbox_of(settings: Settings) -> Mailbox:
    """Return the mailbox that the settings describe; only the made-up shop gets a name that nobody set.

    All its mail is new to it, and its replies go to a folder. Generated mail may be of any age and is under no cap; so
    is mail of one's own where nothing is sent.
    """
    harmless = settings.mailbox_kind == "mock" or settings.mode == "observe"
    name = settings.mailbox_display_name or (MOCK_NAME if settings.mailbox_kind == "mock" else "")
    return Mailbox(
        id=MAILBOX_ID,
        address=Address(name=name, address=settings.mailbox_address),
        workflow=settings.workflow,
        mode=Mode(settings.mode),
        aliases=settings.mailbox_aliases,
        sender=FOLDER_SENDER,
        sent_policy=SentPolicy.NONE,
        caps=NO_CAPS if harmless else Caps(),
        answer_within_hours=ANY_AGE_HOURS if harmless else ANSWER_WITHIN_HOURS,
    )


def mailbox_beside(settings: Settings, added: Sequence[Mailbox]) -> Mailbox | None:
    """Return the mailbox of the settings where it is one of those there are, beside those that people `added`.

    A Maildir or mbox file that the settings name is; the mock mailbox, only as long as nobody has added any.
    """
    from_settings = {"none": False, "mock": not added}.get(settings.mailbox_kind, True)
    return mailbox_of(settings) if from_settings else None


def mailboxes_beside(settings: Settings, added: Sequence[Mailbox]) -> tuple[Mailbox, ...]:
    """Return the mailboxes there are: those that people `added`, and that of the settings where it is one of them."""
    of_settings = mailbox_beside(settings, added)
    return (*added, of_settings) if of_settings else tuple(added)


def made_up_mailbox(settings: Settings) -> MailboxId | None:
    """Return the mailbox of generated mail, None where the settings describe none."""
    return MAILBOX_ID if settings.mailbox_kind == "mock" else None


def boxes_of(settings: Settings) -> Mapping[MailboxId, str]:
    """Return a checksum of which mail the mailbox of the settings holds: its kind, its address and its place."""
    place = settings.mailbox_path.absolute() if settings.mailbox_path else ""
    said = "\0".join((settings.mailbox_kind, settings.mailbox_address.casefold(), str(place)))
    return {MAILBOX_ID: hashlib.sha256(said.encode()).hexdigest()[:16]}


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


def notifier_settings(settings: Settings) -> Mapping[str, Mapping[str, object]]:
    """Return the settings of each notifier that the environment names, by kind; the log is always among them."""
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
    return wanted


def open_sender(settings: Settings) -> Sender:
    """Return what sends for the mailbox of the settings: a folder of .eml files."""
    plugin = sender_plugins().named(FOLDER_SENDER)
    return plugin.build({"path": settings.outbox_dir}, SendingSurroundings())


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


def open_receiver(settings: Settings, mailbox: Mailbox, known: Known) -> OpenReceiver:
    """Return the opened mailbox of the settings: the mock mailbox, a Maildir or an mbox file."""
    if settings.mailbox_kind == "mock":
        return OpenReceiver(receiver=MockMailbox(mailbox.id, mock_mail(settings)))
    plugin = receiver_plugins().named(settings.mailbox_kind)
    values = {
        "path": settings.mailbox_path,
        "max_message_bytes": settings.max_message_bytes,
        "poll_seconds": settings.poll_seconds,
    }
    return plugin.build(values, Surroundings(mailbox_id=mailbox.id, known=known))


async def can_be_read(opened: OpenReceiver) -> str:
    """Return that the mailbox can be read, having read one message.

    Raises:
        PluginError, TransientError: it cannot.
    """
    fetched = await opened.receiver.fetch(None, limit=1)
    return "it can be read" + ("" if fetched.emails else ", it holds nothing")


async def nothing_known(uid_validity: str, uids: Sequence[str]) -> frozenset[str]:
    """Return nothing: for who reads a mailbox without a ledger."""
    del uid_validity, uids
    return frozenset()
