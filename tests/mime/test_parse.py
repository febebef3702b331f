"""Any bytes give an Email, in linear time, and real mails give the fields that other programs read from them."""

import hashlib
import json
import os
import random
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mail.attacks import Known, attacks
from mime.hostile_mail import hostile_mails
from postroom.mime.as_json import email_as_json
from postroom.mime.content_hash import content_hash
from postroom.mime.parse import MAX_CONTENT_BYTES, parse, parse_with_attachments
from postroom.mime.transfer import decode_transfer
from postroom.model.email import Address, Email

if TYPE_CHECKING:
    from _typeshed import TraceFunction

MAIL = Path(__file__).resolve().parents[1] / "mail"
SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"
FUZZ_CASES = int(os.environ.get("POSTROOM_FUZZ_CASES", "2000"))
ATTACKED = Known(
    our_address="help@shop.example",
    our_message_id="<postroom.1@shop.example>",
    its_recipient="jane@doe.example",
    strangers_message_id="<1@stranger.example>",
)
HOSTILE = tuple(hostile_mails(100))


def corpora() -> list[bytes]:
    """Return our own mails, the attacks and, where they are, the mails of the shared corpora."""
    paths = sorted(MAIL.glob("*.eml"))
    for folder in ("mime_mikel_mail", "mime_mimekit", "reply_talon"):
        paths += sorted(path for path in (SHARED / folder).glob("*") if path.suffix not in {".json", ".html"})
    contents = [path.read_bytes() for path in paths if path.is_file()]
    contents += [attack.raw for attack in attacks(ATTACKED)]
    return [content for content in contents if len(content) < 60_000]


def check(content: bytes) -> Email:
    """Parse `content` and check what holds for every mail."""
    email, files = parse_with_attachments(content)
    check_attachments(email, files)
    check_claims(email)
    written = json.dumps(email_as_json(email, file="x"), ensure_ascii=False).encode("utf-8")
    assert b"\\u0000" not in written
    for address in (*email.to, *email.cc, *email.reply_to, *([email.from_address] if email.from_address else [])):
        assert not set("\r\n\0") & set(address.name + address.address)
    assert not set("\r\n\0") & set(email.subject)
    lines = sorted(line.strip() for line in email.text.split("\n") if line.strip())
    parts = f"{email.new_text}\n{email.quoted_text}\n{email.signature or ''}"
    assert sorted(line.strip() for line in parts.split("\n") if line.strip()) == lines
    assert len(content_hash(content)) == 64
    return email


def check_attachments(email: Email, files: Mapping[str, bytes]) -> None:
    """Check that every attachment has its bytes, and no bytes are without one."""
    assert {attachment.digest for attachment in email.attachments} == set(files)
    for attachment in email.attachments:
        assert hashlib.sha256(files[attachment.digest]).hexdigest() == attachment.digest
        assert len(files[attachment.digest]) == attachment.size_bytes


def check_claims(email: Email) -> None:
    """Check that what a mail claims of itself is bounded, on one line, and never its sender."""
    claims = [*email.delivered_to]
    for result in email.authentication:
        claims += [result.authserv_id, result.method, result.result, result.domain]
    if email.original_from is not None:
        claims += [email.original_from.name, email.original_from.address]
    if email.report is not None:
        claims.append(email.report.message_id or "")
        for failed in email.report.recipients:
            claims += [failed.address, failed.action, failed.status, failed.detail]
        assert len(email.report.recipients) <= 100
    assert not set("\r\n\0") & set("".join(claims))
    "".join(claims).encode("utf-8")
    assert len(email.authentication) <= 50
    assert len(email.delivered_to) <= 50
    assert email.handed_over_at is None or email.handed_over_at.tzinfo is UTC


