"""What may go out by itself in a trial as long as no guarantee lets anything out: what is assumed."""

from collections.abc import Callable

from postroom.interfaces.assurance import Ruling
from postroom.model.classification import Classification
from postroom.model.draft import Draft
from postroom.model.execution import ExecutionId
from postroom.model.mailbox import Mailbox


class AssumedAssurance:
    """Drafts from `threshold` (0..1) on go out, save those of categories that people want for themselves.

    `doubt_about` says in words why they want one, and nothing where they do not.
    """

    def __init__(self, threshold: float, doubt_about: Callable[[str], str] = lambda _: "") -> None:
        self._threshold = threshold
        self._doubt_about = doubt_about

    def ruling(self, mailbox: Mailbox, classification: Classification, draft: Draft) -> Ruling:
        """Return the ruling for mail with these labels."""
        del mailbox, draft
        doubt = self._doubt_about(classification.category.name)
        if doubt:
            return Ruling(threshold=None, doubt=doubt, automation=True)
        return Ruling(threshold=self._threshold, automation=True)

    def generates(self, mailbox: Mailbox) -> bool:
        """Return False: nothing is learnt from a trial."""
        del mailbox
        return False

    def drawn(self, execution_id: ExecutionId) -> bool:
        """Return False: what was not sent cannot be audited."""
        del execution_id
        return False
