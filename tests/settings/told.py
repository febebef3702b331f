"""What a person is told of settings that cannot be used."""

from pathlib import Path

import pytest

from postroom.errors import ConfigurationError
from postroom.settings import load_settings


def problems(env_file: Path | None = None) -> str:
    """Return the message that loading ends with."""
    with pytest.raises(ConfigurationError) as caught:
        load_settings(env_file)
    assert caught.value.hint
    assert caught.value.__context__ is None  # A cause would carry the values into tracebacks.
    return caught.value.message
