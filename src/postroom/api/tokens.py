"""API tokens: lasting secrets for programs."""

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from postroom.actions.credentials import revoke_any, revoke_own
from postroom.actions.tokens import ShownToken, TokenWish, make_token, shown_token, tokens
from postroom.api.access import Administrator, Anybody, Person
from postroom.api.audit import note_detail, note_subject
from postroom.api.identify import still_known
from postroom.api.moment import Moment
from postroom.api.office import OfficeHere
from postroom.api.problem import CallError, problems
from postroom.api.routing import After, Limit, router
from postroom.api.written import LINE
from postroom.errors import NotFoundError
from postroom.model.credential import CredentialKind
from postroom.model.page import Page
from postroom.model.user import Permission

ROUTER = router("/tokens", "tokens")


class NewTokenForm(BaseModel):
    """What a token shall be called and what it may do."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100, pattern=LINE, description="What it is for, for people.")
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
async def list_tokens(caller: Person, office: OfficeHere, after: After = None, limit: Limit = 50) -> Page[ShownToken]:
    """List one's own tokens, newest first."""
    return await tokens(office.stores, caller.user_id, after=after, limit=limit)


@ROUTER.get("/all")
async def list_all_tokens(
    _: Administrator, office: OfficeHere, after: After = None, limit: Limit = 50
) -> Page[ShownToken]:
    """List the tokens of all users, newest first."""
    return await tokens(office.stores, None, after=after, limit=limit)


@ROUTER.post("", status_code=201, responses=problems(409))
async def create_token(request: Request, body: NewTokenForm, caller: Person, office: OfficeHere) -> MadeTokenBody:
    """Make a token; only who has logged in can, so that no token outlives itself in another one."""
    note_detail(request, f"{body.name}: {', '.join(body.scopes)}")
    wish = TokenWish(name=body.name, scopes=tuple(body.scopes), expires_at=body.expires_at)
    made = await make_token(office.desk(caller), caller.user_id, wish, permissions=caller.permissions)
    note_subject(request, made.credential.id)
    if not await still_known(caller, office):
        # The session was ended while the token was made, perhaps together with all tokens that there were.
        await revoke_any(office.stores, CredentialKind.TOKEN, made.credential.id)
        raise CallError(401, "The session has ended.", hint="Log in again.")
    return MadeTokenBody(token=shown_token(made.credential), secret=made.secret)


@ROUTER.delete("/{token_id}", status_code=204, responses=problems(404))
async def delete_token(token_id: str, caller: Anybody, office: OfficeHere) -> None:
    """Revoke a token: one's own, or as an administrator anybody's. A token that may not administer ends only itself."""
    kind = CredentialKind.TOKEN
    if Permission.ADMINISTER in caller.permissions:
        await revoke_any(office.stores, kind, token_id)
    elif caller.credential_kind is kind and caller.credential_id != token_id:
        message = f"There is no token {token_id!r} that this one may revoke."
        raise NotFoundError(message, hint="A token may revoke itself; log in with name and password for others.")
    else:
        await revoke_own(office.stores, kind, caller.user_id, token_id)
