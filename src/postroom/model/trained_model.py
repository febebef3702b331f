"""A trained model: a version of the classifier, what it was trained on, and how well it did."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from postroom.model.workflow import JsonValue

ModelId = NewType("ModelId", str)


class ModelState(StrEnum):
    """Where a model stands: tried, in use, or replaced. One at most is in use."""

    CANDIDATE = "candidate"
    IN_USE = "in_use"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedModel:
    """A version of the classifier; its files lie in the folder of models under its id.

    `name` is what classifications carry (`ensemble@1a2b3c4d`), `checksum` is the SHA-256 of its manifest. `figures`
    are what it scored on held-out reviewed mail, beside the model that was in use then. `categories` are those that it
    tells apart (none: nobody noted them). `replaced` is the model that
    it took the place of: rolling back goes there. Times are UTC.
    """

    id: ModelId
    name: str
    checksum: str
    seed: int
    examples: int
    by: str
    created_at: datetime
    state: ModelState = ModelState.CANDIDATE
    promoted_at: datetime | None = None
    replaced: ModelId | None = None
    figures: Mapping[str, JsonValue]
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChange:
    """One change of the model in use: which one was put in use, when (UTC) and by whom (empty: nobody noted it).

    None stands for the model that came with the installation. Rolling back goes to `replaced`, and nowhere where both
    are None. `rolled_back` tells that somebody went back.
    """

    model_id: ModelId | None
    replaced: ModelId | None
    at: datetime
    by: str
    rolled_back: bool = False
