"""Sessions: logging in and out with a browser, and one's own password."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from postroom.actions.credentials import revoke_own
from postroom.actions.desk import Desk
from postroom.actions.log_in import Attempt, TooManyAttemptsError, WrongPasswordError, is_worth_noting
from postroom.actions.log_in import log_in as let_through
from postroom.actions.passwords import LEAST_CHARS, MOST_CHARS
from postroom.actions.users import PasswordChange, change_own_password, shown_user
from postroom.api.access import Anybody, Person
from postroom.api.audit import MOST_NAME_CHARS, Stranger, address_of, note_stranger
from postroom.api.entrance import WhoBody, browser_of, let_in, let_out, require_no_other_site
from postroom.api.office import Office, OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import After, Limit, router
from postroom.errors import PostroomError
from postroom.model.credential import CredentialId, CredentialKind
from postroom.model.page import Page

ROUTER = router("/sessions", "sessions")


class LogInForm(BaseModel):
    """Name and password."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200, description="The name of the user; capitals do not matter.")
    password: SecretStr = Field(min_length=1, max_length=MOST_CHARS, description="The password.")


class PasswordChangeForm(BaseModel):
    """The password until now and the one from now."""

    model_config = ConfigDict(extra="forbid")

    old: SecretStr = Field(min_length=1, max_length=MOST_CHARS, description="The password until now.")
    new: SecretStr = Field(min_length=LEAST_CHARS, max_length=MOST_CHARS, description="The password from now.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSession:
    """A session as its owner may see it; `browser` is what that called itself, `last_used_at` right to a minute."""

    id: CredentialId
    browser: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    current: bool


@ROUTER.post("", status_code=201, responses=problems(401, 429))
async def log_in(request: Request, response: Response, body: LogInForm, office: OfficeHere) -> WhoBody:
    """Log in: the answer sets the session cookie.

    After ten attempts with one name from one address (fifty from an address, a hundred with a name) within a quarter
    of an hour the answer is 429.
    """
    require_no_other_site(request, office)
    attempt = Attempt(
        name=body.name,
        password=body.password.get_secret_value(),
        address=address_of(request),
        browser=browser_of(request),
    )
    desk = Desk(stores=office.stores, clock=office.clock, by=body.name[:MOST_NAME_CHARS])
    try:
        entrance = await let_through(desk, attempt, office.passwords)
    except (WrongPasswordError, TooManyAttemptsError) as error:
        await _note_refused(request, desk, office, error)
        raise
    return await let_in(request, response, office, entrance)


@ROUTER.get("/current")
async def get_current_session(caller: Anybody, office: OfficeHere) -> WhoBody:
    """Say who is logged in, and what they may do."""
    user = await office.stores.users.get(caller.user_id)
    return WhoBody(
        user=shown_user(user),
        permissions=sorted(caller.permissions),
        credential=caller.credential_kind,
        credential_id=caller.credential_id,
    )


@ROUTER.delete("/current", status_code=204)
async def log_out(response: Response, caller: Person, office: OfficeHere) -> None:
    """Log out: the session ends."""
    await office.stores.credentials.revoke(caller.credential_id)
    let_out(response, office)


@ROUTER.put("/current/password", status_code=204, responses=problems(409))
async def update_password(request: Request, body: PasswordChangeForm, caller: Person, office: OfficeHere) -> None:
    """Change one's own password; all other sessions and all tokens end."""
    change = PasswordChange(
        old=body.old.get_secret_value(), new=body.new.get_secret_value(), address=address_of(request)
    )
    desk, keep = office.desk(caller), caller.credential_id
    await change_own_password(desk, caller.user_id, change, keep=keep, passwords=office.passwords)


@ROUTER.get("")
async def list_sessions(
    caller: Person, office: OfficeHere, after: After = None, limit: Limit = 50
) -> Page[ShownSession]:
    """List one's own sessions, newest first; those that nobody used for long have ended, even if they are shown."""
    kind = CredentialKind.SESSION
    page = await office.stores.credentials.list(kind, caller.user_id, after=after, limit=limit)
    rows = tuple(
        ShownSession(
            id=one.id,
            browser=one.name,
            created_at=one.created_at,
            last_used_at=one.last_used_at,
            expires_at=one.expires_at,
            current=one.id == caller.credential_id,
        )
        for one in page.rows
    )
    return Page(rows=rows, next_cursor=page.next_cursor)


@ROUTER.delete("", status_code=204)
async def delete_other_sessions(caller: Person, office: OfficeHere) -> None:
    """End all of one's sessions but this one."""
    kinds = (CredentialKind.SESSION, CredentialKind.TICKET)
    await office.stores.credentials.revoke_all(caller.user_id, kinds, keep=caller.credential_id)


@ROUTER.delete("/{session_id}", status_code=204, responses=problems(404))
async def delete_session(session_id: str, caller: Person, office: OfficeHere) -> None:
    """End one of one's own sessions."""
    await revoke_own(office.stores, CredentialKind.SESSION, caller.user_id, session_id)


async def _note_refused(request: Request, desk: Desk, office: Office, error: PostroomError) -> None:
    floods = isinstance(error, TooManyAttemptsError)
    if not floods or await is_worth_noting(desk, address_of(request)):
        await note_stranger(request, office, Stranger(name=desk.by, status=error.http_status))
