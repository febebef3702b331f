"""What `execute-enhanced` takes: JSON that names what is executed, or the bytes of a message."""

import base64
import binascii
from hashlib import sha256
from typing import Annotated

from fastapi import Header, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, TypeAdapter, ValidationError

from postroom.actions.once import OnceKey
from postroom.api.body import media_type
from postroom.api.caller import Caller
from postroom.api.problem import CallError
from postroom.api.written import NO_NUL, PLAIN_NUMBER, YesNo
from postroom.errors import InputError

MESSAGE = "message/rfc822"
JSON = "application/json"
MOST_EXECUTIONS = 100
_MOST_BASE64 = 64 * 1024 * 1024
_CHOICE = "Give exactly one of `email_id`, `eml` and `mailbox_id`; `eml` may have a `mailbox_id` beside it."

MailboxName = Annotated[str, Field(min_length=1, max_length=200, pattern=NO_NUL)]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Your own key for this request. Sent again with the same request within 24 hours, it gets the same "
        "answer and nothing happens anew; with another request it is refused (422, `idempotency_key_reused`).",
    ),
]


class StoredForm(BaseModel):
    """Execute a stored e-mail once more."""

    model_config = ConfigDict(extra="forbid", title="A stored e-mail")

    email_id: str = Field(min_length=1, max_length=200, pattern=NO_NUL, description="The id of the e-mail.")
    dry_run: YesNo = Field(default=False, description="Do everything but reach the world.")


class UploadForm(BaseModel):
    """Execute a message that is sent along."""

    model_config = ConfigDict(extra="forbid", title="A message in base64")

    eml: str = Field(min_length=1, max_length=_MOST_BASE64, description="The bytes of the message in base64.")
    mailbox_id: MailboxName | None = Field(
        default=None, description="The mailbox whose rules apply; null: the only one that runs the workflow."
    )
    dry_run: YesNo = Field(default=True, description="Do everything but reach the world.")


class WaitingForm(BaseModel):
    """Execute e-mails of a mailbox that nothing has begun to work on, oldest first."""

    model_config = ConfigDict(extra="forbid", title="E-mails that wait")

    mailbox_id: MailboxName = Field(description="The mailbox.")
    limit: Annotated[int, Field(ge=1, le=MOST_EXECUTIONS), PLAIN_NUMBER] = Field(
        default=10, description="How many at most."
    )
    dry_run: YesNo = Field(default=False, description="Do everything but reach the world.")


class RawUpload(BaseModel):
    """A message that came as the body itself, with what the query says of it."""

    content: bytes
    mailbox_id: str | None
    dry_run: bool


def _chosen(value: object) -> str | None:
    if not isinstance(value, dict):
        return None
    return next((name for name in ("eml", "email_id", "mailbox_id") if name in value), None)


ExecuteRequest = Annotated[
    Annotated[StoredForm, Tag("email_id")]
    | Annotated[UploadForm, Tag("eml")]
    | Annotated[WaitingForm, Tag("mailbox_id")],
    Discriminator(_chosen, custom_error_type="choice", custom_error_message=_CHOICE),
]
_ADAPTER: TypeAdapter[StoredForm | UploadForm | WaitingForm] = TypeAdapter(ExecuteRequest)

REQUEST_BODY: dict[str, object] = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {
                "schema": {
                    "oneOf": [one.model_json_schema() for one in (StoredForm, UploadForm, WaitingForm)],
                    "description": _CHOICE,
                }
            },
            MESSAGE: {
                "schema": {"type": "string", "format": "binary", "description": "The bytes of a message (RFC 5322)."}
            },
        },
    }
}


async def read_request(
    request: Request, *, mailbox_id: str | None, dry_run: bool | None
) -> StoredForm | UploadForm | WaitingForm | RawUpload:
    """Return what a request asks for; `mailbox_id` and `dry_run` are those of the query, for a message alone.

    Raises:
        CallError: 415 where it is neither JSON nor a message. RequestValidationError, InputError: it cannot be used.
    """
    kind = media_type(request.headers)
    if kind == MESSAGE:
        content = await request.body()
        if not content:
            raise InputError("The message is empty.", hint="Send its bytes as the body.")
        return RawUpload(content=content, mailbox_id=mailbox_id, dry_run=dry_run is not False)
    if kind != JSON:
        raise CallError(415, f"The body is {kind[:100]!r}.", hint=f"Send {JSON} or {MESSAGE}.")
    if (mailbox_id, dry_run) != (None, None):
        raise InputError(
            "`mailbox_id` and `dry_run` stand in the query of an uploaded message only.",
            hint="Say them in the JSON body.",
        )
    try:
        return _ADAPTER.validate_json(await request.body())
    except ValidationError as error:
        raise RequestValidationError(
            [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False, include_input=False)]
        ) from error


def message_of(upload: UploadForm) -> bytes:
    """Return the bytes of a message in base64 (RFC 4648; line breaks are let be).

    Raises:
        InputError: it is not base64, or of nothing.
    """
    try:
        content = base64.b64decode("".join(upload.eml.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError("`eml` is not base64.", hint="Encode the bytes of the whole message.") from error
    if not content:
        raise InputError("The message is empty.", hint="Encode the bytes of the whole message.")
    return content


def once_key(caller: Caller, key: str | None, *parts: str | bytes) -> OnceKey | None:
    """Return the caller's key with the fingerprint of `parts`, which say the whole request; None without a key."""
    if key is None:
        return None
    digest = sha256()
    for part in parts:
        value = part if isinstance(part, bytes) else part.encode()
        # The length before each keeps two different requests from having the same fingerprint.
        digest.update(len(value).to_bytes(8, "big"))
        digest.update(value)
    return OnceKey(key=f"{caller.user_id}/{key}", fingerprint=digest.hexdigest())
