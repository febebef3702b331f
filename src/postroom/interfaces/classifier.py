"""What a classifier promises."""

from typing import Protocol

from postroom.model.classification import Classification
from postroom.model.email import Email


class Classifier(Protocol):
    """Labels an e-mail. Repeatable: the same e-mail and model give the same labels."""

    @property
    def name(self) -> str:
        """The implementation and its model version, as `linear@1a2b3c`."""
        ...

    async def classify(self, email: Email) -> Classification:
        """Return the four labels of `email`; never raises on odd text.

        Raises:
            PluginError: a remote model cannot be reached (retryable).
        """
        ...
