"""A record: the line that the data logger writes for each e-mail when its execution ends."""

from dataclasses import dataclass
from datetime import datetime

from postroom.model.email import EmailId, MailboxId
from postroom.model.execution import ExecutionId


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What was decided about one e-mail, without its text. Times are UTC; probabilities 0..1."""

    execution_id: ExecutionId
    email_id: EmailId
    mailbox_id: MailboxId
    workflow: str
    version: int
    received_at: datetime
    recorded_at: datetime
    result: str
    category: str | None = None
    category_probability: float | None = None
    priority: str | None = None
    sentiment: str | None = None
    language: str | None = None
    article_ids: tuple[str, ...] = ()
    decided_by: str | None = None
