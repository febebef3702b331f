"""Which Postroom this is."""

import json
import platform

import pytest

from cli.conftest import Postroom
from postroom import __version__


def test_it_is_told_to_people_and_to_programs_and_needs_nothing(postroom: Postroom) -> None:
    assert postroom("version").stdout == f"postroom {__version__} (Python {platform.python_version()})\n"
    assert json.loads(postroom("version", "--json").stdout) == {
        "postroom": __version__,
        "python": platform.python_version(),
    }


def test_it_is_told_where_a_setting_is_wrong_too(postroom: Postroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTROOM_MODE", "reckless")
    assert postroom("version").exit_code == 0
