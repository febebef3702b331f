"""One line of a phrase file, ready to be filled.

The notation: `[one|other]` picks one of its parts and may be nested, `{slot}` is filled, and `<<formal|informal>>`
follows the way the writer addresses the shop.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from postroom.errors import ConfigurationError
from postroom.providers.mock.dice import Dice

_TOKEN = re.compile(r"(<<|>>|[\[\]|]|\{\w+\})")
_BAR = "|"
_CLOSING = {"[": "]", "<<": ">>"}
_SENTENCE_START = re.compile(r"(?:^|(?<=[.?!] ))([¿¡\"(]*)([a-zà-öø-ÿ])")


@dataclass(frozen=True, slots=True)
class _Slot:
    name: str


@dataclass(frozen=True, slots=True)
class _Choice:
    options: tuple["_Parts", ...]


@dataclass(frozen=True, slots=True)
class _Register:
    formal: "_Parts"
    informal: "_Parts"


_Parts = tuple[str | _Slot | _Choice | _Register, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled line."""

    parts: _Parts

    def write(self, dice: Dice, slots: Mapping[str, str], *, informal: bool) -> str:
        """Return the line filled from `slots`, its sentences begun with capital letters."""
        out: list[str] = []
        _write(self.parts, dice, slots, informal, out)
        return _SENTENCE_START.sub(_capital, "".join(out))

    def slot_names(self) -> frozenset[str]:
        """Return the names of all slots in the line."""
        return frozenset(_slot_names(self.parts))


def compile_line(line: str) -> Template:
    """Return `line` compiled.

    Raises:
        ConfigurationError: a bracket is not closed, or closed twice.
    """
    tokens = [token for token in _TOKEN.split(line) if token]
    options, end = _options(tokens, 0, "")
    if end != len(tokens) or len(options) != 1:
        raise ConfigurationError(f"The phrase {line!r} has a bracket too many.", hint="Each [ needs one ].")
    return Template(options[0])


def _options(tokens: list[str], start: int, closing: str) -> tuple[tuple[_Parts, ...], int]:
    """Return the parts between here and `closing`, and the position of `closing`."""
    options: list[_Parts] = []
    parts: list[str | _Slot | _Choice | _Register] = []
    position = start
    while position < len(tokens) and tokens[position] not in ("]", ">>"):
        token = tokens[position]
        if token in _CLOSING:
            inner, position = _options(tokens, position + 1, _CLOSING[token])
            parts.append(_group(token, inner))
        elif token == _BAR:
            options.append(tuple(parts))
            parts = []
        elif token[0] == "{" and token[-1] == "}":
            parts.append(_Slot(token[1:-1]))
        else:
            parts.append(token)
        position += 1
    options.append(tuple(parts))
    if closing and (position == len(tokens) or tokens[position] != closing):
        raise ConfigurationError(
            f"The phrase {''.join(tokens)!r} lacks a {closing!r}.", hint="Close every bracket of the phrase file."
        )
    return tuple(options), position


def _group(opening: str, options: tuple[_Parts, ...]) -> _Choice | _Register:
    if opening == "[":
        return _Choice(options)
    if len(options) != 2:
        raise ConfigurationError(
            f"A register group has {len(options)} parts instead of 2.", hint="Write <<formal|informal>>."
        )
    return _Register(*options)


def _write(parts: _Parts, dice: Dice, slots: Mapping[str, str], informal: bool, out: list[str]) -> None:  # noqa: FBT001
    for part in parts:
        if isinstance(part, str):
            out.append(part)
        elif isinstance(part, _Slot):
            out.append(slots[part.name])
        elif isinstance(part, _Choice):
            _write(dice.pick(part.options), dice, slots, informal, out)
        else:
            _write(part.informal if informal else part.formal, dice, slots, informal, out)


def _slot_names(parts: _Parts) -> Iterator[str]:
    for part in parts:
        if isinstance(part, _Slot):
            yield part.name
        elif isinstance(part, _Choice):
            for option in part.options:
                yield from _slot_names(option)
        elif isinstance(part, _Register):
            yield from _slot_names(part.formal)
            yield from _slot_names(part.informal)


def _capital(match: re.Match[str]) -> str:
    return match[1] + match[2].upper()
