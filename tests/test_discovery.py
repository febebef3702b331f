import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest
from pydantic import BaseModel, Field, SecretStr, model_validator

from postroom.discovery import configured, discover
from postroom.errors import ConfigurationError
from postroom.notifiers import NotifierPlugin
from postroom.providers import ReceiverPlugin, SenderPlugin


@dataclass(frozen=True)
class Declared:
    name: str


class Config(BaseModel):
    size: int = Field(ge=1)
    secret: str


@pytest.fixture
def family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "family_of_tests"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.startswith("family_of_tests")]:
        del sys.modules[name]


DECLARES = f"from {__name__} import Declared\nPLUGIN = Declared("


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, __name__, sys.modules[__name__])


def test_the_shipped_plug_ins_are_found_by_name() -> None:
    assert {"maildir", "mbox"} <= set(discover("postroom.providers", ReceiverPlugin).plugins)
    assert "outbox_folder" in discover("postroom.providers", SenderPlugin).plugins
    assert {"log", "slack", "webhook"} <= set(discover("postroom.notifiers", NotifierPlugin).plugins)


def test_a_missing_package_makes_one_plug_in_unavailable_and_nothing_else(family: Path) -> None:
    (family / "first.py").write_text(f"{DECLARES}'first')\n")
    (family / "second.py").write_text("import a_package_that_is_not_there.part\n")
    found = discover("family_of_tests", Declared)
    assert list(found.plugins) == ["first"]
    (absent,) = found.unavailable
    assert (absent.name, absent.missing) == ("second", "a_package_that_is_not_there")
    assert absent.command == "pip install --upgrade a_package_that_is_not_there"
    with pytest.raises(ConfigurationError) as caught:
        found.named("second")
    assert caught.value.hint == absent.command


def test_a_broken_module_of_our_own_is_not_hidden(family: Path) -> None:
    (family / "broken.py").write_text("from family_of_tests import nothing_of_this_name\n")
    with pytest.raises(ImportError, match="nothing_of_this_name"):
        discover("family_of_tests", Declared)


def test_two_plug_ins_of_one_name_are_refused(family: Path) -> None:
    (family / "first.py").write_text(f"{DECLARES}'same')\n")
    (family / "second.py").write_text(f"{DECLARES}'same')\n")
    with pytest.raises(ConfigurationError, match="same"):
        discover("family_of_tests", Declared)


def test_a_plug_in_imported_by_another_module_is_found_once(family: Path) -> None:
    (family / "first.py").write_text(f"{DECLARES}'first')\n")
    (family / "second.py").write_text("from family_of_tests.first import PLUGIN\n")
    assert list(discover("family_of_tests", Declared).plugins) == ["first"]


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ConfigurationError) as caught:
        discover("postroom.notifiers", NotifierPlugin).named("pigeon")
    assert "slack" in caught.value.hint


def test_wrong_settings_are_all_named_without_their_values() -> None:
    assert configured(Config, {"size": "3", "secret": "x"}, plugin="trial").size == 3
    with pytest.raises(ConfigurationError) as caught:
        configured(Config, {"size": "hush", "secret": 7}, plugin="trial")
    assert "size" in caught.value.message
    assert "secret" in caught.value.message
    assert "hush" not in caught.value.message
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


class LogIn(BaseModel):
    host: str
    password: SecretStr | None = None
    oauth: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.password is None) == (self.oauth is None):
            raise ValueError("either password or oauth is needed, not both")
        return self


class Signed(BaseModel):
    url: str
    secret: SecretStr


class SendingLogIn(BaseModel):
    username: str = ""
    password: SecretStr | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if bool(self.username) != (self.password is not None):
            raise ValueError("a username and a password (or oauth) go together")
        return self


def test_what_a_validator_says_is_told_without_the_name_of_its_error() -> None:
    with pytest.raises(ConfigurationError) as caught:
        configured(LogIn, {"host": "x"}, plugin="trial")
    assert caught.value.message == "The settings of 'trial' are wrong: either password or oauth is needed, not both."


@pytest.mark.parametrize(
    ("config", "values", "hint"),
    [
        (LogIn, {"host": "x"}, "--password-env NAME or --password-stdin"),
        (LogIn, {"host": "x", "password": "hush", "oauth": "hush"}, "--unset oauth"),
        (LogIn, {"password": "hush"}, "Correct them."),
        (SendingLogIn, {"username": "ann"}, "--password-env NAME or --password-stdin"),
        (SendingLogIn, {"password": "hush"}, "--set username=NAME"),
        (Signed, {"url": "x"}, "--secret-env secret=NAME"),
        (Signed, {"secret": "hush"}, "Correct them."),
    ],
)
def test_a_missing_secret_is_told_with_the_option_that_gives_it(
    config: type[BaseModel], values: dict[str, object], hint: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        configured(config, values, plugin="trial")
    assert hint in caught.value.hint
    assert "hush" not in caught.value.message + caught.value.hint
