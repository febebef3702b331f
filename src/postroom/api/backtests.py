"""`/backtests`: a workflow version tried on past mail, without side effects, as a job."""

from typing import Annotated

from fastapi import Request, status
from pydantic import BaseModel, ConfigDict, Field

from postroom.actions.trials import order_backtest
from postroom.api.access import Operator
from postroom.api.audit import note_subject
from postroom.api.jobs import JobBody, job_body
from postroom.api.office import OfficeHere
from postroom.api.past_mail import ModelName, PastMailForm, WorkflowVersionName
from postroom.api.past_mail_files import files_of
from postroom.api.problem import problems
from postroom.api.routing import router
from postroom.api.written import PLAIN_NUMBER
from postroom.trials.order import MINUTES_PER_ANSWER, SAMPLE, BacktestOrder, Minutes, SampleSize, Side

ROUTER = router("/backtests", "jobs")


class BacktestForm(BaseModel):
    """What is tried, and on which mail."""

    model_config = ConfigDict(extra="forbid")

    mail: PastMailForm
    workflow: WorkflowVersionName | None = Field(default=None, description="Null: the mailbox's.")
    model: ModelName | None = Field(default=None, description="The id of a trained model; null: the one in use.")
    minutes_per_answer: Annotated[Minutes, PLAIN_NUMBER] = Field(
        default=MINUTES_PER_ANSWER, description="What answering a mail costs a person: the time saved rests on it."
    )
    sample: Annotated[SampleSize, PLAIN_NUMBER] = Field(
        default=SAMPLE, description="How many replies that would have been sent the report shows."
    )


@ROUTER.post("", status_code=status.HTTP_202_ACCEPTED, responses=problems(404, 409))
async def create_backtest(request: Request, body: BacktestForm, caller: Operator, office: OfficeHere) -> JobBody:
    """Ask for a back-test; the job tells how far it is and, when it has ended, what came of it."""
    order = BacktestOrder(
        mail=await body.mail.order(files_of(office, caller)),
        side=Side(workflow=body.workflow or "", model=body.model or ""),
        minutes_per_answer=body.minutes_per_answer,
        sample=body.sample,
    )
    desk = office.desk(caller)
    job = await order_backtest(desk, order, office.setup(desk).fence)
    note_subject(request, job.id)
    return job_body(job)
