"""The settings as people read them: a page of the documentation and the file `.env.example`."""

import types
from typing import get_args

from pydantic.fields import FieldInfo

from postroom.settings.settings import PREFIX, Settings


def settings_reference() -> str:
    """Return a Markdown table of every setting: its name, default, allowed values and meaning."""
    rows = [
        f"| `{PREFIX}{name.upper()}` | {_code(_shown(field))} | {_allowed(field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| Setting | Default | Allowed | Meaning |", "| --- | --- | --- | --- |", *rows]) + "\n"


def settings_example() -> str:
    """Return the text of `.env.example`: every setting with its meaning, commented out at its default."""
    lines = ["# Copy this file to .env and change what you need. Variables of the environment go before it.", ""]
    for name, field in Settings.model_fields.items():
        allowed = _allowed(field)
        lines += [f"# {field.description}" + (f" Allowed: {allowed}." if allowed else "")]
        # A place inside the data folder stays open, so that it follows the data folder.
        shown = "" if field.default_factory else _shown(field)
        lines += [f"# {PREFIX}{name.upper()}={shown}", ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _shown(field: FieldInfo) -> str:
    if field.default_factory is not None:
        default: object = field.get_default(call_default_factory=True, validated_data={})
    else:
        default = field.default
    if default is None:
        return ""
    if isinstance(default, tuple):
        return ",".join(map(str, default))
    return str(default).lower() if isinstance(default, bool) else str(default)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _allowed(field: FieldInfo) -> str:
    choices: tuple[object, ...] = get_args(field.annotation)
    if choices and not isinstance(field.annotation, types.UnionType) and all(isinstance(one, str) for one in choices):
        return ", ".join(map(str, choices))
    if field.annotation is bool:
        return "true, false"
    signs = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    return ", ".join(
        f"{words} {getattr(limit, sign)}"
        for limit in field.metadata
        for sign, words in signs.items()
        if hasattr(limit, sign)
    )
