"""`/quarantine`: messages that could not be accepted, kept with their bytes."""

from fastapi import Request, Response

from postroom.actions.quarantine import Rules, accept_again, dismiss
from postroom.api.access import Operator, Reader
from postroom.api.audit import note_detail
from postroom.api.download import BINARY, binary, download
from postroom.api.office import OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import After, Limit, router
from postroom.model.ledger import Acceptance, Quarantined
from postroom.model.page import Page

ROUTER = router("/quarantine", "quarantine")


@ROUTER.get("")
async def list_quarantined(
    _caller: Reader, office: OfficeHere, after: After = None, limit: Limit = 50
) -> Page[Quarantined]:
    """List what is in quarantine, oldest first."""
    return await office.stores.ledger.quarantined(after=after, limit=limit)


@ROUTER.head("/{quarantine_id:path}/raw", include_in_schema=False)
@ROUTER.get("/{quarantine_id:path}/raw", response_class=Response, responses=problems(404) | binary([BINARY]))
async def download_quarantined(quarantine_id: str, _caller: Reader, office: OfficeHere) -> Response:
    """Download the bytes that were kept: mind what you open them with."""
    content = await office.stores.ledger.quarantined_bytes(quarantine_id)
    return download(content, f"{quarantine_id.replace('/', '-')}.eml")


@ROUTER.post("/{quarantine_id:path}/dismiss", status_code=204, responses=problems(404))
async def dismiss_quarantined(quarantine_id: str, caller: Operator, office: OfficeHere) -> None:
    """Delete a message in quarantine with its bytes, once a person has looked at it; it is not received again."""
    await dismiss(office.desk(caller), quarantine_id)


@ROUTER.post("/{quarantine_id:path}/accept", responses=problems(404, 409))
async def accept_quarantined(request: Request, quarantine_id: str, caller: Operator, office: OfficeHere) -> Acceptance:
    """Read a message in quarantine again and let it in, where it can be read now; only a person may answer it."""
    rules = Rules(mailboxes=office.standing().mailboxes, secret=office.secret)
    found = await accept_again(office.desk(caller), quarantine_id, rules)
    note_detail(request, f"{found.kind.value} {found.email_id}")
    office.wake()
    return found


@ROUTER.get("/{quarantine_id:path}", responses=problems(404))
async def get_quarantined(quarantine_id: str, _caller: Reader, office: OfficeHere) -> Quarantined:
    """Read what is known of one message in quarantine; its reason says where only its beginning was kept."""
    return await office.stores.ledger.quarantined_entry(quarantine_id)
