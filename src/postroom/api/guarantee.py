"""`/guarantee`: what is promised of automatic replies, why not more, and what another target would give."""

from typing import Annotated

from fastapi import Query
from pydantic import Field

from postroom.actions.guarantee import DIAL_TARGETS, kept_categories
from postroom.actions.guarantee_shown import GuaranteeState, ModelDial, guarantee_dial, guarantee_state
from postroom.api.access import Reader
from postroom.api.office import Office, OfficeHere
from postroom.api.routing import router
from postroom.model.preferences import TARGET

MAX_TARGETS = 20

ROUTER = router("/guarantee", "guarantee")

_Targets = Annotated[
    tuple[Annotated[float, Field(ge=TARGET.least, le=TARGET.most)], ...] | None,
    Query(
        min_length=1,
        max_length=MAX_TARGETS,
        description="Target precisions to try; may be repeated. Without any some between 0.8 and 0.995.",
    ),
]


@ROUTER.get("")
async def get_guarantee(_caller: Reader, office: OfficeHere) -> GuaranteeState:
    """Read the promise and how it stands for each model in use and each mailbox, category by category."""
    preferences = await office.preferences_in_force()
    here = office.models
    deciders, places = tuple(here.deciders()), here.places()

    async def read() -> GuaranteeState:
        return await guarantee_state(office.stores, deciders, preferences, places)

    kept, looks = await kept_categories(office.stores), await office.stores.looks.list()
    ground = (await _reviewed(office), deciders, preferences, kept, tuple(places.since.items()), looks)
    return await here.told.of(ground, read)


@ROUTER.get("/dial")
async def get_guarantee_dial(_caller: Reader, office: OfficeHere, targets: _Targets = None) -> tuple[ModelDial, ...]:
    """Read what would have been answered by itself with other target precisions, for each model in use."""
    strict = (await office.preferences_in_force()).strict_categories
    here = office.models
    deciders, places, wanted = tuple(here.deciders()), here.places(), targets or DIAL_TARGETS

    async def read() -> tuple[ModelDial, ...]:
        return await guarantee_dial(office.stores, deciders, wanted, places, strict=strict)

    ground = (await _reviewed(office), deciders, wanted, strict, tuple(places.since.items()))
    return await here.dialled.of(ground, read)


async def _reviewed(office: Office) -> int:
    """Return a number that changes with everything that was reviewed."""
    return await office.stores.examples.changes()
