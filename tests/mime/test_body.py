"""Which part is the text, which the HTML, and what is an attachment."""

import pytest

from postroom.mime.body import read_body
from postroom.mime.parts import split_parts


def body(parts: str, kind: str = "mixed") -> tuple[str, str, list[str]]:
    """Return text, HTML and attachment names of a multipart of `kind` with `parts`, each headed by a `--b` line."""
    content = f"Content-Type: multipart/{kind}; boundary=b\n\n{parts}\n--b--\n".encode()
    read = read_body(content, split_parts(content)[0])
    return read.text, read.html, [attachment.filename for attachment in read.attachments]


HTML = "--b\nContent-Type: text/html\n\n<p>html</p>"


@pytest.mark.parametrize(
    ("parts", "kind", "expected"),
    [
        (f"--b\n\nplain\n{HTML}", "alternative", ("plain", "<p>html</p>", [])),
        (f"--b\n\n   \n{HTML}", "alternative", ("html", "<p>html</p>", [])),
        (f"--b\n\nplain\n{HTML}", "mixed", ("plain\nhtml", "<pre>plain</pre>\n<p>html</p>", [])),
        ("--b\n\none\n--b\n\ntwo", "mixed", ("one\ntwo", "", [])),
        ("--b\n\none\n--b\nContent-Disposition: attachment; filename=a.txt\n\ntwo", "mixed", ("one", "", ["a.txt"])),
        ("--b\n\none\n--b\nContent-Type: image/png; name=a.png\n\nx", "related", ("one", "", ["a.png"])),
        ("--b\n\none\n--b\nContent-Type: message/rfc822\n\nSubject: x\n\ny", "mixed", ("one", "", [""])),
        ("--b\nContent-Type: text/enriched\n\n<bold>a</bold>", "mixed", ("a", "", [])),
    ],
)
def test_text_html_and_attachments_are_told_apart(parts: str, kind: str, expected: tuple[str, str, list[str]]) -> None:
    assert body(parts, kind) == expected
