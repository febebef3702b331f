"""A notification: what a person is told at once."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How loud a notification is."""

    INFO = "info"
    URGENT = "urgent"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A title, one line of text, and ids to follow; `key` is the same when the same thing is told twice."""

    key: str
    severity: Severity
    title: str
    text: str
    email_id: str = ""
    execution_id: str = ""
