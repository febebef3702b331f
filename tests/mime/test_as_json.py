"""The JSON form of an e-mail."""

import json

from postroom.mime.as_json import email_as_json
from postroom.mime.parse import parse

KEYS = [
    "file",
    "subject",
    "from",
    "to",
    "cc",
    "date",
    "message_id",
    "in_reply_to",
    "references",
    "text",
    "new_text",
    "quoted_text",
    "signature",
    "html",
    "attachments",
    "automatic",
    "defects",
]


def test_all_keys_are_there_in_their_order_even_for_an_empty_mail() -> None:
    values = email_as_json(parse(b""), file="a.eml")
    assert list(values) == KEYS
    assert (values["file"], values["from"], values["date"], values["html"]) == ("a.eml", None, None, None)
    json.dumps(values)


def test_dates_are_utc_and_addresses_have_two_keys() -> None:
    values = email_as_json(parse(b"From: A <a@b.example>\nDate: Mon, 12 May 2025 10:30:00 +0200\n\nx"), file="a")
    assert values["date"] == "2025-05-12T08:30:00Z"
    assert values["from"] == {"name": "A", "address": "a@b.example"}
