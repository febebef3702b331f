"""An assurance that says what the test wants, for tests that are about other things."""

from dataclasses import dataclass

from postroom.interfaces.assurance import Ruling
from postroom.model.classification import Classification
from postroom.model.draft import Draft
from postroom.model.execution import ExecutionId
from postroom.model.mailbox import Mailbox


@dataclass(kw_only=True)
class FixedAssurance:
    """Every draft may go out by itself that its node is sure of, and none is audited, unless the test says else."""

    threshold: float | None = 0.0
    doubt: str = ""
    automation: bool = True
    audits: bool = False
    generated: bool = False

    def ruling(self, mailbox: Mailbox, classification: Classification, draft: Draft) -> Ruling:
        return Ruling(threshold=self.threshold, doubt=self.doubt, automation=self.automation)

    def generates(self, mailbox: Mailbox) -> bool:
        return self.generated

    def drawn(self, execution_id: ExecutionId) -> bool:
        return self.audits
