"""Summary: how well the mail of a stretch of time is being answered."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from postroom.actions.summary import Stretch, SummaryNow, summary_of
from postroom.api.access import Reader
from postroom.api.moment import Moment
from postroom.api.office import OfficeHere
from postroom.api.routing import router
from postroom.language_models.budget import SpentToday
from postroom.model.email import MailboxId
from postroom.model.summary import Backlog, DayVolume

ROUTER = router("/summary", "summary")


class SummaryBody(BaseModel):
    """The figures of a stretch of time, and the questions to people that are open now."""

    since: datetime = Field(description="E-mails received from then on count (UTC).")
    until: datetime = Field(description="… up to, not including, then (UTC).")
    received: int = Field(description="E-mails received.")
    results: Mapping[str, int] = Field(
        description="Executions by final state, those under way by status; history and dry runs do not count."
    )
    answered_automatically: int = Field(description="E-mails whose first sent reply a machine gave.")
    answered_by_person: int = Field(description="E-mails whose first sent reply a person gave.")
    automation_rate: float | None = Field(
        description="answered_automatically divided by the e-mails received that machines did not write (received "
        "minus results.ignored_automatic), 0 to 1; null where there are none. E-mails not answered yet count as not "
        "automated."
    )
    first_reply_p50_seconds: float | None = Field(
        description="Within which time half of the first replies were accepted by a server, from receipt; null: none."
    )
    first_reply_p95_seconds: float | None = Field(description="The same for 95 of 100.")
    categories: Mapping[str, int] = Field(description="E-mails by category.")
    days: tuple[DayVolume, ...] = Field(description="Each day (UTC) with its volume.")
    backlog: Backlog = Field(description="The questions to people now, of all mailboxes.")
    language_model: SpentToday | None = Field(
        description="What the language model has cost today, in millionths of the currency of its prices; at its limit "
        "nothing more is asked until midnight UTC, and local models go on alone. Null: none is asked."
    )


@ROUTER.get("")
async def get_summary(
    office: OfficeHere,
    caller: Reader,
    since: Annotated[Moment | None, Query(description="Without it seven days before `until`.")] = None,
    until: Annotated[Moment | None, Query(description="Without it now; at most 366 days after `since`.")] = None,
    mailbox_id: Annotated[str | None, Query(max_length=400, description="Without it all mailboxes.")] = None,
) -> SummaryBody:
    """How many e-mails were received in a stretch of time, what became of them, and how fast."""
    del caller
    mailbox = MailboxId(mailbox_id) if mailbox_id is not None else None
    stretch = Stretch(since=since, until=until, mailbox_id=mailbox)
    found = await summary_of(office.stores, office.clock, stretch)
    return _body(found, await office.spent_today())


def _body(found: SummaryNow, spent: SpentToday | None) -> SummaryBody:
    summary = found.summary
    return SummaryBody(
        since=summary.since,
        until=summary.until,
        received=summary.received,
        results=summary.results,
        answered_automatically=summary.answered_automatically,
        answered_by_person=summary.answered_by_person,
        automation_rate=summary.automation_rate,
        first_reply_p50_seconds=summary.first_reply_p50_seconds,
        first_reply_p95_seconds=summary.first_reply_p95_seconds,
        categories=summary.categories,
        days=summary.days,
        backlog=found.backlog,
        language_model=spent,
    )
