"""Training: from what people said to a new model, held against the one in use, and promoted only where it is better."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from postroom.actions.categories import told_apart
from postroom.actions.desk import Desk
from postroom.actions.guarantee import promised_by
from postroom.actions.jobs import order_job
from postroom.actions.models import Workshop, opened, promote_model
from postroom.actions.training_compared import Comparison, Said, compare, said_by
from postroom.actions.training_material import Material, gather
from postroom.errors import ConfigurationError, ConflictError
from postroom.interfaces.classifier import Classifier
from postroom.interfaces.progress import Progress
from postroom.model.job import Job, JobKind
from postroom.model.preferences import in_force
from postroom.model.trained_model import ModelId, TrainedModel
from postroom.model.workflow import JsonValue

ID_CHARACTERS = 16
STEPS = 100
SCRAP = ".training-"
SCRAP_SECONDS = 24 * 3600  # No training takes a day.
_GATHERED, _TRAINED, _COMPARED = 2, 60, 80


class Promotion(StrEnum):
    """When a new model takes the place of the one in use."""

    IF_BETTER = "if_better"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOrder:
    """How to train: the `seed` of everything random, and when to promote."""

    seed: int = 0
    promotion: Promotion = Promotion.IF_BETTER


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """What came of a training: the model as it stands, and how it compares with the one in use before (`before`).

    `promoted` says whether it is in use now, be it since an earlier training that gave the same. `left_out` labelled
    examples were not looked at, as newer ones are as many as are taken.
    """

    model: TrainedModel
    before: str
    comparison: Comparison
    promoted: bool
    left_out: int = 0

    def result(self) -> Mapping[str, JsonValue]:
        """Return what a job of this kind came to."""
        return {
            "model_id": self.model.id,
            "model": self.model.name,
            "checksum": self.model.checksum,
            "before": self.before,
            "promoted": self.promoted,
            "left_out": self.left_out,
            **self.comparison.figures(),
        }


async def order_training(desk: Desk, order: TrainingOrder) -> Job:
    """Leave a training for the next process that runs jobs."""
    return await order_job(desk, JobKind.TRAIN, {"seed": order.seed, "promotion": order.promotion.value})


async def train(workshop: Workshop, order: TrainingOrder, progress: Progress) -> Training:
    """Train a model on everything people said, compare it on mail that neither has learnt, and store it.

    The same material and seed give the same model under the same id: a second training adds nothing.

    Raises:
        InputError: there is too little to train on. StoppedError: `progress` says so; at most a model is left that
        nobody uses. ConfigurationError, StoreError: something cannot be read or written.
    """
    await progress(0, STEPS)
    material = await gather(workshop.stores, workshop.shelf, made_up=workshop.made_up, most=workshop.most_examples)
    await progress(_GATHERED, STEPS)
    classifier, checksum = await _trained(workshop, material, order.seed)
    await progress(_TRAINED, STEPS)
    in_use = await workshop.stores.models.in_use()
    present = _present(workshop, in_use)
    before = await _said(present, material, progress, _Part(_TRAINED, (_TRAINED + _COMPARED) // 2))
    after = await _said(classifier, material, progress, _Part((_TRAINED + _COMPARED) // 2, _COMPARED))
    preferences = in_force(await workshop.stores.preferences.get(), workshop.preferences)
    known = told_apart(None if present is workshop.ground else in_use)
    comparison = compare(material.held_out, before, after, promised_by(preferences), known)
    model = TrainedModel(
        id=_id_of(checksum),
        name=classifier.name,
        checksum=checksum,
        seed=order.seed,
        examples=len(material.texts) + len(material.aside),
        by=workshop.by,
        created_at=workshop.clock.now(),
        figures={"before": present.name, "left_out": material.left_out, **comparison.figures()},
        categories=await asyncio.to_thread(workshop.craft.categories, workshop.folder / _id_of(checksum)),
    )
    await workshop.stores.models.add(model)
    promoted = await _promoted(workshop, model, comparison, order.promotion, _Part(_COMPARED, STEPS).of(progress))
    await progress(STEPS, STEPS)
    return Training(
        model=await workshop.stores.models.get(model.id),
        before=present.name,
        comparison=comparison,
        promoted=promoted,
        left_out=material.left_out,
    )


async def _trained(workshop: Workshop, material: Material, seed: int) -> tuple[Classifier, str]:
    """Return the classifier of a new model and its checksum; its files lie under its id when this returns."""
    craft = workshop.craft
    place = await asyncio.to_thread(_empty_folder, workshop.folder)
    try:
        checksum = await asyncio.to_thread(craft.train, material, seed=seed, folder=place)
        final = workshop.folder / _id_of(checksum)
        try:
            return craft.open(final)[0], checksum
        except ConfigurationError:
            # Not there yet, or damaged: what was just made takes its place.
            await asyncio.to_thread(shutil.rmtree, final, ignore_errors=True)
            place.rename(final)
        return craft.open(final)[0], checksum
    finally:
        await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)


def _empty_folder(beside: Path) -> Path:
    """Return a new folder beside the models; those that were left by a kill long ago are deleted."""
    beside.mkdir(parents=True, exist_ok=True)
    for left in beside.glob(f"{SCRAP}*"):
        if time.time() - left.stat().st_mtime > SCRAP_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=SCRAP, dir=beside))


def _present(workshop: Workshop, model: TrainedModel | None) -> Classifier:
    """Return the classifier in use; that of the installation where the files of the model in use are damaged."""
    if model is None:
        return workshop.ground
    try:
        return opened(workshop, model)
    except ConfigurationError:
        return workshop.ground


async def _said(classifier: Classifier, material: Material, progress: Progress, part: "_Part") -> tuple[Said, ...]:
    return await said_by(classifier, material.held_out, part.of(progress))


async def _promoted(
    workshop: Workshop, model: TrainedModel, comparison: Comparison, promotion: Promotion, progress: Progress
) -> bool:
    wanted = promotion is Promotion.ALWAYS or (promotion is Promotion.IF_BETTER and comparison.better)
    in_use = await workshop.stores.models.in_use()
    if in_use is not None and in_use.checksum == model.checksum:
        # A process may have been killed just after it had promoted it.
        return True
    if not wanted:
        return False
    try:
        await promote_model(workshop, model.id, progress)
    except ConflictError as error:
        # It was compared with a model that is no longer the one in use: a person decides.
        if promotion is Promotion.ALWAYS or error.code != ConflictError.code:
            raise
        return False
    return True


def _id_of(checksum: str) -> ModelId:
    return ModelId(f"mo_{checksum[:ID_CHARACTERS]}")


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of the whole way, from one step to another."""

    start: int
    end: int

    def of(self, progress: Progress) -> Progress:
        """Return a progress whose whole is this stretch of `progress`."""

        async def told(done: int, total: int) -> None:
            share = done / total if total else 0.0
            await progress(self.start + int(share * (self.end - self.start)), STEPS)

        return told
