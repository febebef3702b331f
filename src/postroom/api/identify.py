"""Identification: who sent a request, by the session cookie of a browser or the bearer token of a program.

A request with a bearer token is judged by that alone. One with a cookie must come from our own page where it changes
something, as browsers send cookies along whoever asks them to.
"""

from fastapi import Request, WebSocket
from starlette.requests import HTTPConnection

from postroom.actions.credentials import digest_of, note_use
from postroom.actions.sessions import idle_limit, lives
from postroom.api.caller import Caller
from postroom.api.office import Office
from postroom.api.own_site import SAFE_METHODS, origin_is_ours, sent_by_own_page
from postroom.api.problem import CallError
from postroom.errors import NotFoundError
from postroom.model.credential import Credential, CredentialId, CredentialKind
from postroom.model.user import PERMISSIONS, User

COOKIE = "postroom_session"
SUBPROTOCOL = "postroom.v1"
TICKET_PREFIX = "ticket."

_HINT = "Log in, or send `Authorization: Bearer TOKEN`."


def cookie_name(office: Office) -> str:
    """Return the name of the session cookie; with https one that no other host can set (RFC 6265bis, __Host-)."""
    return f"__Host-{COOKIE}" if office.secure else COOKIE


async def identify(request: Request, office: Office) -> Caller:
    """Return who sent a request; with a session it counts only behind `require_own_page`.

    Raises:
        CallError: 401 where nobody is known.
    """
    token = bearer_of(request)
    return await _by_cookie(request, office) if token is None else await _by_token(token, office)


def require_own_page(request: Request, office: Office, caller: Caller) -> None:
    """Pass where a request changes nothing, comes from a program, or from our own page.

    Raises:
        CallError: 403, another site uses a session.
    """
    safe = request.method in SAFE_METHODS or caller.credential_kind is CredentialKind.TOKEN
    if not safe and not sent_by_own_page(request, office):
        raise CallError(
            403,
            "The request came from another site, or does not say from where.",
            hint="Use the page that Postroom serves; programs send `Authorization: Bearer TOKEN`.",
        )


async def identify_stream(websocket: WebSocket, office: Office) -> Caller:
    """Return who opens a live stream: by bearer token, by ticket, or by session cookie from our own page.

    A ticket comes as the subprotocols `["postroom.v1", "ticket.SECRET"]`; the answer is then `postroom.v1`.

    Raises:
        CallError: 401 where nobody is known; 403 where a session is used by another site.
    """
    token = bearer_of(websocket)
    if token is not None:
        return await _by_token(token, office)
    ticket = _ticket_of(websocket)
    if ticket is not None:
        return await _by_ticket(ticket, office)
    caller = await _by_cookie(websocket, office)
    if not origin_is_ours(websocket, office):
        raise CallError(403, "The stream was opened by another site.", hint="Use the page that Postroom serves.")
    return caller


async def still_known(caller: Caller, office: Office) -> bool:
    """Whether what `caller` was known by is still worth something, and gives the same role; for long streams."""
    found = await office.stores.credentials.find(caller.credential_kind, caller.digest)
    if found is None or not await _counts(found, office):
        return False
    user = await _user_of(found, office)
    return user is not None and user.role is caller.role


def bearer_of(connection: HTTPConnection) -> str | None:
    """Return the bearer token of a request, None where it has none.

    Raises:
        CallError: 400 where there are several.
    """
    found = [value.partition(" ") for value in connection.headers.getlist("authorization")]
    tokens = [secret.strip() for scheme, _, secret in found if scheme.lower() == "bearer"]
    if len(tokens) > 1:
        raise CallError(400, "There are several bearer tokens.", hint="Send one `Authorization` header.")
    return tokens[0] if tokens else None


def _ticket_of(websocket: WebSocket) -> str | None:
    offered = [one.strip() for value in websocket.headers.getlist("sec-websocket-protocol") for one in value.split(",")]
    tickets = [one.removeprefix(TICKET_PREFIX) for one in offered if one.startswith(TICKET_PREFIX)]
    return tickets[0] if len(tickets) == 1 and SUBPROTOCOL in offered else None


async def _by_token(secret: str, office: Office) -> Caller:
    token = await office.stores.credentials.find(CredentialKind.TOKEN, digest_of(secret))
    if token is None or not await _counts(token, office):
        raise CallError(401, "The token is not valid (any more).", hint="Make a new one.")
    return await _caller(token, office)


async def _by_cookie(connection: HTTPConnection, office: Office) -> Caller:
    secret = connection.cookies.get(cookie_name(office), "")
    session = await office.stores.credentials.find(CredentialKind.SESSION, digest_of(secret)) if secret else None
    if session is None:
        raise CallError(401, "Nobody is logged in.", hint=_HINT)
    if not await _counts(session, office):
        await office.stores.credentials.revoke(session.id)
        raise CallError(401, "The session has ended.", hint="Log in again.")
    return await _caller(session, office)


async def _by_ticket(secret: str, office: Office) -> Caller:
    ticket = await office.stores.credentials.redeem(CredentialKind.TICKET, digest_of(secret))
    if ticket is None or ticket.expired(office.clock.now()):
        raise CallError(401, "The ticket is not valid (any more).", hint="Get a new one; each opens one stream.")
    made_with = ticket.opener
    opener = await office.stores.credentials.find(made_with.kind, made_with.digest) if made_with else None
    if opener is None or not await _counts(opener, office):
        raise CallError(401, "What the ticket was made with is not valid any more.", hint=_HINT)
    return await _caller(opener, office)


async def _counts(credential: Credential, office: Office) -> bool:
    now = office.clock.now()
    if credential.kind is CredentialKind.SESSION:
        return lives(credential, now, await idle_limit(office.stores, office.preferences))
    return not credential.expired(now)


async def _caller(credential: Credential, office: Office) -> Caller:
    user = await _user_of(credential, office)
    if user is None:
        raise CallError(401, "This user cannot use Postroom any more.", hint="Ask an administrator.")
    await note_use(office.stores, credential, at=office.clock.now())
    allowed = PERMISSIONS[user.role]
    if credential.kind is CredentialKind.TOKEN:
        allowed &= frozenset(credential.scopes)
    return Caller(
        user_id=user.id,
        name=user.name,
        role=user.role,
        permissions=allowed,
        credential_id=CredentialId(credential.id),
        credential_kind=credential.kind,
        digest=credential.digest,
    )


async def _user_of(credential: Credential, office: Office) -> User | None:
    if credential.user_id is None:
        return None
    try:
        user = await office.stores.users.get(credential.user_id)
    except NotFoundError:
        return None
    return None if user.disabled else user
