"""Trained models: which there are, and which one is in use."""

from datetime import datetime
from typing import Protocol

from postroom.model.page import Page
from postroom.model.trained_model import ModelId, TrainedModel


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

    async def promote(self, model_id: ModelId, *, instead_of: ModelId | None, at: datetime) -> bool:
        """Compare-and-set: put it in use where `instead_of` is (None: no model of the store); else False.

        The one before becomes replaced, and the new one remembers it.
        """
        ...

    async def roll_back(self, model_id: ModelId, *, at: datetime) -> bool:
        """Compare-and-set: where `model_id` is in use, put the one it replaced in use again (or none); else False."""
        ...

    async def changes(self) -> int:
        """Return a number that grows with every promotion and rolling back."""
        ...
