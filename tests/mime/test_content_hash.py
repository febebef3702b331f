"""The hash of a mail: the same for two deliveries, another for another mail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.mime.content_hash import content_hash

MAIL = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\n y\r\nDate: 12 May 2025 10:30:00 +0200\r\n\r\nHello\r\n"


@pytest.mark.parametrize(
    "same",
    [
        MAIL.replace(b"\r\n", b"\n"),
        b"Received: from x\r\n by y\r\nReturn-Path: <a@b>\r\nX-Spam: no\r\nDKIM-Signature: v=1\r\n" + MAIL,
        b"From a@b Mon May 12\n" + MAIL,
        MAIL.replace(b"x\r\n y", b"x y"),
        MAIL + b"\r\n\r\n",
        MAIL.replace(b"Subject:", b"SUBJECT:"),
    ],
)
def test_another_delivery_of_a_mail_has_the_same_hash(same: bytes) -> None:
    assert content_hash(same) == content_hash(MAIL)


@pytest.mark.parametrize(
    "other",
    [
        MAIL.replace(b"Hello", b"hello"),
        MAIL.replace(b"a@b", b"a@c"),
        MAIL.replace(b"Subject: x", b"Subject: z"),
        MAIL.replace(b"10:30", b"10:31"),
        b"Message-ID: <1@x>\r\n" + MAIL,
        b"Cc: e@f.example\r\n" + MAIL,
    ],
)
def test_another_mail_has_another_hash(other: bytes) -> None:
    assert content_hash(other) != content_hash(MAIL)


@given(st.binary(max_size=200))
def test_any_bytes_have_a_hash(content: bytes) -> None:
    assert len(content_hash(content)) == 64
