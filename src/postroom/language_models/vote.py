"""A vote: what a language model takes an e-mail for. It counts beside a local classifier, never in its place."""

from dataclasses import dataclass
from typing import Protocol

from postroom.language_models.prompt import Abstention, Usage
from postroom.model.email import Email


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """The labels; `probability` (0..1) is the model's own word for the category, which nothing has calibrated."""

    category: str
    priority: str
    sentiment: str
    probability: float
    usage: Usage


class Voter(Protocol):
    """Who can be asked for a vote."""

    @property
    def name(self) -> str:
        """The model and the version of what it is asked."""
        ...

    async def vote(self, email: Email) -> Vote | Abstention:
        """Return the vote on `email`, or why there is none; raises nothing."""
        ...
