"""Notes in the audit log what callers do, whatever came of it."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from ipaddress import ip_address

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from postroom.api.body import BodyRefusedError
from postroom.api.caller import Caller
from postroom.api.office import Office, OfficeHere
from postroom.api.own_site import SAFE_METHODS
from postroom.api.problem import CallError
from postroom.errors import PostroomError
from postroom.model.audit import AuditEntry
from postroom.model.user import UserId

MOST_NAME_CHARS = 100
MOST_SUBJECT_CHARS = 400
MOST_DETAIL_CHARS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """What is known of somebody who was not logged in yet: what they typed as their name, and what came of it."""

    name: str
    status: int
    user_id: UserId | None = None
    credential: str = ""


async def audited(request: Request, office: OfficeHere) -> AsyncIterator[None]:
    """Note an act of a known caller once it is done or refused, before it is answered; reading is no act."""
    if request.method in SAFE_METHODS:
        yield
        return
    status = _success_of(request)
    try:
        yield
    except (PostroomError, HTTPException, RequestValidationError) as error:
        status = _status_of(error)
        raise
    except BodyRefusedError as error:
        status = error.status
        raise
    except BaseException:
        status = 500
        raise
    finally:
        caller = getattr(request.state, "caller", None)
        if isinstance(caller, Caller):
            await office.stores.audit.add(_of_caller(request, office, caller, status))


async def note_stranger(request: Request, office: Office, stranger: Stranger) -> None:
    """Note an act of somebody who was nobody yet: a log-in, an accepted invitation."""
    entry = replace(
        _entry(request, office, stranger.status),
        user_id=stranger.user_id,
        by=_cleaned(stranger.name, MOST_NAME_CHARS),
        credential=stranger.credential,
    )
    await office.stores.audit.add(entry)


def note_subject(request: Request, subject: str) -> None:
    """Say in the audit entry of this request what it was done to, where the path does not: the id of what it made."""
    request.state.audit_subject = subject


def note_detail(request: Request, detail: str) -> None:
    """Say in the audit entry of this request what else there is to say of it; neither secrets nor mail text."""
    request.state.audit_detail = detail


def address_of(request: Request) -> str:
    """Return the network address that a request came from, empty where that is not known.

    A proxy may hand on as `X-Forwarded-For` whatever its client wrote there: what is no address is left out.
    """
    try:
        found = ip_address(request.client.host if request.client else "")
    except ValueError:
        return ""
    # The zone of a link-local address (RFC 4007) can be any text.
    return str(found).partition("%")[0]


def _of_caller(request: Request, office: Office, caller: Caller, status: int) -> AuditEntry:
    credential = f"{caller.credential_kind.value} {caller.credential_id}"
    return replace(_entry(request, office, status), user_id=caller.user_id, by=caller.name, credential=credential)


def _entry(request: Request, office: Office, status: int) -> AuditEntry:
    in_path = "/".join(str(value) for value in request.path_params.values())
    subject = str(getattr(request.state, "audit_subject", in_path))
    return AuditEntry(
        id=f"au_{secrets.token_hex(12)}",
        at=office.clock.now(),
        user_id=None,
        by="",
        act=getattr(request.scope.get("route"), "name", ""),
        subject=_cleaned(subject, MOST_SUBJECT_CHARS),
        status=status,
        address=address_of(request),
        detail=_cleaned(str(getattr(request.state, "audit_detail", "")), MOST_DETAIL_CHARS),
    )


def _cleaned(text: str, most_chars: int) -> str:
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text[:most_chars])


def _success_of(request: Request) -> int:
    return getattr(request.scope.get("route"), "status_code", None) or 200


def _status_of(error: Exception) -> int:
    match error:
        case CallError():
            return error.status
        case PostroomError():
            return error.http_status
        case HTTPException():
            return error.status_code
        case _:
            return 422
