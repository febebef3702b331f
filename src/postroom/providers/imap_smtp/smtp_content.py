"""The two halves of DATA, so that what was not handed over is told apart from what may have been.

aiosmtplib's own `data()` sends the command and the content in one call, and both fail alike. This uses the protocol
object beneath it (`SMTP.protocol`), and is the only file that does.
"""

import re

import aiosmtplib

_LINE_ENDING = re.compile(rb"\r\n|\r|\n")
_FIRST_DOT = re.compile(rb"^\.", re.MULTILINE)


class NotBegunError(Exception):
    """The connection was gone before the first byte of the content: nothing was handed over."""


async def ask_to_begin(client: aiosmtplib.SMTP) -> aiosmtplib.SMTPResponse:
    """Send DATA and return the answer; 354 means that the content may follow. However it ends, nothing is handed over.

    Raises:
        aiosmtplib.SMTPException, OSError: no answer.
    """
    return await client.execute_command(b"DATA")


async def hand_over(client: aiosmtplib.SMTP, transparent: bytes, *, timeout_seconds: float) -> aiosmtplib.SMTPResponse:
    """Write the content after a 354, and return the answer to the final dot.

    Raises:
        NotBegunError: certain that nothing was written.
        aiosmtplib.SMTPException, OSError: no answer; the server may have taken the message.
    """
    protocol = client.protocol
    if protocol is None or not protocol.is_connected:
        raise NotBegunError
    protocol.write(transparent)
    return await protocol.read_response(timeout=timeout_seconds)


def made_transparent(content: bytes) -> bytes:
    """Return `content` as DATA carries it: lines end with CRLF, a first dot is doubled, a lone dot ends it.

    Source: RFC 5321 sections 2.3.8 and 4.5.2.
    """
    lines = with_crlf(content)
    return _FIRST_DOT.sub(b"..", lines) + b".\r\n"


def with_crlf(content: bytes) -> bytes:
    """Return `content` with every line, the last one too, ended by CRLF."""
    lines = _LINE_ENDING.sub(b"\r\n", content)
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"
