"""What decides how sure a draft must be before it may go out by itself."""

import math
from dataclasses import dataclass
from typing import Protocol

from postroom.model.classification import Classification
from postroom.model.draft import Draft
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

    def doubt_about(self, draft: Draft) -> str | None:
        """Return in words why a draft must not go out by itself, None where it may."""
        if self.threshold is None:
            return self.doubt or "nothing is guaranteed"
        if not is_sure(draft.probability, self.threshold):
            return f"below the guaranteed {self.threshold:.2f}"
        return None if draft.passages else "no passage supports it"


class Assurance(Protocol):
    """Knows for which categories the promise can be kept, and follows what people judge meanwhile."""

    def ruling(self, mailbox: Mailbox, classification: Classification, draft: Draft) -> Ruling:
        """Return the ruling for a draft to mail of a mailbox with these labels; computes nothing that takes time.

        What was proven of those who labelled and drafted counts, and of the mail that the draft says it answers: real
        or generated.
        """
        ...

    def generates(self, mailbox: Mailbox) -> bool:
        """Return whether the mail of a mailbox is the made-up shop's now: for the draft to say so ever after."""
        ...

    def drawn(self, execution_id: ExecutionId) -> bool:
        """Return whether an execution belongs to the random share that people judge afterwards."""
        ...


def is_sure(probability: float, threshold: float) -> bool:
    """Return whether a probability reaches a threshold; what is no finite number never does."""
    return math.isfinite(probability) and probability >= threshold
