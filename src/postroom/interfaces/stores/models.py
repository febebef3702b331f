"""Trained models: which there are, and which one is in use."""

from datetime import datetime
from typing import Protocol

from postroom.model.page import Page
from postroom.model.trained_model import ModelChange, ModelId, TrainedModel


class Models(Protocol):
    """Keeps the versions of the classifier; at most one is in use."""

    async def add(self, model: TrainedModel) -> bool:
        """Store a candidate; False where its id is taken."""
        ...

    async def get(self, model_id: ModelId) -> TrainedModel:
        """Return one model.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def list(self, *, after: str | None = None, limit: int = 50) -> Page[TrainedModel]:
        """Return models, newest first."""
        ...

    async def in_use(self) -> TrainedModel | None:
        """Return the model in use; None where the one that came with the installation is."""
        ...

    async def promote(
        self, model_id: ModelId | None, *, instead_of: ModelId | None, at: datetime, by: str = ""
    ) -> bool:
        """Compare-and-set: put it in use where `instead_of` is; else False, and where it is in use already.

        None stands for the model that came with the installation. The one before becomes replaced, and the new one
        remembers it.
        """
        ...

    async def roll_back(self, model_id: ModelId | None, *, at: datetime, by: str = "") -> bool:
        """Compare-and-set: where `model_id` is in use, put in use again what was before it; else, or at the end, False.

        Each roll-back goes one promotion further back, whichever models were promoted how often.
        """
        ...

    async def history(self, *, after: str | None = None, limit: int = 50) -> Page[ModelChange]:
        """Return every promotion and roll-back, newest first."""
        ...

    async def changes(self) -> int:
        """Return a number that grows with every promotion and rolling back."""
        ...
