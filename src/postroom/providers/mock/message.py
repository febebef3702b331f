"""The bytes of a letter, as its writer's mail program makes them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from postroom.providers.mock.attachments import attachment
from postroom.providers.mock.dice import Dice
from postroom.providers.mock.envelope import Envelope, hexadecimal, server_headers
from postroom.providers.mock.letter import MockLetter
from postroom.providers.mock.pages import html_text, plain_text
from postroom.providers.mock.wire import (
    WirePart,
    date_header,
    encoded,
    fitting,
    flowed,
    mailbox,
    message,
    multipart,
    text_part,
)
from postroom.providers.mock.writer import Program

_AGENTS = {
    Program.OFFICE: ("X-Mailer", "Microsoft Outlook 16.0"),
    Program.PHONE: ("X-Mailer", "iPhone Mail (21G93)"),
    Program.FLOWED: ("User-Agent", "Mozilla Thunderbird"),
    Program.OLD_PLAIN: ("X-Mailer", "Pegasus Mail for Windows (4.81)"),
    Program.PORTAL_HTML: ("X-Mailer", "WebMail Portal 7.2"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What the bytes need besides the words: where they go, when they arrive (UTC), and their ids."""

    recipient: str
    received_at: datetime
    message_id: str
    references: tuple[str, ...] = ()


def letter_bytes(letter: MockLetter, posting: Posting, dice: Dice) -> bytes:
    """Return `letter` as a message; `dice` decides on charsets and encodings."""
    writer = letter.writer
    envelope = Envelope(
        return_path=writer.address,
        domain=writer.domain,
        recipient=posting.recipient,
        sent_at=writer.written_at,
        received_at=posting.received_at.astimezone(UTC),
    )
    charset = _charset(letter, dice)
    headers = server_headers(envelope, dice)
    headers += [
        ("From", mailbox(writer.name, writer.address, charset)),
        ("To", dice.pick((posting.recipient, f"<{posting.recipient}>", mailbox("Lindenhof", posting.recipient)))),
        ("Subject", encoded(letter.subject, charset)),
        ("Date", date_header(writer.written_at)),
        ("Message-ID", posting.message_id),
    ]
    if posting.references:
        headers.append(("In-Reply-To", posting.references[-1]))
        headers.append(("References", "\r\n ".join(posting.references)))
    if writer.program in _AGENTS:
        headers.append(_AGENTS[writer.program])
    return message(headers, _content(letter, charset, dice))


def _charset(letter: MockLetter, dice: Dice) -> str:
    if letter.writer.program not in (Program.OLD_PLAIN, Program.OFFICE, Program.FLOWED):
        return "utf-8"
    text = f"{letter.subject}{plain_text(letter)}{letter.hidden}"
    preferred = dice.pick(("iso-8859-1", "iso-8859-15", "windows-1252", "utf-8"))
    return fitting(text, preferred, "windows-1252")


def _content(letter: MockLetter, charset: str, dice: Dice) -> WirePart:
    body = _body(letter, charset, dice)
    if not letter.attachments:
        return body
    files = [attachment(kind.partition("|")[0], dice, kind.partition("|")[2]) for kind in letter.attachments]
    return multipart("mixed", [body, *files], f"----=_Part_{hexadecimal(dice, 16)}")


def _body(letter: MockLetter, charset: str, dice: Dice) -> WirePart:
    program = letter.writer.program
    if letter.hidden and program not in (Program.OFFICE, Program.PORTAL_HTML):
        return _alternative(letter, charset, dice)
    if program is Program.PORTAL_HTML or (program is Program.OFFICE and dice.chance(0.4)):
        return text_part(html_text(letter), "html", charset, "quoted-printable")
    if program in (Program.WEBMAIL, Program.OFFICE):
        return _alternative(letter, charset, dice)
    text = plain_text(letter)
    if program is Program.FLOWED:
        return text_part(flowed(text), "plain", charset, "8bit", parameters="; format=flowed")
    if program is Program.OLD_PLAIN:
        wrapped = "\n".join(line.rstrip(" ") for line in flowed(text).split("\n"))
        return text_part(wrapped, "plain", charset, dice.pick(("8bit", "quoted-printable")))
    return text_part(text, "plain", "utf-8", dice.pick(("quoted-printable", "base64")))


def _alternative(letter: MockLetter, charset: str, dice: Dice) -> WirePart:
    encoding = dice.pick(("quoted-printable", "base64"))
    parts = [
        text_part(plain_text(letter), "plain", charset, encoding),
        text_part(html_text(letter), "html", charset, encoding),
    ]
    return multipart("alternative", parts, f"0000000000{hexadecimal(dice, 18)}")
