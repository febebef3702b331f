"""A user: a person who may use the API and the web page, with one of three roles."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

UserId = NewType("UserId", str)


class Role(StrEnum):
    """What a person is here for: to set everything up, to work on the mail, or to look."""

    ADMIN = "admin"
    AGENT = "agent"
    VIEWER = "viewer"


class Permission(StrEnum):
    """What an act needs; also the scopes of API tokens.

    `read` sees everything but users and the audit log; `decide` answers reviews, writes notes and controls single
    executions; `operate` pauses workflows and stops sending; `configure` changes workflows, mailboxes and settings;
    `administer` is about users and the audit log.
    """

    READ = "read"
    DECIDE = "decide"
    OPERATE = "operate"
    CONFIGURE = "configure"
    ADMINISTER = "administer"


PERMISSIONS = {
    Role.VIEWER: frozenset({Permission.READ}),
    Role.AGENT: frozenset({Permission.READ, Permission.DECIDE, Permission.OPERATE}),
    Role.ADMIN: frozenset(Permission),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person; `name` is what they log in with and what logs show (small letters, unique).

    `password_hash` is an argon2 hash in its own encoding, empty where no password was ever set. Who is `disabled` can
    do nothing. Times are UTC; `revision` counts the changes.
    """

    id: UserId
    name: str
    display_name: str
    role: Role
    created_at: datetime
    updated_at: datetime
    password_hash: str = ""
    disabled: bool = False
    revision: int = 0
