"""The versions of the classifier as people see them: which there are, put one in use, go back."""

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from postroom.actions.desk import Desk
from postroom.actions.jobs import order_job
from postroom.actions.models_judged import Judged, Unlearnt, fair_sample, judge_again
from postroom.actions.training_material import PARTS, Material, everything, is_held_out, part_of, whole
from postroom.errors import ConfigurationError, ConflictError
from postroom.interfaces.classifier import Classifier
from postroom.interfaces.clock import Clock
from postroom.interfaces.progress import Progress
from postroom.interfaces.responder import Responder
from postroom.interfaces.stores import Stores
from postroom.knowledge.articles import ArticleShelf
from postroom.model.example import Example
from postroom.model.job import Job, JobKind
from postroom.model.page import Page
from postroom.model.preferences import Preferences
from postroom.model.trained_model import ModelId, TrainedModel

STARTER = ModelId("starter")
"""How people call the model that came with the installation, which is no model of the store."""


class Craft(Protocol):
    """Makes classifiers and opens them; one for each kind."""

    def train(self, material: Material, *, seed: int, folder: Path) -> str:
        """Write a model of `material` as the new folder `folder` and return its checksum (hexadecimal SHA-256).

        The same material and seed give the same checksum on the same machine. Computes for seconds to minutes.

        Raises:
            ConfigurationError: it cannot be trained or written.
        """
        ...

    def categories(self, folder: Path) -> tuple[str, ...]:
        """Return the categories that the model in `folder` tells apart.

        Raises:
            ConfigurationError: a file is missing or was changed.
        """
        ...

    def open(self, folder: Path) -> tuple[Classifier, str]:
        """Return the classifier of the model in `folder` and its checksum.

        Raises:
            ConfigurationError: a file is missing or was changed.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What training and acts on models need; `by` is who acts.

    `folder` holds a folder for each model. `ground` is the classifier that came with the installation, in use where no
    model of the store is. `shelf` are the articles and `responder` answers with them; `made_up` is true where they are
    the made-up shop's. `preferences` are those of the settings: what people set goes before them. At most
    `most_examples` are learnt.
    """

    stores: Stores
    clock: Clock
    by: str
    folder: Path
    craft: Craft
    ground: Classifier
    shelf: ArticleShelf
    responder: Responder
    most_examples: int
    made_up: bool = False
    preferences: Preferences = field(default_factory=Preferences)


async def models(stores: Stores, *, after: str | None = None, limit: int = 50) -> Page[TrainedModel]:
    """Return models, newest first."""
    return await stores.models.list(after=after, limit=limit)


async def order_promotion(desk: Desk, model_id: ModelId) -> Job:
    """Leave it to the next process that runs jobs to put a model in use.

    Raises:
        NotFoundError: there is none. ConflictError: it is in use, or ten promotions wait already.
    """
    present = await desk.stores.models.in_use()
    if model_id != STARTER:
        await desk.stores.models.get(model_id)
    if (present.id if present else STARTER) == model_id:
        raise _in_use_already(model_id)
    return await order_job(desk, JobKind.PROMOTE, {"model_id": model_id})


async def promote_model(workshop: Workshop, model_id: ModelId, progress: Progress) -> TrainedModel:
    """Put a model in use, judge reviewed mail again with it, and return it as it stands then.

    Running processes follow within seconds. What it would have decided on reviewed mail that it never learnt is noted
    before, so that the promise carries over. One that is in use is only judged again, where answers are drafted in a
    way now in which nothing was judged of it yet.

    Raises:
        NotFoundError: there is none. ConfigurationError: its files are missing or were changed.
        ConflictError: it is in use, or another was promoted meanwhile.
    """
    model = await workshop.stores.models.get(model_id)
    before = await workshop.stores.models.in_use()
    in_use = before is not None and before.id == model.id
    sample = await fair_sample(workshop.stores)
    if in_use and (not sample.examples or await _is_judged(workshop, model)):
        raise _in_use_already(model_id)
    classifier = opened(workshop, model)
    judged = Judged(model=model.name, responder=workshop.responder, held_back=sample.held_back)
    parts = await unlearnt_parts(workshop, model, classifier, sample.examples)
    await judge_again(workshop.stores, judged, parts, progress)
    if not in_use:
        await _promote(workshop, model.id, instead_of=before.id if before else None)
    return await workshop.stores.models.get(model_id)


async def _is_judged(workshop: Workshop, model: TrainedModel) -> bool:
    """Return whether anything was judged of what a model and the present responder decide."""
    judged = await workshop.stores.judgements.of_model(model.name)
    return any(one.responder == workshop.responder.name for one in judged)


