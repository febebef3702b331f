"""What a classifier promises, and which of several is in use."""

from collections.abc import Mapping
from typing import Protocol

from postroom.model.classification import Classification
from postroom.model.email import Email

IN_USE = "in_use"
"""The name under which the classifier lies that people promoted, else the one that came with the installation."""


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


def classifier_in_use(classifiers: Mapping[str, Classifier]) -> Classifier | None:
    """Return the classifier in use, or the only one there is; None where there are none."""
    return classifiers.get(IN_USE) or (next(iter(classifiers.values())) if len(classifiers) == 1 else None)
