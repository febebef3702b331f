"""Sets the stage for training: the articles, the model that came with the installation, and how models are made."""

import asyncio
from collections.abc import Mapping

from postroom.actions.models import STARTER, Workshop, promote_model, promote_starter
from postroom.actions.training import Promotion, TrainingOrder, train
from postroom.bootstrap.models_craft import KIND
from postroom.bootstrap.models_ensemble import craft_of
from postroom.bootstrap.parts import models_folder, open_classifiers, shelf
from postroom.bootstrap.preferred import preferences_of
from postroom.bootstrap.shelves import Shelves, search_embedder
from postroom.errors import InputError
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.progress import Progress
from postroom.interfaces.stores import Stores
from postroom.knowledge.articles import ArticleShelf
from postroom.model.trained_model import ModelId
from postroom.model.workflow import JsonValue
from postroom.settings import Settings


async def workshop_of(settings: Settings, stores: Stores, *, by: str) -> Workshop:
    """Return what training and acts on models need, for who acts as `by`.

    Raises:
        ConfigurationError: a setting or an article is wrong. StoreError: the store cannot be read.
    """
    # The made-up shop is answered where nobody has added a mailbox; as in `articles_of`, which has them all open.
    for_trials = not await stores.mailboxes.list()
    on_ground = shelf(settings) if settings.articles_dir is not None or for_trials else ArticleShelf(())
    # Judged again must be what is drafted in production: by the same search.
    embedder = await asyncio.to_thread(search_embedder, settings)
    shelves = Shelves(stores, on_ground, languages=settings.languages, embedder=embedder)
    await shelves.refresh()
    ground = (await asyncio.to_thread(open_classifiers, settings))[KIND]
    return Workshop(
        stores=stores,
        clock=SystemClock(),
        by=by,
        folder=models_folder(settings),
        craft=craft_of(settings),
        ground=ground,
        shelf=shelves.shelf,
        responder=shelves.responders["articles"],
        most_examples=settings.training_examples,
        made_up=for_trials and settings.articles_dir is None and settings.mailbox_kind == "mock",
        preferences=preferences_of(settings),
    )


async def train_job(
    order: Mapping[str, JsonValue], stores: Stores, settings: Settings, progress: Progress
) -> Mapping[str, JsonValue]:
    """Train as a job: the order holds `seed` and `promotion`, the result is that of `Training.result`.

    Raises:
        InputError: the order is none, or there is too little to train on.
    """
    workshop = await workshop_of(settings, stores, by=str(order.get("by", "")))
    return (await train(workshop, _order_of(order), progress)).result()


async def promote_job(
    order: Mapping[str, JsonValue], stores: Stores, settings: Settings, progress: Progress
) -> Mapping[str, JsonValue]:
    """Put a model in use as a job: the order holds its `model_id`. One that is in use already changes nothing.

    Raises:
        NotFoundError: there is none. ConfigurationError: its files are missing or were changed.
    """
    model_id = ModelId(str(order.get("model_id", "")))
    present = await stores.models.in_use()
    if (present.id if present else STARTER) != model_id:
        # In use it is where a process was killed just after it had promoted it.
        workshop = await workshop_of(settings, stores, by=str(order.get("by", "")))
        if model_id == STARTER:
            await promote_starter(workshop)
            return {"model_id": STARTER, "model": workshop.ground.name, "replaced": present.id if present else None}
        present = await promote_model(workshop, model_id, progress)
    return {
        "model_id": model_id,
        "model": present.name if present else "",
        "replaced": present.replaced if present else None,
    }


def _order_of(order: Mapping[str, JsonValue]) -> TrainingOrder:
    seed, promotion = order.get("seed", 0), str(order.get("promotion", Promotion.IF_BETTER))
    if not isinstance(seed, int) or isinstance(seed, bool) or promotion not in set(Promotion):
        raise InputError(
            "This is no order for a training.", hint="`seed` is a whole number; `promotion` if_better, always or never."
        )
    return TrainingOrder(seed=seed, promotion=Promotion(promotion))