async def promote_starter(workshop: Workshop) -> None:
    """Put the model in use again that came with the installation; what was promised with it holds again.

    Raises:
        ConflictError: it is in use, or another was promoted meanwhile.
    """
    before = await workshop.stores.models.in_use()
    if before is None:
        raise _in_use_already(STARTER)
    await _promote(workshop, None, instead_of=before.id)


async def roll_back(workshop: Workshop) -> tuple[TrainedModel | None, TrainedModel | None]:
    """Undo the last promotion that was not undone yet; return the model that was in use and the one that is.

    None is the one that came with the installation. The judgements of the one before are still there: what was
    promised with it holds again.

    Raises:
        ConflictError: nothing was promoted that is not undone, or that changed meanwhile.
        ConfigurationError: the files of the one before are missing or were changed.
    """
    stores = workshop.stores
    present = await stores.models.in_use()
    newest = next(iter((await stores.models.history(limit=1)).rows), None)
    if newest is None or (present is None and newest.replaced is None):
        raise ConflictError(
            "The model that came with the installation is in use, as at the beginning: there is none before it.",
            hint="The list of models shows all.",
        )
    if newest.replaced is not None:
        opened(workshop, await stores.models.get(newest.replaced))
    known = present.id if present else None
    if not await stores.models.roll_back(known, at=workshop.clock.now(), by=workshop.by):
        raise _changed_meanwhile()
    return present, await stores.models.in_use()


async def unlearnt_parts(
    workshop: Workshop, model: TrainedModel, classifier: Classifier, examples: Sequence[Example]
) -> list[Unlearnt]:
    """Return mail that people decided about in parts, each with a classifier that has not learnt it.

    For the held-out fifth that is the model itself. Where what can be learnt now gives this very model, so that those
    which are trained now are like it, each of four parts of the rest comes with one that was trained in the same way
    without that part (cross-validation; Stone 1974). Any other model, as one of before a roll-back or of another kind,
    is judged by itself alone: beside the held-out fifth only on what was decided after it was there.
    """
    material = await everything(workshop.stores, workshop.shelf, made_up=workshop.made_up, most=workshop.most_examples)
    if await asyncio.to_thread(_checksum_of, workshop, material, model.seed) != model.checksum:
        unlearnt = [one for one in examples if is_held_out(whole(one)) or one.at > model.created_at]
        return [Unlearnt(classifier=classifier, examples=unlearnt)]
    found = [Unlearnt(classifier=classifier, examples=[one for one in examples if is_held_out(whole(one))])]
    rest = [one for one in examples if not is_held_out(whole(one))]
    for number in range(PARTS):
        part = [one for one in rest if part_of(one) == number]
        if part:
            other = await asyncio.to_thread(_without, workshop, material.without(part), model.seed)
            found.append(Unlearnt(classifier=other, examples=part))
    return found


def _without(workshop: Workshop, material: Material, seed: int) -> Classifier | None:
    """Return a classifier of the material; None where it is too little to train on."""
    found = _trained(workshop, material, seed)
    return found[0] if found else None


def _checksum_of(workshop: Workshop, material: Material, seed: int) -> str:
    """Return the checksum of the model that the material gives now; empty where it is too little to train on."""
    found = _trained(workshop, material, seed)
    return found[1] if found else ""


def _trained(workshop: Workshop, material: Material, seed: int) -> tuple[Classifier, str] | None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "model"
        try:
            workshop.craft.train(material, seed=seed, folder=place)
            return workshop.craft.open(place)
        except ConfigurationError:
            return None


def opened(workshop: Workshop, model: TrainedModel) -> Classifier:
    """Return the classifier of a model of the store.

    Raises:
        ConfigurationError: its files are missing or were changed.
    """
    return open_model(workshop.craft, workshop.folder, model)


def open_model(craft: Craft, folder: Path, model: TrainedModel) -> Classifier:
    """Return the classifier of a model whose folder lies in `folder`.

    Raises:
        ConfigurationError: its files are missing or are not those that were trained.
    """
    classifier, checksum = craft.open(folder / model.id)
    if checksum != model.checksum:
        raise ConfigurationError(
            f"The files of the model {model.id!r} are not those that were trained.",
            hint="Restore its folder from a backup, or train anew: the same data and seed give the same model.",
        )
    return classifier


async def _promote(workshop: Workshop, model_id: ModelId | None, *, instead_of: ModelId | None) -> None:
    now = workshop.clock.now()
    if not await workshop.stores.models.promote(model_id, instead_of=instead_of, at=now, by=workshop.by):
        raise _changed_meanwhile()


def _in_use_already(model_id: ModelId) -> ConflictError:
    return ConflictError(f"The model {model_id!r} is in use.", hint="There is nothing to do.")


def _changed_meanwhile() -> ConflictError:
    return ConflictError("Another model was put in use meanwhile.", hint="Look at the list of models and try again.")
