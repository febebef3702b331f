"""The estimate of a parser's work: low for what people send, high for what is made to hurt."""

import pytest

from mime.hostile_mail import hostile_mails
from postroom.mime.html_cost import is_too_costly, without_tags


@pytest.mark.parametrize(
    "name", ["nested_div", "hidden_nesting", "open_fonts", "fonts_in_blocks", "attributes", "hidden_attributes"]
)
def test_markup_made_to_hurt_is_refused(name: str) -> None:
    assert is_too_costly(hostile_mails(400_000)[name].decode())


def test_a_long_newsletter_is_parsed() -> None:
    row = (
        '<tr><td style="padding:1px"><p><font color="red"><b>Lamp</b> <a href="https://x.example">buy</a></p></td></tr>'
    )
    assert not is_too_costly("<table>" * 10 + row * 3_000 + "</table>" * 10)


def test_without_tags_leaves_the_words() -> None:
    assert without_tags("<p>a &lt; b</p>").strip() == "a < b"
