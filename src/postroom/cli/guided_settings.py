"""The settings of a plug-in as options and questions give them, checked against what the plug-in knows."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, get_args

from postroom.cli.guided import ask, ask_choice, ask_hidden, ask_needed
from postroom.cli.guided_flags import AccountFlags
from postroom.errors import InputError

if TYPE_CHECKING:
    from pydantic import BaseModel

    from postroom.actions.accounts import Plugin

PASSWORD = "password"  # noqa: S105 - the name of a setting.
# Asked for wherever a kind has them; everything else only where it has no default.
OAUTH_ASKED = ("grant", "token_url", "client_id", "client_secret", "refresh_token", "scope")
ASKED = ("host", "port", "security", "username", PASSWORD, "path", "url")


def settings_given(plugin: "Plugin", flags: AccountFlags, *, import_since: str | None = None) -> dict[str, object]:
    """Return the settings that options give, by dotted path; None for those to put back.

    `import_since` is the setting of that name, which has an option of its own.

    Raises:
        InputError: there is no such setting, a secret is in an option, or a variable is empty.
    """
    from postroom.actions.accounts_sealed import known_fields, secret_fields

    known, secrets = known_fields(plugin.config), secret_fields(plugin.config)
    found: dict[str, object] = {}
    for text in flags.settings or ():
        key, value = _pair(text, "--set")
        _require_known(key, known, plugin.name)
        if key in secrets:
            hint = f"Use --secret-env {key}=NAME: others can read the options of a command."
            raise InputError(f"{key!r} is a secret and is not taken from an option.", hint=hint)
        found[key] = _value(value)
    for text in flags.secret_env or ():
        key, variable = _pair(text, "--secret-env")
        _require_known(key, known, plugin.name)
        found[key] = _of_variable(variable)
    if flags.password_env is not None:
        found[_main_secret(secrets, plugin.name)] = _of_variable(flags.password_env)
    if flags.password_stdin:
        found[_main_secret(secrets, plugin.name)] = sys.stdin.readline().rstrip("\r\n")
    if import_since is not None:
        _require_known("import_since", known, plugin.name)
        found["import_since"] = import_since
    for key in flags.unset or ():
        _require_known(key, known, plugin.name)
        found[key] = None
    return found


def ask_settings(plugin: "Plugin", before: Mapping[str, object], *, oauth: bool = False) -> dict[str, object]:
    """Return settings that a person typed, by dotted path; `before` are the defaults offered.

    With `oauth` the settings below `oauth` are asked for in place of the password.
    """
    from postroom.actions.accounts_sealed import known_fields, secret_fields

    config, secrets = plugin.config, secret_fields(plugin.config)
    known = known_fields(config)
    # What was typed for another kind, or for the other way to log in, would not fit any more.
    found = {path: value for path, value in before.items() if path in known and not _other_login(path, oauth=oauth)}
    for path, kind in known.items():
        above, _, name = path.partition(".")
        if above == "oauth":
            wanted = oauth and name in OAUTH_ASKED
        else:
            wanted = is_needed(config, path) or (path in ASKED and not (oauth and path == PASSWORD))
        if wanted:
            if path in secrets:
                _ask_secret(found, path)
            else:
                _ask_one(found, path, config, choices(kind))
    return found


def nested(settings: Mapping[str, object]) -> dict[str, object]:
    """Return settings by dotted path as nested values; those that are None are left out."""
    from postroom.actions.accounts_sealed import merged

    return merged({}, settings)


def is_needed(config: "type[BaseModel]", path: str) -> bool:
    """Return whether a setting has no default and belongs to no group that can be left out."""
    field = config.model_fields.get(path)
    return field is not None and field.is_required()


def choices(kind: object) -> tuple[str, ...]:
    """Return the words that a setting of this type can be, empty where it is no closed set."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(str(one.value) for one in kind)
    words = get_args(kind)
    return words if words and all(isinstance(word, str) for word in words) else ()


def _other_login(path: str, *, oauth: bool) -> bool:
    return path == PASSWORD if oauth else path.startswith("oauth.")


def _ask_secret(found: dict[str, object], path: str) -> None:
    before = found.get(path)
    answer = ask_hidden(_question(path), kept="" if before is None else str(before))
    if answer:
        found[path] = answer


def _ask_one(found: dict[str, object], path: str, config: "type[BaseModel]", known: Sequence[str]) -> None:
    before = found.get(path)
    default = "" if before is None else str(before)
    question = _question(path)
    if known:
        answer = ask_choice(question, known, default or _default(config, path))
    elif is_needed(config, path):
        answer = ask_needed(question, default)
    else:
        answer = ask(question, default or _default(config, path))
    if answer:
        found[path] = answer


def _question(path: str) -> str:
    return path.replace("_", " ").replace(".", ": ")


def _default(config: "type[BaseModel]", path: str) -> str:
    above, _, name = path.rpartition(".")
    if above:
        inside = config.model_fields.get(above)
        models = get_args(inside.annotation) if inside is not None else ()
        return next((_default(one, name) for one in models if hasattr(one, "model_fields")), "")
    field = config.model_fields.get(name)
    default: object = field.default if field is not None and not field.is_required() else None
    return str(default) if isinstance(default, str | int) else ""


def takes_oauth(plugin: "Plugin") -> bool:
    """Return whether a kind can log in with OAuth."""
    return "oauth" in plugin.config.model_fields


def _pair(text: str, option: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not sign or not key.strip():
        raise InputError(f"{option} {key!r} has no value.", hint=f"Write {option} KEY=VALUE.")
    return key.strip(), value


def _value(text: str) -> object:
    """Return a list or mapping where the text is JSON of one, else the text: the plug-in reads numbers itself."""
    if text[:1] not in "[{" or not text:
        return text
    try:
        found: object = json.loads(text)
    except json.JSONDecodeError:
        return text
    return found


def _require_known(key: str, known: Mapping[str, object], kind: str) -> None:
    if key not in known:
        raise InputError(f"{kind!r} has no setting {key!r}.", hint=f"It has: {', '.join(known)}.")


def _of_variable(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise InputError(f"The variable {name!r} is empty.", hint="Set it in the environment of this command.")
    return value


def _main_secret(secrets: tuple[str, ...], kind: str) -> str:
    if PASSWORD in secrets:
        return PASSWORD
    if len(secrets) == 1:
        return secrets[0]
    told = f"Name it with --secret-env KEY=NAME: {', '.join(secrets)}." if secrets else "Leave the password out."
    raise InputError(f"{kind!r} has {'several secrets' if secrets else 'no password'}.", hint=told)
