"""An audit entry: who did what, to what, when, from where, and whether it was allowed."""

from dataclasses import dataclass
from datetime import datetime

from postroom.model.user import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One act through the API. `act` is its operation, as `approve_review`; `subject` what it was done to, as `ex_1/2`.

    `by` is the name of the user then (what was typed, where a log-in failed). `status` is the HTTP status it ended
    with; `address` where it came from, empty where that is not known; `credential` how the user was known (`session
    se_…`, `token tk_…`); `detail` what else there is to say of it: a role that was given, whom a letter will go to. No
    field holds mail text or secrets. Times are UTC.
    """

    id: str
    at: datetime
    user_id: UserId | None
    by: str
    act: str
    subject: str
    status: int
    address: str
    credential: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries to show; None does not narrow. `since` is included, `until` is not."""

    by: str | None = None
    act: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None
