"""The caller: who a request comes from, and what they may do."""

from dataclasses import dataclass, field

from postroom.model.credential import CredentialId, CredentialKind
from postroom.model.user import Permission, Role, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A user as known by a credential; `permissions` are those of the role, within the scopes of a token.

    `digest` is that of the credential that has to stay valid: for a ticket, of the session or token it was made with,
    and of that kind `credential_kind` and `credential_id` speak, too.
    """

    user_id: UserId
    name: str
    role: Role
    permissions: frozenset[Permission]
    credential_id: CredentialId
    credential_kind: CredentialKind
    digest: str = field(default="", repr=False)
