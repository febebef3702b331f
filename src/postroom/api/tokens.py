"""API tokens: lasting secrets for programs."""

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from postroom.actions.tokens import (
    Maker,
    ShownToken,
    TokenWish,
    make_token,
    revoke_any_token,
    revoke_own_token,
    shown_token,
    tokens,
)
from postroom.api.access import Administrator, Anybody
from postroom.api.audit import note_subject
from postroom.api.caller import Caller
from postroom.api.moment import Moment
from postroom.api.office import Office, OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import After, Limit, router
from postroom.errors import NotFoundError
from postroom.model.credential import CredentialKind
from postroom.model.page import Page
from postroom.model.user import Permission

ROUTER = router("/tokens", "tokens")


class NewTokenBody(BaseModel):
    """What a token shall be called and what it may do."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(
        min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$", description="What it is for, for people."
    )
    scopes: list[Permission] = Field(
        min_length=1, max_length=len(Permission), description="What it may do: at most what the caller may do."
    )
    expires_at: Moment | None = Field(
        default=None, description="Until when it can be used, at most a year from now; null: until it is revoked."
    )


class MadeTokenBody(BaseModel):
    """A token and its secret, which is shown this once."""

    token: ShownToken
    secret: str = Field(description="Programs send it as `Authorization: Bearer SECRET`; it cannot be had again.")


@ROUTER.get("")
async def list_tokens(caller: Anybody, office: OfficeHere, after: After = None, limit: Limit = 50) -> Page[ShownToken]:
    """List one's own tokens, newest first."""
    return await tokens(office.stores, caller.user_id, after=after, limit=limit)


@ROUTER.get("/all")
async def list_all_tokens(
    _: Administrator, office: OfficeHere, after: After = None, limit: Limit = 50
) -> Page[ShownToken]:
    """List the tokens of all users, newest first."""
    return await tokens(office.stores, None, after=after, limit=limit)


@ROUTER.post("", status_code=201, responses=problems(409))
async def make_api_token(request: Request, body: NewTokenBody, caller: Anybody, office: OfficeHere) -> MadeTokenBody:
    """Make a token. One that is made with a token ends with that at the latest."""
    note_subject(request, body.name)
    wish = TokenWish(name=body.name, scopes=tuple(body.scopes), expires_at=body.expires_at)
    token, secret = await make_token(office.desk(caller), await _maker(caller, office), wish)
    return MadeTokenBody(token=shown_token(token), secret=secret)


@ROUTER.delete("/{token_id}", status_code=204, responses=problems(404))
async def revoke_token(token_id: str, caller: Anybody, office: OfficeHere) -> None:
    """Revoke a token: one's own, or as an administrator anybody's."""
    try:
        await revoke_own_token(office.stores, caller.user_id, token_id)
    except NotFoundError:
        if Permission.ADMINISTER not in caller.permissions:
            raise
        await revoke_any_token(office.stores, token_id)


async def _maker(caller: Caller, office: Office) -> Maker:
    until = None
    if caller.credential_kind is CredentialKind.TOKEN:
        used = await office.stores.credentials.find(caller.credential_kind, caller.digest)
        until = used.expires_at if used else office.clock.now()
    return Maker(user_id=caller.user_id, permissions=caller.permissions, until=until)
