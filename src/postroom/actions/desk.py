"""The desk: where a person acts on the stores."""

from dataclasses import dataclass

from postroom.interfaces.clock import Clock
from postroom.interfaces.stores import Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What an act needs: the stores, the clock, and who acts (a name for the log)."""

    stores: Stores
    clock: Clock
    by: str
