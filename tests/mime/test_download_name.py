import pytest

from postroom.mime.download_name import MAX_NAME_CHARS, as_attachment, download_name


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("Rechnung für Müller.pdf", "Rechnung für Müller.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\system32\\evil.exe", "evil.exe"),
        ("a\r\nSet-Cookie: x=1.txt", "a Set-Cookie_ x=1.txt"),
        ('a"b;c.txt', "a_b;c.txt"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("\u2066a\u2069\u200b\ufeff.pdf", "a.pdf"),
        ("half \ud800 pair.txt", "half \ufffd pair.txt"),
        ("invoice.pdf" + " " * 90 + ".exe", "invoice.pdf .exe"),
        ("nul.txt", "_nul.txt"),
        ("CON", "_CON"),
        ("console.log", "console.log"),
        (".htaccess", "htaccess"),
        ("a.txt. . ", "a.txt"),
        ("stream.txt:hidden", "stream.txt_hidden"),
    ],
)
def test_a_name_is_made_harmless(given: str, wanted: str) -> None:
    assert download_name(given) == wanted


@pytest.mark.parametrize("given", ["", "..", "/", "\x00\x01", "\u202e", "   ", "a/"])
def test_what_leaves_no_name_gets_the_fallback(given: str) -> None:
    assert download_name(given, fallback="e-mail.eml") == "e-mail.eml"


def test_a_long_name_keeps_its_extension() -> None:
    cut = download_name("x" * 300 + ".pdf")
    assert len(cut) == MAX_NAME_CHARS
    assert cut.endswith("x.pdf")
    assert len(download_name("y" * 300)) == MAX_NAME_CHARS
    assert len(download_name("z." + "y" * 300)) == MAX_NAME_CHARS


def test_the_header_is_ascii_and_cannot_be_left() -> None:
    header = as_attachment('für "x"\\%41.txt')
    assert header.isascii()
    assert header == ("attachment; filename=\"f_r _x___41.txt\"; filename*=UTF-8''f%C3%BCr%20%22x%22%5C%2541.txt")
