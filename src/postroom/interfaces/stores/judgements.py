"""Judgements: which decisions of a model were right."""

from collections.abc import Sequence
from typing import Protocol

from postroom.model.judgement import Judgement


class Judgements(Protocol):
    """Keeps one judgement for each example and model."""

    async def put(self, judgements: Sequence[Judgement]) -> None:
        """Store or replace them, all or none; a live one is replaced by a live one only."""
        ...

    async def of_model(self, model: str, *, limit: int = 10_000) -> tuple[Judgement, ...]:
        """Return the newest `limit` judgements of a model, newest first."""
        ...

    async def models(self, *, limit: int = 50) -> tuple[str, ...]:
        """Return the names of models that have judgements, the one that was judged last first."""
        ...
