"""An e-mail as plain JSON values: what `postroom parse` prints."""

from typing import TypedDict

from postroom.model.email import Address, Email


class AddressJson(TypedDict):
    """A name and an address."""

    name: str
    address: str


class AttachmentJson(TypedDict):
    """An attachment without its bytes."""

    filename: str
    content_type: str
    size_bytes: int


EmailJson = TypedDict(
    "EmailJson",
    {
        "file": str,
        "subject": str,
        "from": AddressJson | None,
        "to": list[AddressJson],
        "cc": list[AddressJson],
        "date": str | None,
        "message_id": str | None,
        "in_reply_to": str | None,
        "references": list[str],
        "text": str,
        "new_text": str,
        "quoted_text": str,
        "signature": str | None,
        "html": str | None,
        "attachments": list[AttachmentJson],
        "automatic": str | None,
        "defects": list[str],
    },
)


def email_as_json(email: Email, *, file: str) -> EmailJson:
    """Return `email` as JSON values, in a fixed order of keys; `date` is ISO 8601 in UTC, `html` is safe to show."""
    return {
        "file": file,
        "subject": email.subject,
        "from": None if email.from_address is None else _address(email.from_address),
        "to": [_address(address) for address in email.to],
        "cc": [_address(address) for address in email.cc],
        "date": None if email.date is None else email.date.isoformat().replace("+00:00", "Z"),
        "message_id": email.message_id,
        "in_reply_to": email.in_reply_to,
        "references": list(email.references),
        "text": email.text,
        "new_text": email.new_text,
        "quoted_text": email.quoted_text,
        "signature": email.signature,
        "html": email.html,
        "attachments": [
            {
                "filename": attachment.filename,
                "content_type": attachment.content_type,
                "size_bytes": attachment.size_bytes,
            }
            for attachment in email.attachments
        ],
        "automatic": email.automatic,
        "defects": list(email.defects),
    }


def _address(address: Address) -> AddressJson:
    return {"name": address.name, "address": address.address}
