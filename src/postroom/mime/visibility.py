"""Whether a reader sees what an HTML element holds, from its own attributes and what it inherits.

Style sheets are not applied: a class may hide or show anything, and mail programs differ in what they keep of them.
"""

import re
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborNode

_COLOURS = {"white": "#ffffff", "black": "#000000", "snow": "#fffafa", "whitesmoke": "#f5f5f5", "transparent": ""}
_HEX = re.compile(r"#([0-9a-f]{3,8})")
_RGB = re.compile(r"rgba?\((\d{1,3})[, ]+(\d{1,3})[, ]+(\d{1,3})(?:[,/ ]+([\d.]+))?\)")
_LENGTH = re.compile(r"(-?[\d.]{1,9})(px|pt|em|rem|%|vw|ex|)")
_SAME_COLOUR = 8  # Steps of 255 in each channel that nobody sees.
_TINY = {"px": 1.0, "pt": 1.0, "": 1.0, "em": 0.1, "rem": 0.1, "%": 10.0, "ex": 0.1, "vw": 0.1}
_OFF_SCREEN = {"px": -500.0, "pt": -500.0, "em": -30.0, "rem": -30.0, "%": -100.0, "vw": -100.0}

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """How text looks here: its `colour`, its `background` (both None where unknown) and whether it is `tiny`."""

    colour: Colour | None = (0, 0, 0)
    background: Colour | None = (255, 255, 255)
    tiny: bool = False

    @property
    def is_faint(self) -> bool:
        """Whether the colour of the text cannot be told from the background."""
        if self.colour is None or self.background is None:
            return False
        pairs = zip(self.colour, self.background, strict=True)
        return all(abs(one - other) <= _SAME_COLOUR for one, other in pairs)


def look_of(node: LexborNode, around: Appearance) -> Appearance | None:
    """Return how text in `node` looks where `around` is how it looks outside; None where nothing in it is shown."""
    attributes = node.attributes
    if not attributes:
        return around
    if "hidden" in attributes:
        return None
    style = _declarations(attributes.get("style") or "")
    if _is_removed(style):
        return None
    look = _on_background(around, style, attributes.get("bgcolor"), has_picture="background" in attributes)
    colour = style.get("color") or attributes.get("color")
    if colour:
        look = replace(look, colour=look.background if colour == "transparent" else _colour(colour))
    size = _LENGTH.match(style.get("font-size", ""))
    if size:
        number = _number(size[1])
        look = replace(look, tiny=number <= _TINY[size[2]] if number else True)
    return look


def _declarations(style: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for declaration in style.lower().split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            found[name.strip()] = value.replace("!important", "").strip()
    return found


def _is_removed(style: dict[str, str]) -> bool:
    clipped = style.get("overflow") == "hidden" or style.get("position") in {"absolute", "fixed"}
    return (
        style.get("display") == "none"
        or style.get("visibility") in {"hidden", "collapse"}
        or style.get("mso-hide") == "all"
        or _is_zero(style.get("max-height"))
        or _is_zero(style.get("opacity"))
        or (clipped and (_is_zero(style.get("height")) or _is_zero(style.get("width"))))
        or (clipped and style.get("clip", "").replace(" ", "").startswith(("rect(0", "rect(1px,1px")))
        or any(_is_off_screen(style.get(name)) for name in ("text-indent", "margin-left", "margin-top"))
        or (clipped and any(_is_off_screen(style.get(name)) for name in ("left", "top", "right", "bottom")))
    )


def _is_zero(value: str | None) -> bool:
    length = _LENGTH.fullmatch(value) if value else None
    return length is not None and _number(length[1]) == 0


def _is_off_screen(value: str | None) -> bool:
    length = _LENGTH.fullmatch(value) if value else None
    return length is not None and _number(length[1]) <= _OFF_SCREEN.get(length[2], -500.0)


def _number(digits: str) -> float:
    try:
        return float(digits)
    except ValueError:
        return 1.0


def _on_background(
    around: Appearance, style: dict[str, str], attribute: str | None, *, has_picture: bool
) -> Appearance:
    shorthand = style.get("background", "")
    if has_picture or "url(" in shorthand or "gradient" in shorthand or style.get("background-image", "none") != "none":
        return replace(around, background=None)
    wanted = style.get("background-color") or shorthand or attribute
    if not wanted or wanted in {"transparent", "none", "inherit", "initial"}:
        return around
    return replace(around, background=_colour(wanted))


def _colour(value: str) -> Colour | None:
    """Return red, green and blue; None where `value` is not one of the usual ways to write a colour, or see-through."""
    value = value.strip().lower()
    value = _COLOURS.get(value, value)
    if not value.startswith(("#", "rgb")) and re.fullmatch(r"[0-9a-f]{6}", value):
        value = f"#{value}"
    found = _HEX.match(value)
    if found:
        digits = found[1]
        short = len(digits) in {3, 4}
        parts = [digit * 2 for digit in digits[:3]] if short else [digits[at : at + 2] for at in (0, 2, 4)]
        return (int(parts[0], 16), int(parts[1], 16), int(parts[2], 16)) if len(digits) in {3, 4, 6, 8} else None
    mixed = _RGB.match(value)
    if mixed and mixed[4] in {None, "1", "1.0"}:
        return (int(mixed[1]), int(mixed[2]), int(mixed[3]))
    return None
