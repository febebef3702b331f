"""Sets the stage for trials: a workflow version and a model over past mail, with stores that are thrown away."""

import asyncio
import hashlib
import secrets
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from postroom.actions.guarantee import kept_categories
from postroom.actions.models import STARTER, open_model
from postroom.bootstrap.assured import Assured, Ground
from postroom.bootstrap.language_model import is_asked
from postroom.bootstrap.models import open_in_use
from postroom.bootstrap.models_craft import KIND
from postroom.bootstrap.models_ensemble import craft_of
from postroom.bootstrap.opening import open_store
from postroom.bootstrap.parts import (
    boxes_of,
    made_up_mailbox,
    models_folder,
    notifier_settings,
    open_classifiers,
    shelf,
)
from postroom.bootstrap.plugins import node_types
from postroom.bootstrap.preferred import Preferred, preferences_of
from postroom.bootstrap.shelves import Shelves, search_embedder
from postroom.bootstrap.trials_terms import chosen_mailbox, learnt_by, unproven
from postroom.bootstrap.workflows import chosen_workflow
from postroom.errors import ConfigurationError, InputError
from postroom.interfaces.classifier import Classifier
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.codec import encode, encode_all
from postroom.interfaces.node import Identity, Services
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.knowledge.articles import ArticleShelf
from postroom.knowledge.confidence import ANSWER_THRESHOLD
from postroom.knowledge.search import ArticleSearch
from postroom.model.account import AccountFamily
from postroom.model.article import Article
from postroom.model.mailbox import Mailbox
from postroom.model.trained_model import ModelId, TrainedModel
from postroom.model.workflow import Workflow, WorkflowSlug
from postroom.settings import Settings
from postroom.trials.backtest_assurance import AssumedAssurance
from postroom.trials.backtest_memory import in_memory, silent
from postroom.trials.backtest_rehearsal import Play
from postroom.trials.order import Side
from postroom.trials.shadow_agreement import Agreement
from postroom.trials.terms import Terms
from postroom.workflows.load import read_workflow
from postroom.workflows.validate import require_valid

RESULTS_VERSION = "3"
"""Of what is noted of each e-mail: results of an earlier one are noted in another way."""

Told = Callable[[str], None]
"""Hears in words of what takes a while."""