def mutated(seeds: list[bytes], chance: random.Random) -> bytes:
    """Return one of `seeds` with a few random wounds: bytes changed, cut, doubled or taken from another mail."""
    content = bytearray(chance.choice(seeds)[:20_000])
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(content) + 1)
        wound = chance.randrange(6)
        if wound == 0 and content:
            content[at - 1] = chance.randrange(256)
        elif wound == 1:
            del content[at : at + chance.randint(1, 60)]
        elif wound == 2:
            content[at:at] = chance.choice(_POISON)
        elif wound == 3:
            content[at:at] = content[at : at + chance.randint(1, 200)] * chance.randint(1, 4)
        elif wound == 4:
            other = chance.choice(seeds)
            start = chance.randrange(len(other) + 1)
            content[at:at] = other[start : start + chance.randint(1, 300)]
        else:
            content = content[:at]
    return bytes(content)


_POISON = [
    b'\x00', b'\r', b'\r\r\n', b'\n\n', b'=?utf-8?q?=0D=0A?=', b'=?idna?b?//8=?=', b'=?x\x00y?q?a?=',
    b'charset=idna;', b'charset=utf-7', b'charset=utf-16', b'charset=\x00', b'\nFrom: <\n',
    b'\nMessage-ID: <>\n', b'\nFrom: a@[\n', b'((((', b'<', b'>', b'"', b'\xff\xfe', b'\xed\xa0\x80',
    b'\x1b$B', b'\nDate: 99 Foo 99999 99:99:99 +9999\n', b';', b"*0*=''%",
    b'\nContent-Transfer-Encoding: base64\n', b'\nContent-Type: multipart/mixed; boundary=""\n', b'--',
    b'&#999999999999;', b'\nContent-Type: message/delivery-status\n', b'\nFinal-Recipient: rfc822; a@b\n',
    b'\nAuthentication-Results: a; dkim=pass header.d=b\n', b'\nX-Failed-Recipients: a@b\n', b'\nReceived: a; \n',
    b'\n---------- Forwarded message ---------\nFrom: \n', b'\nX-Original-From: a@b\n',
    b'\n\nContent-Type: message/rfc822',
]  # fmt: skip


def test_wounded_mails_of_the_corpora_still_give_an_email() -> None:
    seeds = corpora()
    assert seeds, "tests/mail holds mails"
    chance = random.Random(20260101)
    for _ in range(FUZZ_CASES):
        check(mutated(seeds, chance))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_an_email(content: bytes) -> None:
    check(content)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(
        [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "Content-Type",
            "References",
            "Content-Disposition",
            "Received",
            "Delivered-To",
            "Authentication-Results",
            "X-Failed-Recipients",
            "X-Original-From",
            "Resent-From",
        ]
    ),
    st.text(max_size=80),
)
def test_any_header_gives_an_email(name: str, value: str) -> None:
    check(f"{name}: {value}\n\nbody".encode("utf-8", "surrogatepass"))


