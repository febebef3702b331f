"""Reads the settings once at start, from the environment and `.env`, and tells every problem at once."""

import difflib
import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError
from pydantic_settings.sources import DotEnvSettingsSource

from postroom.errors import ConfigurationError
from postroom.settings.settings import CONFIDENTIAL, PREFIX, Settings

TEST_PREFIX = "POSTROOM_TEST_"  # Read by the test suite only.


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Return the settings from the environment, then `env_file` (may be missing), then the defaults.

    Raises:
        ConfigurationError: every problem of every setting, unknown names too, in one message without secrets.
    """
    try:
        problems = list(_unknown_names(env_file))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{str(env_file)!r} cannot be read.", hint="Make it a readable UTF-8 file.") from error
    settings: Settings | None = None
    try:
        settings = Settings(_env_file=env_file)  # type: ignore[call-arg] # A private name of BaseSettings.
    except ValidationError as error:
        problems += [
            _in_words(str(one["loc"][0]), one["msg"], one["input"])
            for one in error.errors()
            # A default that only waits for other settings to be right is no problem of its own.
            if one["type"] != "default_factory_not_called"
        ]
    # Raised outside the handler: the cause would carry the values into tracebacks.
    if settings is None or problems:
        raise ConfigurationError(
            f"{len(problems)} setting(s) cannot be used:\n" + "\n".join(f"- {one}" for one in problems),
            hint="Correct them in the environment or in .env; .env.example lists every setting.",
        )
    return settings


def _unknown_names(env_file: Path | None) -> Iterator[str]:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    in_file = DotEnvSettingsSource(Settings, env_file=env_file, case_sensitive=True).env_vars if env_file else {}
    for name in sorted({*os.environ, *in_file}):
        if name.startswith(PREFIX) and not name.startswith(TEST_PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            yield f"{name}: there is no such setting" + (f"; did you mean {near[0]}?" if near else ".")


def _in_words(name: str, reason: str, value: object) -> str:
    reason = reason.removeprefix("Value error, ")
    shown = "" if name in CONFIDENTIAL or value is None else f" (it is {str(value)!r})"
    field = Settings.model_fields.get(name)
    meaning = f" Meaning: {field.description}" if field else ""
    return f"{PREFIX}{name.upper()}: {reason}{shown}.{meaning}"
