"""HTML as the lines that its reader sees."""

import pytest

from postroom.mime.html_text import html_to_text
from postroom.mime.quotation import split_quotation


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One</div><div>Two<br>Three</div>", "One\nTwo\nThree"),
        ("a <b>bold</b>\n  word", "a bold word"),
        ("<ul><li>One<li>Two</ul>", "- One\n- Two"),
        ("<table><tr><td>A</td><td>B</td></tr><tr><td>C</td></tr></table>", "A B\nC"),
        ('<a href="https://x.example">the link</a>', "the link"),
        ("<style>p{}</style><script>x()</script><title>t</title>seen", "seen"),
        ('<p style="display: none">hidden</p><p hidden>too</p>seen', "seen"),
        ('<p style="font-size:0px">tiny</p><p style="font-size:0.9em">seen</p>', "seen"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("a&nbsp;b &lt;c&gt;", "a b <c>"),
        ('<img src="x" alt="a lamp">', "a lamp"),
        ("", ""),
        ("no markup at all", "no markup at all"),
    ],
)
def test_markup_becomes_lines(markup: str, text: str) -> None:
    assert html_to_text(markup) == text


def test_quotations_get_quote_marks() -> None:
    assert html_to_text("mine<blockquote>theirs<blockquote>older</blockquote></blockquote>after") == (
        "mine\n\n> theirs\n>\n>> older\n\nafter"
    )


def test_gmails_history_is_seen_by_the_quotation_stripper() -> None:
    markup = (
        '<div>My lamp is broken.</div><div class="gmail_quote"><div class="gmail_attr">On Mon, 12 May 2025 '
        "at 10:30, Shop &lt;<a>help@shop.example</a>&gt; wrote:<br></div><blockquote>How is it?</blockquote></div>"
    )
    assert split_quotation(html_to_text(markup)).new_text == "My lamp is broken."


def test_outlooks_history_is_seen_by_the_quotation_stripper() -> None:
    markup = (
        "<p>My lamp is broken.</p><div style='border-top:solid'><p><b>Von:</b> Shop<br><b>Gesendet:</b> Montag<br>"
        "<b>An:</b> Jane<br><b>Betreff:</b> Lampe</p></div><p>Wie ist sie?</p>"
    )
    assert split_quotation(html_to_text(markup)).new_text == "My lamp is broken."


def test_markup_that_is_too_deep_still_gives_its_words() -> None:
    assert "word" in html_to_text("<div>" * 50_000 + "word")
