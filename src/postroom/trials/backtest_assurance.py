"""What may go out by itself in a trial as long as no guarantee lets anything out: what is assumed."""

from collections.abc import Collection

from postroom.interfaces.assurance import Ruling
from postroom.model.classification import Classification
from postroom.model.execution import ExecutionId
from postroom.model.mailbox import Mailbox


class AssumedAssurance:
    """Drafts from `threshold` (0..1) on go out, save those of categories that are `kept_for_people`."""

    def __init__(self, threshold: float, kept_for_people: Collection[str] = ()) -> None:
        self._threshold = threshold
        self._kept = frozenset(kept_for_people)

    def ruling(self, mailbox: Mailbox, classification: Classification) -> Ruling:
        """Return the ruling for mail with these labels."""
        del mailbox
        category = classification.category.name
        if category in self._kept:
            doubt = f"people keep the category {category} for themselves"
            return Ruling(threshold=None, doubt=doubt, automation=True)
        return Ruling(threshold=self._threshold, automation=True)

    def drawn(self, execution_id: ExecutionId) -> bool:
        """Return False: what was not sent cannot be audited."""
        del execution_id
        return False
