"""The one way nouns become JSON text and come back: used by stores and by the engine's journal.

Every noun of `postroom.model` makes the round trip unchanged: tuples, frozen sets, enums, mappings and times (with
their offset, as UTC-aware values). Bytes travel as base64, which is meant for small ones. A field that a newer version
added with a default is simply absent from older text, so stored text stays readable.
"""

from collections.abc import Mapping, Sequence
from types import GenericAlias
from typing import TypeVar

import pydantic
from pydantic import ConfigDict, TypeAdapter
from pydantic_core import PydanticSerializationError, ValidationError

from postroom.errors import InputError, StoreError

Noun = TypeVar("Noun")

_DAMAGED = "It was written by another version, or the file was changed by hand: restore a backup."
_CONFIG = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", ser_json_inf_nan="constants")
_adapters: dict[type, TypeAdapter[list[object]]] = {}


def encode(noun: object) -> str:
    """Return `noun` as JSON text.

    Raises:
        InputError: it holds what JSON cannot carry (half a surrogate pair).
    """
    return _dump(type(noun), [noun])[1:-1]


def decode(kind: type[Noun], text: str) -> Noun:
    """Return the noun of class `kind` that `text` was made from.

    Raises:
        StoreError: the text is not such a noun.
    """
    found = _load(kind, f"[{text}]")
    if len(found) != 1:
        raise StoreError(f"Stored text cannot be read as one {kind.__name__}.", hint=_DAMAGED)
    return found[0]


def encode_all(kind: type[Noun], nouns: Sequence[Noun]) -> str:
    """Return `nouns`, all of class `kind`, as one JSON array.

    Raises:
        InputError: one holds what JSON cannot carry.
    """
    return _dump(kind, list(nouns))


def decode_all(kind: type[Noun], text: str) -> tuple[Noun, ...]:
    """Return the nouns of a text made by `encode_all`.

    Raises:
        StoreError: the text is not an array of such nouns.
    """
    return tuple(_load(kind, text))


def _dump(kind: type, nouns: Sequence[object]) -> str:
    try:
        return _adapter(kind).dump_json(list(nouns), fallback=_plain, warnings=False).decode()
    except PydanticSerializationError as error:
        raise InputError(
            f"A {kind.__name__} cannot be written as JSON.", hint="It holds text that is not valid Unicode."
        ) from error


def _plain(value: object) -> object:
    """Return a mapping that is not a dict as one: Pydantic writes no other."""
    if isinstance(value, Mapping):
        return dict(value)
    raise InputError(f"A {type(value).__name__} cannot be written as JSON.", hint="Nouns hold values, not objects.")


def _load(kind: type[Noun], text: str) -> list[Noun]:
    try:
        values = _adapter(kind).validate_json(text)
    except ValidationError as error:
        places = ", ".join(".".join(str(part) for part in problem["loc"][1:]) for problem in error.errors())
        raise StoreError(
            f"Stored text cannot be read as {kind.__name__} (at {places or 'its beginning'!r}).",
            hint=_DAMAGED,
        ) from None
    found = [value for value in values if isinstance(value, kind)]
    assert len(found) == len(values)
    return found


def _adapter(kind: type) -> TypeAdapter[list[object]]:
    adapter = _adapters.get(kind)
    if adapter is None:
        adapter = _adapters[kind] = _build(kind, pydantic.JsonValue)
    return adapter


# A dataclass cannot be given a config from outside, a list of it can: hence the list. Pydantic looks names of forward
# references up among the local variables here before it looks into the noun's own module: `JsonValue` of the model
# is a recursive union that it cannot follow, and its own type of that name means the same.
def _build(kind: type, JsonValue: object) -> TypeAdapter[list[object]]:  # noqa: ARG001, N803
    listed = GenericAlias(list, (kind,))
    return TypeAdapter(listed, config=_CONFIG)  # type: ignore[arg-type]  # made at run time, so no type to a checker
