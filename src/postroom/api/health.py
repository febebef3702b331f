"""Health: whether this process lives and can work, for load balancers, and its metrics, for Prometheus."""

import asyncio
from enum import StrEnum
from functools import partial

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, Field

from postroom.actions.status import living
from postroom.api.access import Reader
from postroom.api.brief import brief_of
from postroom.api.meter import Tally
from postroom.api.metrics import Counts, counts, exposition
from postroom.api.office import Office, OfficeHere
from postroom.api.problem import problems
from postroom.errors import PostroomError

ROUTER = APIRouter(tags=["health"])
CHECK_SECONDS = 5.0
COUNTED_EVERY_SECONDS = 2.0


class Health(StrEnum):
    """Whether something works."""

    OK = "ok"
    FAILED = "failed"


class LivenessBody(BaseModel):
    """That the process answers."""

    status: Health = Field(description="Always ok.")


class ReadinessBody(BaseModel):
    """Whether it can work, and each part of it; the log says why not."""

    status: Health = Field(description="ok where every part is.")
    store: Health = Field(description="Whether the store can be used.")
    engine: Health = Field(description="Whether a process that runs the engine gave a sign within 20 s.")


@ROUTER.get("/health/live")
async def get_liveness() -> LivenessBody:
    """Say that the process answers; looks at nothing else."""
    return LivenessBody(status=Health.OK)


@ROUTER.get("/health/ready", responses={503: {"model": ReadinessBody, "description": "Some part does not work."}})
async def get_readiness(request: Request, response: Response, office: OfficeHere) -> ReadinessBody:
    """Say whether the store can be used and the engine runs; looks once a second at most."""
    found = await brief_of(request, "readiness", partial(_readiness, office)).get()
    if found.status is not Health.OK:
        response.status_code = 503
    return found


@ROUTER.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **problems(401, 403, 503)},
)
async def get_metrics(request: Request, office: OfficeHere, caller: Reader) -> Response:
    """Metrics in the text format of Prometheus; the store is counted every two seconds at most."""
    del caller
    found: Counts = await brief_of(
        request, "counts", partial(counts, office.stores, office.clock, office.purse), seconds=COUNTED_EVERY_SECONDS
    ).get()
    tally: object = getattr(request.app.state, "tally", None)
    text = exposition(found, office, tally if isinstance(tally, Tally) else None)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


async def _readiness(office: Office) -> ReadinessBody:
    store, engine = Health.OK, Health.FAILED
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await office.stores.connection.check()
            if await living(office.stores, office.clock):
                engine = Health.OK
    except (PostroomError, TimeoutError):
        store = Health.FAILED
    status = Health.OK if Health.FAILED not in (store, engine) else Health.FAILED
    return ReadinessBody(status=status, store=store, engine=engine)