def steps(function: Callable[[bytes], object], content: bytes) -> int:
    """Return how many Python lines `function(content)` runs: time that no other load on the machine changes."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> "TraceFunction":
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function(content)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("name", HOSTILE)
def test_twice_the_hostile_input_takes_no_more_than_twice_the_steps(name: str) -> None:
    small, large = hostile_mails(6_000)[name], hostile_mails(12_000)[name]
    assert steps(parse, large) <= 2.3 * steps(parse, small) + 2_000


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_gives_an_email(name: str) -> None:
    check(hostile_mails(40_000)[name])


def test_a_plain_mail_gives_all_its_fields() -> None:
    email = parse(
        b"Return-Path: <jane@doe.example>\r\nFrom: =?utf-8?q?J=C3=A4ne?= Doe <jane@doe.example>\r\n"
        b'To: "Help, Desk" <help@shop.example>\r\nCc: team: a@x.example, B <b@x.example>;\r\n'
        b"Date: Mon, 12 May 2025 10:30:00 +0200\r\nMessage-ID: <1@doe.example>\r\nIn-Reply-To: <0@shop.example>\r\n"
        b"References: <a@b>\r\n <0@shop.example>\r\nSubject: =?iso-8859-1?q?Gr=FC=DFe?=\r\n\r\nHello\r\n"
    )
    assert email.subject == "Grüße"
    assert email.from_address == Address(name="Jäne Doe", address="jane@doe.example")
    assert email.to == (Address(name="Help, Desk", address="help@shop.example"),)
    assert [address.address for address in email.cc] == ["a@x.example", "b@x.example"]
    assert email.date == datetime(2025, 5, 12, 8, 30, tzinfo=UTC)
    assert (email.message_id, email.in_reply_to) == ("<1@doe.example>", "<0@shop.example>")
    assert email.references == ("<a@b>", "<0@shop.example>")
    assert (email.text, email.automatic, email.cautions, email.defects) == ("Hello\n", None, (), ())


@pytest.mark.parametrize("path", sorted(MAIL.glob("*.eml")), ids=lambda path: path.stem)
def test_our_mails_give_what_is_written_beside_them(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert email_as_json(parse(path.read_bytes()), file=path.name) == expected


def test_the_bytes_of_attachments_are_given_by_their_digest() -> None:
    content = (MAIL / "attachments.eml").read_bytes()
    email, files = parse_with_attachments(content)
    assert email == parse(content)
    assert [files[attachment.digest] for attachment in email.attachments] == [
        b"\x89PNG\r\n\x1a\n",
        b"%PDF-1.4\n",
        b"Subject: inner\r\n\r\ninner text",
    ]


def test_equal_attachments_are_kept_once() -> None:
    part = b"--b\nContent-Type: application/pdf\n\nsame\n"
    email, files = parse_with_attachments(b"Content-Type: multipart/mixed; boundary=b\n\n" + part * 3 + b"--b--\n")
    assert (len(email.attachments), list(files.values())) == (3, [b"same"])


def test_an_attachment_is_decoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[bytes] = []

    def counting(content: bytes, encoding: str) -> tuple[bytes, str | None]:
        decoded.append(content)
        return decode_transfer(content, encoding)

    monkeypatch.setattr("postroom.mime.body.decode_transfer", counting)
    parse_with_attachments((MAIL / "bounce.eml").read_bytes())
    assert len(decoded) == len(set(decoded)) == 2


def test_our_bounce_names_the_mail_and_its_recipient() -> None:
    report = parse((MAIL / "bounce.eml").read_bytes()).report
    assert report is not None
    assert report.message_id == "<postroom.1@shop.example>"
    assert [(failed.address, failed.status) for failed in report.recipients] == [("gone@x.example", "5.1.1")]


def test_a_mail_larger_than_the_cap_is_cut_and_says_so() -> None:
    headers = b"Subject: big\nContent-Type: application/octet-stream\n\n"
    room = MAX_CONTENT_BYTES - len(headers)
    for size, defects in ((room, ()), (room + 1, ("too_large",))):
        email = parse(headers + b"x" * size)
        assert email.defects == defects
        assert email.subject == "big"
        assert [attachment.size_bytes for attachment in email.attachments] == [room]


@pytest.mark.parametrize(
    ("content", "defect"),
    [
        (b"hello", "no_headers"),
        (b"Subject: x\nno colon here\n", "missing_header_end"),
        (b"Content-Type: text/plain; charset=nonsense\n\nx", "unknown_charset"),
        (b"Content-Type: text/plain; charset=utf-7\n\n+ADw-script+AD4-", "utf7_refused"),
        (b"Content-Transfer-Encoding: rot13\n\nx", "unknown_transfer_encoding"),
        (b"Date: yesterday\n\nx", "unreadable_date"),
        (b"Content-Type: multipart/mixed\n\nx", "missing_boundary"),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx", "missing_closing_boundary"),
        (b"Message-ID: <>\n\nx", "malformed_message_id"),
        (b"Content-Type: wrong\n\nx", "invalid_content_type"),
    ],
)
def test_what_is_wrong_is_told_as_a_defect(content: bytes, defect: str) -> None:
    assert defect in parse(content).defects
