"""The tree of parts."""

import pytest

from postroom.mime.parts import MAX_DEPTH, MAX_PARTS, Part, split_parts


def outline(part: Part) -> object:
    """Return the types of `part` and of what is inside."""
    return [part.content_type, *map(outline, part.children)] if part.children else part.content_type


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_nested_parts_make_a_tree(newline: bytes) -> None:
    content = (
        b"Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/alternative; boundary=ab\n\n"
        b"--ab\n\nplain\n--ab\nContent-Type: text/html\n\nhtml\n--ab--\n--a\nContent-Type: image/png\n\nx\n--a--\n"
    ).replace(b"\n", newline)
    root, defects = split_parts(content)
    assert outline(root) == ["multipart/mixed", ["multipart/alternative", "text/plain", "text/html"], "image/png"]
    plain = root.children[0].children[0]
    assert content[plain.start : plain.end] == b"plain"
    assert defects == []


def test_a_digest_holds_messages() -> None:
    root, _ = split_parts(b"Content-Type: multipart/digest; boundary=a\n\n--a\n\nSubject: x\n\ny\n--a--\n")
    assert outline(root) == ["multipart/digest", "message/rfc822"]


def test_parts_and_depth_are_capped() -> None:
    many, defects = split_parts(b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\nx\n" * (MAX_PARTS + 50))
    assert len(many.children) == MAX_PARTS - 1
    assert "too_many_parts" in defects
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(MAX_DEPTH + 50))
    assert "too_deep" in split_parts(nested)[1]
