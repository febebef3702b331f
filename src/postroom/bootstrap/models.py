"""The model in use: `InUse` keeps the mapping of classifiers true to the store while a process runs."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from postroom.actions.models import Craft, open_model
from postroom.bootstrap.models_craft import KIND
from postroom.bootstrap.models_ensemble import craft_of
from postroom.bootstrap.parts import models_folder, open_classifiers
from postroom.errors import ConfigurationError
from postroom.interfaces.classifier import IN_USE, Classifier
from postroom.interfaces.clock import Clock
from postroom.interfaces.stores import Stores
from postroom.model.alarm import Alarm
from postroom.model.trained_model import TrainedModel
from postroom.settings import Settings

log = structlog.get_logger()

DAMAGED = "model_damaged"


Dress = Callable[[Classifier], Classifier]
"""What is put around the classifier in use, as the vote of a language model."""


async def open_in_use(settings: Settings, stores: Stores, clock: Clock, *, dress: Dress | None = None) -> "InUse":
    """Return the classifiers of an installation, those in use by what the store says; `refresh` was called once.

    Trains the starter model where there is none yet, which takes seconds.

    Raises:
        ConfigurationError: the model that came with the installation is damaged. StoreError: it cannot be read.
    """
    # Others on this event loop go on meanwhile.
    ground = await asyncio.to_thread(open_classifiers, settings)
    craft = craft_of(settings)
    found = InUse(
        stores, clock, ground=ground, opening=Opening(craft=craft, folder=models_folder(settings), dress=dress)
    )
    await found.refresh()
    return found


async def present_classifier(settings: Settings, stores: Stores) -> Classifier | None:
    """Return the classifier in use; None where none was trained yet. Nothing is trained, and no alarm is raised.

    Raises:
        ConfigurationError: its files are missing or damaged. StoreError: the store cannot be read.
    """
    model = await stores.models.in_use()
    if model is None:
        return await asyncio.to_thread(ground_classifier, settings)
    return await asyncio.to_thread(open_model, craft_of(settings), models_folder(settings), model)


def ground_classifier(settings: Settings) -> Classifier | None:
    """Return the classifier that came with the installation; None where it was not trained yet.

    Raises:
        ConfigurationError: its files are damaged.
    """
    there = (models_folder(settings) / KIND).exists()
    return open_classifiers(settings)[KIND] if there else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How trained models are opened: by which craft, in which folder, and what is put around the one in use."""

    craft: Craft
    folder: Path
    dress: Dress | None = None


class InUse:
    """Keeps `classifiers` true to what people promote and roll back; nodes look into that mapping.

    `ground` are the classifiers that came with the installation, by kind; the first of them is in use until a model is
    promoted. That takes the place of the one of its kind (`linear` of `linear@1a2b3c4d`) and is in use. Where its files
    are missing or were changed, an alarm is raised and what was there stays.
    """

    def __init__(self, stores: Stores, clock: Clock, *, ground: Mapping[str, Classifier], opening: Opening) -> None:
        self._stores = stores
        self._clock = clock
        self._ground = dict(ground)
        self._opening = opening
        self._changes = -1
        self.classifiers: dict[str, Classifier] = self._with_one_in_use(self._ground, None)

    async def refresh(self) -> None:
        """Read the store where a model was promoted or rolled back since the last time.

        Raises:
            StoreError: it cannot be read; everything stays as it was.
        """
        changes = await self._stores.models.changes()
        if changes == self._changes:
            return
        model = await self._stores.models.in_use()
        try:
            # Reading thousands of weights takes a while: others on this event loop go on meanwhile.
            opened = None if model is None else await asyncio.to_thread(self._open, model)
        except ConfigurationError as error:
            await self._alarm(model, error)
            return
        kinds = {} if opened is None else {opened.name.partition("@")[0]: opened}
        wanted = self._with_one_in_use(self._ground | kinds, opened)
        # Never empty in between: a node may look at any time.
        self.classifiers.update(wanted)
        for name in self.classifiers.keys() - wanted.keys():
            del self.classifiers[name]
        self._changes = changes
        log.info("models_in_use", models=sorted(one.name for one in self.classifiers.values()))
        await self._stores.alarms.clear(DAMAGED, at=self._clock.now())

    def _open(self, model: TrainedModel) -> Classifier:
        return open_model(self._opening.craft, self._opening.folder, model)

    def _with_one_in_use(self, kinds: Mapping[str, Classifier], opened: Classifier | None) -> dict[str, Classifier]:
        one = opened or next(iter(self._ground.values()))
        return {**kinds, IN_USE: self._opening.dress(one) if self._opening.dress else one}

    async def _alarm(self, model: TrainedModel | None, error: ConfigurationError) -> None:
        used = ", ".join(sorted(one.name for one in self.classifiers.values()))
        alarm = Alarm(
            key=DAMAGED,
            title="The model in use cannot be read",
            text=f"{error.message} {error.hint} Until then mail is labelled by {used}. "
            "`postroom model rollback` goes back to the model before it.",
            raised_at=self._clock.now(),
        )
        if await self._stores.alarms.sound(alarm):
            log.error("model_damaged", model=model.id if model else "", problem=error.message, hint=error.hint)
