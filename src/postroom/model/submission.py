"""A submission: what somebody asked for under a key of their own, so that asking again does nothing again."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """The plan made of the first request under `key`; `fingerprint` tells whether a later one asks for the same.

    `plan` is JSON text. Carrying it out twice changes nothing, so it is kept before it is carried out.
    """

    key: str
    fingerprint: str
    plan: str
    at: datetime
