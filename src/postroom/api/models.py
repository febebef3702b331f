"""`/models`: the versions of the classifier, how well each did, and which one is in use."""

from dataclasses import replace
from datetime import datetime

from fastapi import Request, status
from pydantic import BaseModel, Field, JsonValue

from postroom.actions import models
from postroom.api.access import Configurer, Reader
from postroom.api.audit import note_detail, note_subject
from postroom.api.jobs import JobBody, job_body
from postroom.api.office import OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import After, Limit, router
from postroom.model.page import Page
from postroom.model.trained_model import ModelId, ModelState, TrainedModel

ROUTER = router("/models", "models")


class ModelBody(BaseModel):
    """A version of the classifier."""

    id: ModelId
    name: str = Field(description="What classifications carry: `linear@1a2b3c4d`.")
    checksum: str = Field(description="The SHA-256 of its manifest.")
    seed: int
    examples: int = Field(description="How many examples it was made of.")
    by: str
    created_at: datetime
    state: ModelState
    promoted_at: datetime | None
    replaced: ModelId | None = Field(description="The model that it took the place of: rolling back goes there.")
    categories: tuple[str, ...] = Field(description="Which categories it tells apart.")
    figures: dict[str, JsonValue] = Field(
        description="What it scored on held-out reviewed mail, beside the model that was in use then; lists of single "
        "mails and confusions are only there where one model is read."
    )


class RolledBackBody(BaseModel):
    """What was rolled back, and what is in use now."""

    before: ModelBody | None = Field(description="Null: the model that came with the installation.")
    now: ModelBody | None = Field(description="Null: the model that came with the installation.")


@ROUTER.get("")
async def list_models(_caller: Reader, office: OfficeHere, after: After = None, limit: Limit = 50) -> Page[ModelBody]:
    """List the models that were trained, newest first; that of the installation is not among them."""
    found = await office.stores.models.list(after=after, limit=limit)
    return Page(rows=tuple(_row(one) for one in found.rows), next_cursor=found.next_cursor)


@ROUTER.post("/rollback", responses=problems(409))
async def roll_back_model(request: Request, caller: Configurer, office: OfficeHere) -> RolledBackBody:
    """Undo the last promotion, and again the one before that; running processes follow within seconds."""
    workshop = await office.models.workshop(office.desk(caller))
    before, now = await models.roll_back(workshop)
    note_subject(request, before.id if before else models.STARTER)
    note_detail(request, f"now {now.id}" if now else "now the one of the installation")
    office.wake()
    was = await office.stores.models.get(before.id) if before else None
    return RolledBackBody(before=_row(was) if was else None, now=_row(now) if now else None)


@ROUTER.get("/{model_id}", responses=problems(404))
async def get_model(model_id: ModelId, _caller: Reader, office: OfficeHere) -> ModelBody:
    """Read one model with all its figures."""
    return _body(await office.stores.models.get(model_id))


@ROUTER.post("/{model_id}/promote", status_code=status.HTTP_202_ACCEPTED, responses=problems(404, 409))
async def promote_model(model_id: ModelId, request: Request, caller: Configurer, office: OfficeHere) -> JobBody:
    """Ask for a model to be put in use: a job judges reviewed mail again with it before, which takes minutes.

    The id `starter` is the model that came with the installation.
    """
    job = await models.order_promotion(office.desk(caller), model_id)
    note_subject(request, model_id)
    note_detail(request, job.id)
    return job_body(job)


def _row(model: TrainedModel) -> ModelBody:
    figures = {name: value for name, value in model.figures.items() if not isinstance(value, list)}
    return _body(replace(model, figures=figures))


def _body(model: TrainedModel) -> ModelBody:
    return ModelBody.model_validate(model, from_attributes=True)
