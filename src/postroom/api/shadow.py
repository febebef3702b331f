"""`/shadow`: how drafts of mode observe compare with what people really answered."""

from typing import Annotated

from fastapi import Query

from postroom.actions.shadow import ShadowSummary, shadow_summary
from postroom.actions.summary import Stretch
from postroom.api.access import Reader
from postroom.api.moment import Moment
from postroom.api.office import OfficeHere
from postroom.api.routing import router
from postroom.api.written import NO_NUL
from postroom.model.email import MailboxId

ROUTER = router("/shadow", "shadow")


@ROUTER.get("")
async def get_shadow(
    office: OfficeHere,
    _caller: Reader,
    since: Annotated[Moment | None, Query(description="Without it seven days before `until`.")] = None,
    until: Annotated[Moment | None, Query(description="Without it now; at most 366 days after `since`.")] = None,
    mailbox_id: Annotated[
        str | None, Query(max_length=400, pattern=NO_NUL, description="Without it all mailboxes.")
    ] = None,
) -> ShadowSummary:
    """Read how drafts that were only observed agree with people's answers, by category and mailbox."""
    mailbox = MailboxId(mailbox_id) if mailbox_id is not None else None
    stretch = Stretch(since=since, until=until, mailbox_id=mailbox)
    return await shadow_summary(office.stores, office.clock, office.models.in_use(), stretch)
