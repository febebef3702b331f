"""Judgements: which decisions of a model were right."""

from collections.abc import Sequence
from typing import Protocol

from postroom.model.judgement import Judgement


class Judgements(Protocol):
    """Keeps one judgement for each example, model and responder."""

    async def put(self, judgements: Sequence[Judgement]) -> None:
        """Store or replace them, all or none; a live one is replaced by a live one only."""
        ...

    async def of_model(self, model: str, *, limit: int = 10_000) -> tuple[Judgement, ...]:
        """Return the newest `limit` judgements of a model, newest first."""
        ...

    async def fair_of_model(self, model: str, *, limit: int = 10_000) -> tuple[Judgement, ...]:
        """Return the newest `limit` of those that are `fair`, newest first: however many others there are."""
        ...

    async def ordinal_of(self, way: str) -> int:
        """Return the how-manieth it is, from 1, of all ways to decide that were ever asked for here; it stays that."""
        ...

    async def models(self, *, limit: int = 50) -> tuple[str, ...]:
        """Return the names of models that have judgements, the one that was judged last first."""
        ...
