"""`/training`: a new model from everything people said, as a job."""

from typing import Annotated

from fastapi import Request, status
from pydantic import BaseModel, ConfigDict, Field

from postroom.actions.training import Promotion, TrainingOrder, order_training
from postroom.api.access import Configurer
from postroom.api.audit import note_subject
from postroom.api.jobs import JobBody, job_body
from postroom.api.office import OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import router
from postroom.api.written import PLAIN_NUMBER

ROUTER = router("/training", "jobs")


class TrainingForm(BaseModel):
    """How a model is trained, and when it takes the place of the one in use."""

    model_config = ConfigDict(extra="forbid")

    seed: Annotated[int, Field(ge=0, le=2**31 - 1), PLAIN_NUMBER] = Field(
        default=0, description="The same data and seed give the same model."
    )
    promotion: Promotion = Field(
        default=Promotion.IF_BETTER, description="By default only where it is better on mail that neither has learnt."
    )


@ROUTER.post("", status_code=status.HTTP_202_ACCEPTED, responses=problems(409))
async def create_training(
    request: Request, caller: Configurer, office: OfficeHere, body: TrainingForm | None = None
) -> JobBody:
    """Ask for a training; the job tells how far it is and, when it has ended, how the new model compares."""
    told = body or TrainingForm()
    job = await order_training(office.desk(caller), TrainingOrder(seed=told.seed, promotion=told.promotion))
    note_subject(request, job.id)
    return job_body(job)
