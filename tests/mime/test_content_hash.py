"""The hash of a mail: the same for two deliveries, another for another mail."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.mime.content_hash import content_hash

FOLDER = Path(__file__).resolve().parents[1] / "mail"
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


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (MAIL, "11f24ee7e160c720c7be09f64a15c741004570cbba4066a5c781b4f5e8915877"),
        (b"", "55f5913fe98d589243fba50b366d162a0263dc4685d7645da35825bae2bd0b46"),
        ((FOLDER / "bounce.eml").read_bytes(), "ef19dfd882e547e67f9dcd0ef9e7aa72711f01a6f2ddc63731ee9ca67c586f9f"),
        (
            (FOLDER / "mbox_shift_jis.eml").read_bytes(),
            "09aba5660cf2913952dd50efdcc8fc35c9566158b8b5462d615aeb92b8d2f3e5",
        ),
    ],
)
def test_the_hash_of_stored_mail_never_changes(content: bytes, expected: str) -> None:
    """Mail that is stored is known again by these hashes only; another value would answer old mail again."""
    assert content_hash(content) == expected


@given(st.binary(max_size=200))
def test_any_bytes_have_a_hash(content: bytes) -> None:
    assert len(content_hash(content)) == 64
