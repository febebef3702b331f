"""Asks a person for the settings of a plug-in: what it needs, with what is usual as the default."""

from collections.abc import Collection, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, get_args

from postroom.cli.guided import ask, ask_choice, ask_hidden, ask_needed
from postroom.cli.guided_settings import PASSWORD, listed, takes_a_list
from postroom.cli.known_providers import usual_port

if TYPE_CHECKING:
    from pydantic import BaseModel

    from postroom.actions.accounts import Plugin

OAUTH, GRANT = "oauth", "oauth.grant"
# What each grant needs, asked for in the order of the plug-in's settings.
ASKED_BY_GRANT = {
    "refresh_token": ("token_url", "client_id", "client_secret", "refresh_token", "scope"),
    "client_credentials": ("token_url", "client_id", "client_secret", "scope"),
    "google_service_account": ("scope", "service_account_json", "subject"),
}
FIRST_GRANT = "refresh_token"
# Asked for wherever a kind has them; everything else only where it has no default.
ASKED = ("host", "port", "security", "username", PASSWORD, "path", "url", "sender")


def ask_settings(
    plugin: "Plugin",
    before: Mapping[str, object],
    *,
    oauth: bool = False,
    settled: Collection[str] = (),
    also: Collection[str] = (),
) -> dict[str, object]:
    """Return settings that a person typed, by dotted path; `before` are the defaults offered.

    With `oauth` the settings below `oauth` are asked for in place of the password. Those that are `settled` are taken
    as they are, and `also` are asked for besides the usual ones, where the kind has them.
    """
    from postroom.actions.accounts_sealed import known_fields, secret_fields

    config, secrets = plugin.config, secret_fields(plugin.config)
    known = known_fields(config)
    # What was typed for another kind, or for the other way to log in, would not fit any more.
    found = {path: value for path, value in before.items() if path in known and not _other_login(path, oauth=oauth)}
    for path in _in_order(known):
        if path in settled or not (path in also or _is_wanted(config, path, found, oauth=oauth)):
            continue
        if path == "port":
            _offer_port(found, plugin.name, before)
        if path in secrets:
            _ask_secret(found, path)
        elif takes_a_list(known[path]):
            _ask_list(found, path, config)
        else:
            _ask_one(found, path, config, choices(known[path]))
    return {path: value for path, value in found.items() if not _of_other_grant(path, found)}


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


def _in_order(known: Mapping[str, object]) -> list[str]:
    """Return the settings in the order of the questions: security first, as the usual port depends on it."""
    paths = list(known)
    if "port" in paths and "security" in paths:
        paths.remove("security")
        paths.insert(paths.index("port"), "security")
    return paths


def _is_wanted(config: "type[BaseModel]", path: str, found: Mapping[str, object], *, oauth: bool) -> bool:
    above, _, name = path.partition(".")
    if above == OAUTH and name:
        return oauth and (path == GRANT or name in _of_grant(found))
    return is_needed(config, path) or (path in ASKED and not (oauth and path == PASSWORD))


def _of_grant(found: Mapping[str, object]) -> tuple[str, ...]:
    return ASKED_BY_GRANT.get(str(found.get(GRANT)), ASKED_BY_GRANT[FIRST_GRANT])


def _of_other_grant(path: str, found: Mapping[str, object]) -> bool:
    """Return whether a setting was typed for a grant that is not chosen any more."""
    name = path.removeprefix(f"{OAUTH}.")
    others = {one for names in ASKED_BY_GRANT.values() for one in names}
    return path != name and name in others and name not in _of_grant(found)


def _other_login(path: str, *, oauth: bool) -> bool:
    return path == PASSWORD if oauth else path.startswith(f"{OAUTH}.")


def _offer_port(found: dict[str, object], kind: str, before: Mapping[str, object]) -> None:
    """Offer the usual port of the security that was just chosen, unless another one was typed before."""
    usual = usual_port(kind, str(found.get("security", "")))
    chosen = str(found.get("port", ""))
    if usual and chosen in {"", "0", str(usual_port(kind, str(before.get("security", ""))))}:
        found["port"] = usual


def _ask_secret(found: dict[str, object], path: str) -> None:
    before = found.get(path)
    answer = ask_hidden(_question(path), kept="" if before is None else str(before))
    if answer:
        found[path] = answer


def _ask_list(found: dict[str, object], path: str, config: "type[BaseModel]") -> None:
    before = found.get(path)
    default = ", ".join(map(str, before)) if isinstance(before, list) else ""
    question = f"{_question(path)} (several with commas)"
    answer = ask_needed(question, default) if is_needed(config, path) else ask(question, default)
    if answer:
        found[path] = listed(answer)


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
