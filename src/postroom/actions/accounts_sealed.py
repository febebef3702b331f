"""The settings of a plug-in, parted into what may be read and what is sealed, and put together again."""

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, SecretStr

from postroom.errors import InputError
from postroom.model.account import Account, AccountFamily
from postroom.model.workflow import JsonValue
from postroom.sealing import Seal


def secret_fields(config: type[BaseModel]) -> tuple[str, ...]:
    """Return the fields of `config` that are secrets, those of models inside it by dotted path (`oauth.secret`)."""
    return tuple(path for path, kind in known_fields(config).items() if SecretStr in _kinds(kind))


def known_fields(config: type[BaseModel]) -> Mapping[str, object]:
    """Return the type of every setting of `config` by dotted path, in their order; a model inside gives its own."""
    return dict(_fields(config, ""))


def unknown_settings(config: type[BaseModel], values: Mapping[str, object]) -> tuple[str, ...]:
    """Return which of `values` (by dotted path or nested) name no setting of `config`; a whole group is known."""
    known = known_fields(config)
    groups = {path.rpartition(".")[0] for path in known} - {""}
    return tuple(path for path in _paths(values, "", groups) if path not in known and path not in groups)


def parted(config: BaseModel, seal: Seal, *, place: str) -> tuple[dict[str, JsonValue], dict[str, str]]:
    """Return the settings that were set: the readable ones nested, and the secrets sealed, by dotted path.

    Each secret is bound to `<place>/<path>`. What was left at its default is left out.
    """
    written: dict[str, object] = config.model_dump(mode="json", exclude_unset=True, by_alias=True)
    meant: dict[str, object] = config.model_dump(mode="python", exclude_unset=True, by_alias=True)
    sealed: dict[str, str] = {}
    for path, secret in _secrets(meant, ""):
        sealed[path] = seal.close(secret.get_secret_value(), place=f"{place}/{path}")
        _take_out(written, path)
    return {name: _plain(value) for name, value in written.items()}, sealed


def opened_values(account: Account, seal: Seal) -> dict[str, object]:
    """Return all settings of an account as its plug-in takes them, nested, with the secrets opened.

    Raises:
        ConfigurationError: a secret was sealed with another key.
    """
    found: dict[str, object] = _copied(account.values)
    for path, sealed in account.sealed.items():
        secret = SecretStr(seal.open(sealed, place=f"{place_of(account.family, account.name)}/{path}"))
        put_in(found, path, secret)
    return found


def with_absolute_paths(config: type[BaseModel], values: Mapping[str, object]) -> dict[str, object]:
    """Return nested `values` with every path made absolute: what is stored must not depend on where a command runs.

    Raises:
        InputError: a path begins with the folder of a user that is not there.
    """
    return with_paths(config, values, _absolute)


def with_paths(
    config: type[BaseModel], values: Mapping[str, object], changed: Callable[[str], str]
) -> dict[str, object]:
    """Return nested `values` with every path that is set as `changed` gives it."""
    found = _copied(values)
    for path, kind in known_fields(config).items():
        written = _at(found, path)
        if Path in _kinds(kind) and isinstance(written, str | Path) and str(written):
            put_in(found, path, changed(str(written)))
    return found


def place_of(family: AccountFamily, name: str) -> str:
    """Return what the secrets of an account are bound to."""
    return f"{family.value}/{name}"


def put_in(values: dict[str, object], path: str, value: object) -> None:
    """Set what a dotted path means in nested `values`, making the levels that are missing."""
    *levels, last = path.split(".")
    for level in levels:
        below = values.get(level)
        if not isinstance(below, dict):
            below = {}
            values[level] = below
        values = below
    values[last] = value


def merged(values: Mapping[str, object], changes: Mapping[str, object]) -> dict[str, object]:
    """Return nested `values` with `changes` (by dotted path); None takes a setting out, back to its default."""
    found = _copied(values)
    for path, value in changes.items():
        if value is None:
            _take_out(found, path)
        else:
            put_in(found, path, value)
    return found


def _absolute(written: str) -> str:
    try:
        return str(Path(written).expanduser().absolute())
    except RuntimeError as error:
        raise InputError(f"The path {written!r} names no user of this machine.", hint="Write it out.") from error


def _fields(config: type[BaseModel], before: str) -> Iterator[tuple[str, object]]:
    for name, field in config.model_fields.items():
        path = f"{before}{field.alias or name}"
        models = [one for one in _kinds(field.annotation) if isinstance(one, type) and issubclass(one, BaseModel)]
        if not models:
            yield path, field.annotation
        for model in models:
            yield from _fields(model, f"{path}.")


def _paths(values: Mapping[str, object], before: str, groups: Collection[str]) -> Iterator[str]:
    for name, value in values.items():
        path = f"{before}{name}"
        if path in groups and isinstance(value, Mapping):
            yield from _paths(value, f"{path}.", groups)
        else:
            yield path


def _kinds(annotation: object) -> tuple[object, ...]:
    """Return the members of a union (Annotated ones unwrapped), or the type alone."""
    if isinstance(annotation, type) and not get_args(annotation):
        return (annotation,)
    return tuple(kind for inner in get_args(annotation) for kind in _kinds(inner))


def _secrets(values: Mapping[str, object], before: str) -> Iterator[tuple[str, SecretStr]]:
    for name, value in values.items():
        if isinstance(value, SecretStr):
            yield f"{before}{name}", value
        elif isinstance(value, dict):
            yield from _secrets(value, f"{before}{name}.")


def _at(values: Mapping[str, object], path: str) -> object:
    """Return what a dotted path leads to in nested `values`, None where it leads nowhere."""
    found: object = values
    for level in path.split("."):
        found = found.get(level) if isinstance(found, Mapping) else None
    return found


def _take_out(values: dict[str, object], path: str) -> None:
    *levels, last = path.split(".")
    for level in levels:
        below = values.get(level)
        if not isinstance(below, dict):
            return
        values = below
    values.pop(last, None)


def _copied(values: Mapping[str, object]) -> dict[str, object]:
    return {name: _copied(value) if isinstance(value, Mapping) else value for name, value in values.items()}


def _plain(value: object) -> JsonValue:
    """Return a value that came out of JSON as what a type checker knows as JSON."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    raise TypeError(type(value).__name__)
