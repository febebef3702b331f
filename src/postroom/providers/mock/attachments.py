"""Small files that open: a picture, a page, a note."""

import struct
import zlib

from postroom.providers.mock.dice import Dice
from postroom.providers.mock.wire import WirePart, file_part

_NAMES = {
    "image/png": ("IMG_{n}.png", "photo{n}.png", "screenshot-{n}.png", "image001.png"),
    "application/pdf": ("scan_{n}.pdf", "order-{n}.pdf", "doc{n}.pdf"),
    "text/plain": ("note-{n}.txt", "log{n}.txt"),
}


def attachment(content_type: str, dice: Dice, filename: str = "") -> WirePart:
    """Return a file of `content_type` (image/png, application/pdf or text/plain), named by chance unless told."""
    number = dice.digits(4)
    name = filename or dice.pick(_NAMES[content_type]).format(n=number)
    if content_type == "image/png":
        return file_part(_png(dice), content_type, name)
    if content_type == "application/pdf":
        return file_part(_pdf(f"Lindenhof {number}"), content_type, name)
    return file_part(f"No. {number}\r\n{dice.digits(9)}\r\n".encode("ascii"), content_type, name)


def _png(dice: Dice) -> bytes:
    """Return a picture of eight by eight pixels in one colour (PNG, 8-bit RGB)."""
    pixel = bytes((dice.between(0, 255), dice.between(0, 255), dice.between(0, 255)))
    rows = (b"\x00" + pixel * 8) * 8
    header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _pdf(line: str) -> bytes:
    """Return a PDF of one page with one ASCII line."""
    drawing = f"BT /F1 18 Tf 60 760 Td ({line}) Tj ET".encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + trailer
