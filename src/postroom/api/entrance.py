"""The entrance: what log-in and invitations share of letting a browser in."""

from fastapi import Request, Response
from pydantic import BaseModel, Field

from postroom.actions.sessions import LONGEST, Entrance, leave_session
from postroom.actions.users import ShownUser, shown_user
from postroom.api.audit import Stranger, note_stranger
from postroom.api.identify import cookie_name
from postroom.api.office import Office
from postroom.api.own_site import sent_by_another_page
from postroom.api.problem import CallError
from postroom.model.credential import CredentialKind
from postroom.model.user import PERMISSIONS, Permission

MOST_BROWSER_CHARS = 200


class WhoBody(BaseModel):
    """Who is logged in, how, and what they may do so."""

    user: ShownUser
    permissions: list[Permission] = Field(description="What the caller may do: the role, within the scopes of a token.")
    credential: CredentialKind = Field(description="How the caller is known: `session` or `token`.")
    credential_id: str = Field(description="The id of the session or token.")


def require_no_other_site(request: Request, office: Office) -> None:
    """Pass where no page of another site sent this; it could log somebody in under a name that is not theirs.

    Raises:
        CallError: 403.
    """
    if sent_by_another_page(request, office):
        raise CallError(403, "The request came from another site.", hint="Use the page that Postroom serves.")


async def let_in(request: Request, response: Response, office: Office, entrance: Entrance) -> WhoBody:
    """Give the browser its new session, end the one it came with, and note that somebody came in."""
    await leave_session(office.stores, request.cookies.get(cookie_name(office), ""))
    response.set_cookie(
        cookie_name(office),
        entrance.secret,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        secure=office.secure,
        httponly=True,
        samesite="strict",
    )
    user = entrance.user
    credential = f"{CredentialKind.SESSION.value} {entrance.session.id}"
    await note_stranger(request, office, Stranger(name=user.name, status=201, user_id=user.id, credential=credential))
    return WhoBody(
        user=shown_user(user),
        permissions=sorted(PERMISSIONS[user.role]),
        credential=CredentialKind.SESSION,
        credential_id=entrance.session.id,
    )


def let_out(response: Response, office: Office) -> None:
    """Take the session cookie from the browser."""
    response.delete_cookie(cookie_name(office), path="/", secure=office.secure, httponly=True, samesite="strict")


def browser_of(request: Request) -> str:
    """Return what the browser calls itself, short and printable."""
    named = request.headers.get("user-agent", "")[:MOST_BROWSER_CHARS]
    return "".join(letter if letter.isprintable() else " " for letter in named)
