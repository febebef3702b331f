"""HTML that can be shown: nothing runs, nothing is fetched, nothing is sent."""

import pytest

from postroom.mime.safe_html import safe_html


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>", '<p onclick="alert(1)">x</p>', '<a href="javascript:alert(1)">x</a>',
        '<iframe src="https://x.example"></iframe>', '<form action="https://x.example"><input name="a"></form>',
        "<style>@import 'https://x.example'</style>", '<p style="background:url(https://x.example)">x</p>',
        '<link rel="stylesheet" href="https://x.example">', '<meta http-equiv="refresh" content="0;url=https://x.example">',
        '<object data="https://x.example"></object>', '<svg onload="alert(1)"></svg>', '<base href="https://x.example">',
        '<a href="data:text/html,x">x</a>', '<img src="data:text/html,x">',
        '<p style="b\\61ckground:u\\72l(//x.example)">x</p>',
        '<table background="https://x.example"></table>', '<video src="https://x.example"></video>',
        '<img srcset="https://x.example 2x">', '<a href="postroom-remote:x">x</a>',
    ],
)  # fmt: skip
def test_what_reaches_outside_or_runs_is_gone(markup: str) -> None:
    safe = safe_html(markup).lower()
    for forbidden in (
        "x.example",
        "alert",
        "javascript",
        "<script",
        "<form",
        "<input",
        "<style",
        "url(",
        "data:text",
        "remote:",
    ):
        assert forbidden not in safe


def test_images_of_the_mail_stay_and_remote_ones_wait() -> None:
    safe = safe_html('<img src="cid:a@b"><img alt="x" src="https://x.example/a.png?b=1&amp;c=2">')
    assert '<img src="cid:a@b">' in safe
    assert 'data-remote-src="https://x.example/a.png?b=1&amp;c=2"' in safe
    assert ' src="http' not in safe


def test_a_mail_cannot_set_the_remote_image_itself() -> None:
    assert "data-remote-src" not in safe_html('<p data-remote-src="https://x.example">x</p>')


def test_links_open_without_a_referrer() -> None:
    assert 'rel="noopener noreferrer nofollow"' in safe_html('<a href="https://x.example">x</a>')


def test_formatting_stays() -> None:
    assert safe_html('<p style="color:red"><b>x</b></p>') == '<p style="color:red"><b>x</b></p>'


def test_markup_that_is_too_deep_is_shown_as_text() -> None:
    assert safe_html("<div>" * 50_000 + "word <script>").startswith("<pre>")
