"""Parameters of Content-Type and Content-Disposition, and the file names in them."""

import pytest

from postroom.mime.parameters import file_name, split_value


@pytest.mark.parametrize(
    ("header", "name", "value"),
    [
        ('text/plain; charset="utf-8"', "charset", "utf-8"),
        ("text/plain; Charset = utf-8 ; x=y", "charset", "utf-8"),
        ("attachment; filename=a b.txt", "filename", "a b.txt"),
        ('attachment; filename="a;b.txt"', "filename", "a;b.txt"),
        ('attachment; filename="a\\"b.txt"', "filename", 'a"b.txt'),
        ("attachment; filename*=utf-8''%C3%BCber.txt", "filename", "über.txt"),
        ("attachment; filename=x; filename*=utf-8''%C3%BCber.txt", "filename", "über.txt"),
        ("attachment; filename*1=b.txt; filename*0=a", "filename", "ab.txt"),
        ("attachment; filename*0*=iso-8859-1''%FC; filename*1=b", "filename", "üb"),
        ('attachment; filename="=?utf-8?q?=C3=BC.txt?="', "filename", "ü.txt"),
        ("attachment; ; ;filename=a", "filename", "a"),
        ('multipart/mixed; boundary="unclosed', "boundary", "unclosed"),
    ],
)
def test_parameters_are_read(header: str, name: str, value: str) -> None:
    assert split_value(header)[1][name] == value


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a.txt", "a.txt"),
        ("/etc/passwd", "passwd"),
        ("C:\\x\\a.txt", "a.txt"),
        ("..", ""),
        ("a\r\nb", "a b"),
        ("x" * 300, "x" * 255),
    ],
)
def test_a_file_name_has_no_path(text: str, name: str) -> None:
    assert file_name(text) == name
