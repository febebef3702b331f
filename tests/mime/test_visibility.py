"""How text looks, from attributes and inheritance."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from postroom.mime.visibility import Appearance, look_of


def look(attributes: str, around: Appearance | None = None) -> Appearance | None:
    node = LexborHTMLParser(f"<div {attributes}>x</div>").css_first("div")
    assert node is not None
    return look_of(node, around or Appearance())


@pytest.mark.parametrize(
    "style",
    ["display:none", "visibility:hidden", "opacity:0.0", "max-height:0px", "mso-hide:all", "margin-left:-999em"],
)
def test_what_is_not_shown_has_no_look(style: str) -> None:
    assert look(f'style="{style}"') is None


@pytest.mark.parametrize(
    "style",
    ["display:block", "opacity:0.5", "height:0", "left:-9999px", "margin-left:-5px", "width:oops", "font-size:."],
)
def test_what_is_shown_has_one(style: str) -> None:
    assert look(f'style="{style}"') is not None


def test_colours_in_every_notation_are_read() -> None:
    for colour in ("#ABC", "#aabbcc", "#aabbccff", "rgb(170, 187, 204)", "rgb(170 187 204 / 1)", "aabbcc"):
        found = look(f'style="color:{colour}"')
        assert found is not None
        assert found.colour == (170, 187, 204)


def test_an_unknown_colour_is_never_faint() -> None:
    for style in (
        "color:papayawhip",
        "color:#fff;background:url(x.png)",
        "color:rgba(255,255,255,0.1)",
        "color:#12345",
    ):
        found = look(f'style="{style}"')
        assert found is not None
        assert not found.is_faint


def test_see_through_text_and_text_in_the_inherited_background_are_faint() -> None:
    dark = look('bgcolor="#000000"')
    assert dark is not None
    assert dark.is_faint
    for style in ("color:transparent", "color:black"):
        found = look(f'style="{style}"', dark)
        assert found is not None
        assert found.is_faint


def test_a_child_may_be_larger_than_its_tiny_parent() -> None:
    tiny = look('style="font-size:0"')
    assert tiny is not None
    assert tiny.tiny
    child = look('style="font-size:14px"', tiny)
    assert child is not None
    assert not child.tiny
