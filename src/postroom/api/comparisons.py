"""`/comparisons`: which decisions flip between two workflow versions or two models, over past mail, as a job."""

from fastapi import Request, status
from pydantic import BaseModel, ConfigDict, Field

from postroom.actions.trials import order_comparison
from postroom.api.access import Operator
from postroom.api.audit import note_subject
from postroom.api.jobs import JobBody, job_body
from postroom.api.office import OfficeHere
from postroom.api.past_mail import PastMailForm, SideName, WorkflowVersionName
from postroom.api.past_mail_files import files_of
from postroom.api.problem import problems
from postroom.api.routing import router
from postroom.trials.order import CompareOrder

ROUTER = router("/comparisons", "jobs")


class ComparisonForm(BaseModel):
    """Which two sides are compared, and on which mail."""

    model_config = ConfigDict(extra="forbid")

    mail: PastMailForm
    before: SideName
    after: SideName
    workflow: WorkflowVersionName | None = Field(
        default=None, description="The workflow that models are tried with; null: the mailbox's."
    )


@ROUTER.post("", status_code=status.HTTP_202_ACCEPTED, responses=problems(404, 409))
async def create_comparison(request: Request, body: ComparisonForm, caller: Operator, office: OfficeHere) -> JobBody:
    """Ask for a comparison; the job tells how far it is and, when it has ended, what flips node by node."""
    order = CompareOrder(
        mail=await body.mail.order(files_of(office, caller)),
        before=body.before,
        after=body.after,
        workflow=body.workflow or "",
    )
    desk = office.desk(caller)
    job = await order_comparison(desk, order, office.setup(desk).fence)
    note_subject(request, job.id)
    return job_body(job)
