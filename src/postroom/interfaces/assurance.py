"""What decides how sure a draft must be before it may go out by itself."""

from dataclasses import dataclass
from typing import Protocol

from postroom.model.classification import Classification
from postroom.model.execution import ExecutionId
from postroom.model.mailbox import Mailbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """From which probability (0..1) on a draft may go out by itself; None with the `doubt` in words: never now.

    `automation` tells whether any mail of the mailbox goes out by itself now, be it of other categories.
    """

    threshold: float | None
    doubt: str = ""
    automation: bool = False


class Assurance(Protocol):
    """Knows for which categories the promise can be kept, and follows what people judge meanwhile."""

    def ruling(self, mailbox: Mailbox, classification: Classification) -> Ruling:
        """Return the ruling for mail of a mailbox with these labels; computes nothing that takes time."""
        ...

    def drawn(self, execution_id: ExecutionId) -> bool:
        """Return whether an execution belongs to the random share that people judge afterwards."""
        ...
