"""The settings of a plug-in as options give them, checked against what the plug-in knows."""

import json
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, get_args, get_origin

from postroom.cli.guided_flags import AccountFlags
from postroom.errors import InputError

if TYPE_CHECKING:
    from postroom.actions.accounts import Plugin

PASSWORD = "password"  # noqa: S105 - the name of a setting.


def settings_given(plugin: "Plugin", flags: AccountFlags, *, import_since: str | None = None) -> dict[str, object]:
    """Return the settings that options give, by dotted path; None for those to put back, also for a whole group.

    What is put back comes first: `--unset oauth --set oauth.grant=…` begins anew.
    `import_since` is the setting of that name, which has an option of its own.

    Raises:
        InputError: there is no such setting, a secret is in an option, or nothing is where it shall come from.
    """
    from postroom.actions.accounts_sealed import known_fields, secret_fields

    known, secrets = known_fields(plugin.config), secret_fields(plugin.config)
    found: dict[str, object] = {}
    for key in flags.unset or ():
        _require_known(key, {**known, **dict.fromkeys(_groups(known))}, plugin.name)
        found[key] = None
    for text in flags.settings or ():
        key, value = _pair(text, "--set")
        _require_known(key, known, plugin.name)
        if key in secrets:
            hint = f"Use --secret-env {key}=NAME: others can read the options of a command."
            raise InputError(f"{key!r} is a secret and is not taken from an option.", hint=hint)
        found[key] = _value(value, known[key])
    for text in flags.secret_env or ():
        key, variable = _pair(text, "--secret-env")
        _require_known(key, known, plugin.name)
        found[key] = _of_variable(variable)
    if flags.password_env is not None:
        found[_main_secret(secrets, plugin.name)] = _of_variable(flags.password_env)
    if flags.password_stdin:
        found[_main_secret(secrets, plugin.name)] = _of_standard_input()
    if import_since is not None:
        _require_known("import_since", known, plugin.name)
        found["import_since"] = import_since
    return found


def nested(settings: Mapping[str, object]) -> dict[str, object]:
    """Return settings by dotted path as nested values; those that are None are left out."""
    from postroom.actions.accounts_sealed import merged

    return merged({}, settings)


def takes_oauth(plugin: "Plugin") -> bool:
    """Return whether a kind can log in with OAuth."""
    return "oauth" in plugin.config.model_fields


def _pair(text: str, option: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not sign or not key.strip():
        raise InputError(f"{option} {key!r} has no value.", hint=f"Write {option} KEY=VALUE.")
    return key.strip(), value


def takes_a_list(kind: object) -> bool:
    """Return whether a setting of this type is a list."""
    return get_origin(kind) is list or any(get_origin(inner) is list for inner in get_args(kind))


def listed(text: str) -> list[str]:
    """Return the members of a list that a person wrote with commas."""
    return [member.strip() for member in text.split(",") if member.strip()]


def _groups(known: Mapping[str, object]) -> set[str]:
    """Return what stands before the dots, as `oauth`."""
    return {path.rpartition(".")[0] for path in known} - {""}


def _value(text: str, kind: object) -> object:
    """Return a list or mapping where the text is JSON of one or the setting is a list, else the text.

    The plug-in reads numbers itself.
    """
    if text[:1] and text[0] in "[{":
        try:
            found: object = json.loads(text)
        except json.JSONDecodeError:
            found = None
        if found is not None:
            return found
    return listed(text) if takes_a_list(kind) else text


def _require_known(key: str, known: Mapping[str, object], kind: str) -> None:
    if key not in known:
        raise InputError(f"{kind!r} has no setting {key!r}.", hint=f"It has: {', '.join(known)}.")


def _of_variable(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        state = "not set" if value is None else "empty"
        raise InputError(f"The variable {name!r} is {state}.", hint="Set it in the environment of this command.")
    return value


def _of_standard_input() -> str:
    value = sys.stdin.readline().rstrip("\r\n")
    if not value:
        raise InputError("Standard input gives no password.", hint="Write it there as the first line.")
    return value


def _main_secret(secrets: tuple[str, ...], kind: str) -> str:
    if PASSWORD in secrets:
        return PASSWORD
    if len(secrets) == 1:
        return secrets[0]
    told = f"Name it with --secret-env KEY=NAME: {', '.join(secrets)}." if secrets else "Leave the password out."
    raise InputError(f"{kind!r} has {'several secrets' if secrets else 'no password'}.", hint=told)
