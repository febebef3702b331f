"""`/past-mail`: files of past mail that people send, to try workflows and models on, or to import as examples."""

from datetime import datetime
from typing import Annotated

from fastapi import Query, Request, status
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import ClientDisconnect

from postroom.actions.past_mail import KEPT_FOR, PastMailFile, PastMailFolder, Sent
from postroom.actions.past_mail_import import ImportFile, order_import
from postroom.actions.past_mail_kinds import FileKind
from postroom.api.access import Configurer, Operator
from postroom.api.audit import note_detail, note_subject
from postroom.api.body import PAST_MAIL_PATH, media_type
from postroom.api.caller import Caller
from postroom.api.jobs import JobBody, job_body
from postroom.api.office import Office, OfficeHere
from postroom.api.problem import CallError, problems
from postroom.api.routing import After, Limit, router
from postroom.api.written import LINE, NO_NUL, YesNo
from postroom.errors import InputError
from postroom.interfaces.cursor import read_text_cursor, write_text_cursor
from postroom.model.category import LONGEST_LABEL
from postroom.model.page import Page

ROUTER = router(PAST_MAIL_PATH.removeprefix("/api/v1"), "past mail")

_KINDS = {
    "application/mbox": FileKind.MBOX,
    "text/csv": FileKind.CSV,
    "application/jsonl": FileKind.JSONL,
    "application/x-ndjson": FileKind.JSONL,
}
_BEFORE_ALL = ("", "")
_BODY: dict[str, object] = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary", "description": "The bytes of the file."}}
            for kind in _KINDS
        },
    }
}


class PastMailFileBody(BaseModel):
    """A file of past mail."""

    id: str
    kind: FileKind
    name: str
    size_bytes: int
    sha256: str
    by: str
    at: datetime
    deleted_at: datetime = Field(description="When it is deleted by itself.")


class ImportFileForm(BaseModel):
    """What the mail of a file is about."""

    model_config = ConfigDict(extra="forbid")

    label: str = Field(
        default="",
        max_length=LONGEST_LABEL,
        pattern=LINE,
        description="The category of all mail of an mbox file; tables name their labels themselves.",
    )
    dry_run: YesNo = Field(default=False, description="Read everything and store nothing.")


@ROUTER.post("", status_code=status.HTTP_201_CREATED, responses=problems(409, 415), openapi_extra=_BODY)
async def upload_past_mail(
    request: Request,
    caller: Operator,
    office: OfficeHere,
    name: Annotated[str, Query(max_length=200, pattern=NO_NUL, description="What you call the file.")] = "",
) -> PastMailFileBody:
    """Send a file of past mail as the body, uncompressed; it is written as it comes and deleted after 30 days."""
    kind = _KINDS.get(media_type(request.headers))
    if kind is None:
        raise CallError(
            415, f"The body is {media_type(request.headers)[:100]!r}.", hint=f"Send one of: {', '.join(_KINDS)}."
        )
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise CallError(415, "The body is compressed.", hint="Send it uncompressed, without `Content-Encoding`.")
    sent = Sent(kind=kind, name=name, by=caller.name, at=office.clock.now())
    try:
        kept = await files_of(office, caller).receive(request.stream(), sent)
    except ClientDisconnect as error:
        raise InputError("The file broke off.", hint="Send it again.") from error
    note_subject(request, kept.id)
    note_detail(request, f"{kept.kind.value}, {kept.size_bytes} bytes")
    return _body(kept)


@ROUTER.get("")
async def list_past_mail(
    caller: Operator, office: OfficeHere, after: After = None, limit: Limit = 50
) -> Page[PastMailFileBody]:
    """List files of past mail, newest first."""
    (behind, number) = read_text_cursor(after, _BEFORE_ALL)
    files = await files_of(office, caller).list()
    found = [one for one in files if after is None or _key(one) < (behind, number)]
    rows = found[:limit]
    more = len(found) > len(rows)
    return Page(
        rows=tuple(_body(one) for one in rows), next_cursor=write_text_cursor(*_key(rows[-1])) if more else None
    )


@ROUTER.get("/{past_mail_id}", responses=problems(404))
async def get_past_mail(past_mail_id: str, caller: Operator, office: OfficeHere) -> PastMailFileBody:
    """Read what is known of a file of past mail."""
    return _body(await files_of(office, caller).get(past_mail_id))


@ROUTER.delete("/{past_mail_id}", status_code=status.HTTP_204_NO_CONTENT, responses=problems(404))
async def delete_past_mail(past_mail_id: str, caller: Operator, office: OfficeHere) -> None:
    """Delete a file of past mail; a job that still waits for it will fail, what was imported stays."""
    await files_of(office, caller).remove(past_mail_id)


@ROUTER.post("/{past_mail_id}/import", status_code=status.HTTP_202_ACCEPTED, responses=problems(404, 409))
async def import_past_mail(
    request: Request, past_mail_id: str, caller: Configurer, office: OfficeHere, body: ImportFileForm | None = None
) -> JobBody:
    """Import a file as labelled examples that models learn from, as a job; importing again changes nothing."""
    told = body or ImportFileForm()
    file = await files_of(office, caller).get(past_mail_id)
    job = await order_import(
        office.desk(caller), ImportFile(past_mail_id=file.id, label=told.label.strip(), dry_run=told.dry_run), file
    )
    note_detail(request, job.id)
    return job_body(job)


def files_of(office: Office, caller: Caller) -> PastMailFolder:
    """Return the files of past mail.

    Raises:
        InputError: no files can be used here.
    """
    fence = office.setup(office.desk(caller)).fence
    if fence is None:
        raise InputError("Files cannot be used here.", hint="Name a mailbox.")
    return PastMailFolder(fence.folder)


def _key(found: PastMailFile) -> tuple[str, str]:
    """Return what files are in order by, as texts of one length each."""
    return found.at.isoformat(timespec="microseconds"), found.id


def _body(found: PastMailFile) -> PastMailFileBody:
    return PastMailFileBody(
        id=found.id,
        kind=found.kind,
        name=found.name,
        size_bytes=found.size_bytes,
        sha256=found.sha256,
        by=found.by,
        at=found.at,
        deleted_at=found.at + KEPT_FOR,
    )
