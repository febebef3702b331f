"""The small files really are what they are called."""

import base64
import re
import struct
import zlib

import pytest

from postroom.providers.mock.attachments import attachment
from postroom.providers.mock.dice import Dice
from postroom.providers.mock.wire import WirePart


def content(part: WirePart) -> bytes:
    return base64.b64decode(part.body)


def chunks(png: bytes) -> dict[bytes, bytes]:
    """Return the chunks of a PNG by name, each proved by its checksum."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    found, place = {}, 8
    while place < len(png):
        (size,) = struct.unpack_from(">I", png, place)
        name, body = png[place + 4 : place + 8], png[place + 8 : place + 8 + size]
        assert struct.unpack_from(">I", png, place + 8 + size) == (zlib.crc32(name + body),)
        found[name] = body
        place += 12 + size
    return found


def test_a_picture_has_as_many_pixels_as_it_says() -> None:
    found = chunks(content(attachment("image/png", Dice("a"))))
    assert list(found) == [b"IHDR", b"IDAT", b"IEND"]
    width, height = struct.unpack_from(">II", found[b"IHDR"])
    assert len(zlib.decompress(found[b"IDAT"])) == height * (1 + 3 * width)


def test_every_object_of_a_page_lies_where_its_table_says() -> None:
    pdf = content(attachment("application/pdf", Dice("a")))
    assert pdf.startswith(b"%PDF-")
    assert pdf.endswith(b"%%EOF\n")
    table = re.search(rb"startxref\n(\d+)", pdf)
    assert table is not None
    assert pdf[int(table[1]) :].startswith(b"xref\n")
    offsets = [int(offset) for offset in re.findall(rb"(\d{10}) 00000 n", pdf)]
    assert [pdf[offset:].split(b"\n")[0] for offset in offsets] == [b"%d 0 obj" % n for n in range(1, len(offsets) + 1)]
    stream = re.search(rb"/Length (\d+) >>\nstream\n(.*)\nendstream", pdf, re.DOTALL)
    assert stream is not None
    assert int(stream[1]) == len(stream[2])


def test_a_note_is_text_and_a_name_that_is_told_is_kept() -> None:
    note = attachment("text/plain", Dice("a"), "my order.txt")
    assert content(note).decode("ascii").endswith("\r\n")
    assert dict(note.headers)["Content-Disposition"] == 'attachment; filename="my order.txt"'


@pytest.mark.parametrize(("kind", "ending"), [("image/png", "png"), ("application/pdf", "pdf"), ("text/plain", "txt")])
def test_a_name_by_chance_ends_as_its_kind_does(kind: str, ending: str) -> None:
    names = {dict(attachment(kind, Dice(f"{n}")).headers)["Content-Type"] for n in range(20)}
    assert len(names) > 1
    assert all(name.startswith(f"{kind}; ") and name.endswith(f'.{ending}"') for name in names)


def test_a_kind_that_nobody_sends_is_refused() -> None:
    with pytest.raises(KeyError):
        attachment("video/mp4", Dice("a"))
