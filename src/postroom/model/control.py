"""Controls: what a person wants of an execution, and a process that can do it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from postroom.model.execution import ExecutionId


class Wish(StrEnum):
    """What may be asked of an execution."""

    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    RETRY = "retry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A wish for one execution, who asked and when (UTC)."""

    execution_id: ExecutionId
    wish: Wish
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A running Postroom: its executor id, its host and process number, and its last heart-beat (UTC)."""

    executor_id: str
    host: str
    pid: int
    beat_at: datetime