def unheard(text: str) -> None:
    """Tell nobody."""
    del text


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where trials take place: the stores that are only read, those that are thrown away, and the mailbox.

    `connected` is false where there is no mailbox yet, and mail is tried as if there were one.
    """

    settings: Settings
    stores: Stores
    scratch: Stores
    mailbox: Mailbox
    mailboxes: Mapping[str, Mailbox]
    shelves: Shelves
    secret: bytes
    connected: bool = True

    def say_what_takes_time(self, told: Told) -> None:
        """Say that the starter model will be trained where there is none yet."""
        if not (models_folder(self.settings) / KIND).exists():
            told("Training the starter model, only this once")

    async def play(self, side: Side, *, assumed: float = ANSWER_THRESHOLD) -> Play:
        """Return what is to be rehearsed; `assumed` is the threshold where no guarantee lets anything out yet.

        Raises:
            NotFoundError, ConfigurationError: there is no such workflow or model, or it cannot run.
        """
        classifiers, trained = await self._deciding(side.model)
        assured = await self._assured(classifiers)
        assurance = assured if assured.automates(self.mailbox) else None
        suppressions = [one async for one in every(lambda after: self.stores.suppressions.list(after=after))]
        services = Services(
            stores=in_memory(self.scratch, suppressions),
            clock=SystemClock(),
            identity=Identity(secret=self.secret),
            assurance=assurance or AssumedAssurance(assumed, (await kept_categories(self.stores)).doubt_about),
            classifiers=classifiers,
            responders=self.shelves.responders,
            notifiers=silent(await self._notifiers()),
            senders={},
            mailboxes=self.mailboxes,
        )
        return Play(
            workflow=await self._workflow(side.workflow),
            types=node_types(),
            mailbox=self.mailbox,
            services=services,
            agreement=Agreement(await asyncio.to_thread(ArticleSearch, self.shelves.shelf)),
            terms=Terms(
                mailbox_id=self.mailbox.id if self.connected else "",
                made_up=self.mailbox.id == made_up_mailbox(self.settings),
                mode=self.mailbox.mode,
                switched_on=self.mailbox.automatic_categories,
                articles=len(self.shelves.shelf.articles),
                trained_here=trained is not None,
                assumed_threshold=None if assurance else assumed,
                unproven="" if assurance else unproven(assured, self.mailbox),
                language_model=is_asked(self.settings),
            ),
            learnt=await learnt_by(self.stores, trained),
        )

    async def fingerprint(self, plays: Sequence[Play], *, source: str, assumed: float) -> str:
        """Return what tells results apart: one may go on with them only where all of this is the same."""
        parts = [
            RESULTS_VERSION,
            source,
            str(assumed),
            encode(self.mailbox),
            encode_all(Article, self.shelves.shelf.articles),
            str(await self.stores.examples.changes()),
            *(encode(play.workflow) for play in plays),
            *(one.name for play in plays for one in play.services.classifiers.values()),
        ]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    async def _deciding(self, model: str) -> tuple[Mapping[str, Classifier], TrainedModel | None]:
        """Return the classifiers in use, or for each of their names the one to be tried, and what people trained of it.

        That is None for the model that came with the installation.
        """
        in_use = (await open_in_use(self.settings, self._unheard, SystemClock())).classifiers
        if not model:
            return in_use, await self.stores.models.in_use()
        if model == STARTER:
            shipped = await asyncio.to_thread(open_classifiers, self.settings)
            return dict.fromkeys(in_use, shipped[KIND]), None
        trained = await self.stores.models.get(ModelId(model))
        folder = models_folder(self.settings)
        opened = await asyncio.to_thread(open_model, craft_of(self.settings), folder, trained)
        return dict.fromkeys(in_use, opened), trained

    @property
    def _unheard(self) -> Stores:
        """The stores, save that alarms which are raised in a trial reach nobody."""
        return replace(self.stores, alarms=self.scratch.alarms)

    async def _assured(self, classifiers: Mapping[str, Classifier]) -> Assured:
        """Return what is guaranteed."""
        preferred = Preferred(self.stores, preferences_of(self.settings))
        await preferred.refresh()
        made_up = made_up_mailbox(self.settings)
        ground = Ground(
            stores=self._unheard,
            clock=SystemClock(),
            preferred=preferred,
            classifiers=classifiers,
            responders=self.shelves.responders,
            secret=self.secret,
            made_up=made_up,
            mailboxes={self.mailbox.id: self.mailbox},
            boxes=boxes_of(self.settings),
        )
        assured = Assured(ground)
        await assured.refresh()
        return assured

    async def _notifiers(self) -> Sequence[str]:
        kept = await self.stores.accounts.list(AccountFamily.NOTIFIER)
        return (*notifier_settings(self.settings), *(account.name for account in kept))

    async def _workflow(self, named: str) -> Workflow:
        if named.endswith((".yaml", ".yml")):
            found = await asyncio.to_thread(_workflow_in, Path(named))
            require_valid(found, node_types())
            return found
        slug, at, version = named.partition("@")
        if at:
            if not version.isdecimal():
                raise InputError(f"{named!r} names no version.", hint="Write it as customer_support@3.")
            return await self.stores.workflows.get(WorkflowSlug(slug), int(version))
        wanted = {"workflow": slug, "workflow_file": None} if slug else {"workflow": self.mailbox.workflow}
        return await chosen_workflow(self.settings.model_copy(update=wanted), self.stores, node_types())


@asynccontextmanager
async def open_stage(settings: Settings, stores: Stores | None, mailbox: str = "") -> AsyncIterator[Stage]:
    """Give the stage for a mailbox (empty: the first that was added, else that of the settings).

    `stores` are only read; None: there are none yet, and none are made.

    Raises:
        ConfigurationError, StoreError: a setting or an article is wrong. NotFoundError: there is no such mailbox.
        InputError: there is none at all, and nothing of the company's own to try mail with.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="postroom-trial-")))
        apart = settings.model_copy(update={"data_dir": folder, "store_url": f"sqlite:///{folder}/scratch.db"})
        scratch = await stack.enter_async_context(open_store(apart))
        stores = scratch if stores is None else stores
        added = await stores.mailboxes.list()
        settings, chosen = await chosen_mailbox(settings, stores, mailbox)
        trial = settings.articles_dir is None and bool(added)
        embedder = await asyncio.to_thread(search_embedder, settings)
        ground = ArticleShelf(()) if trial else shelf(settings)
        shelves = Shelves(stores, ground, languages=settings.languages, embedder=embedder)
        await shelves.refresh()
        yield Stage(
            settings=settings,
            stores=stores,
            scratch=scratch,
            mailbox=chosen,
            mailboxes={one.id: one for one in (*added, chosen)},
            shelves=shelves,
            secret=_secret(settings),
            connected=bool(added) or settings.mailbox_kind != "none",
        )


def _secret(settings: Settings) -> bytes:
    # By the real key our own mail is known. Where there is none, a trial makes none, either.
    known = settings.secret_key is not None or settings.secret_file.exists()
    return settings.secret_bytes() if known else secrets.token_bytes(32)


def _workflow_in(path: Path) -> Workflow:
    try:
        return read_workflow(path.read_text(encoding="utf-8"), source=str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The workflow {str(path)!r} cannot be read: {error}.", hint="Check it.") from error
