"""An account: how a mailbox is read, how replies are sent, or how people are told, with its secrets sealed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from postroom.model.workflow import JsonValue


class AccountFamily(StrEnum):
    """What an account is for. A receiver has the name of its mailbox."""

    RECEIVER = "receiver"
    SENDER = "sender"
    NOTIFIER = "notifier"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The settings of one plug-in of kind `kind`: `values` as they are, `sealed` its secrets, encrypted, by name.

    (`family`, `name`) is unique; `revision` counts the changes. Times are UTC. `generation` is another one whenever the
    account leads to another place: another server, user, folder, file or kind (empty: older than this).
    """

    family: AccountFamily
    name: str
    kind: str
    values: Mapping[str, JsonValue]
    sealed: Mapping[str, str]
    created_at: datetime
    updated_at: datetime
    revision: int = 0
    generation: str = ""
