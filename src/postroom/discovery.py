"""Finds the plug-ins of a family: one file is one implementation, declared as a value at the top of its module."""

import importlib
import importlib.metadata
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType, ModuleType
from typing import Generic, Protocol, TypeVar, get_args

from pydantic import BaseModel, SecretStr, ValidationError

from postroom.errors import ConfigurationError


class Declaration(Protocol):
    """What every family's declaration has: the name it is chosen by, unique within the family."""

    @property
    def name(self) -> str:
        """The name, as it stands in settings and workflows."""
        ...


DeclarationT = TypeVar("DeclarationT", bound=Declaration)
ConfigT = TypeVar("ConfigT", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """A plug-in that cannot be loaded here: its module's name, the missing package, and what installs it."""

    name: str
    missing: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered(Generic[DeclarationT]):
    """The plug-ins of a family by name, in the order of their modules, and those that miss a package."""

    plugins: Mapping[str, DeclarationT]
    unavailable: tuple[Unavailable, ...] = ()

    def named(self, name: str) -> DeclarationT:
        """Return the plug-in called `name`.

        Raises:
            ConfigurationError: there is none, or its package is not installed; the hint says what to do.
        """
        if name in self.plugins:
            return self.plugins[name]
        for absent in self.unavailable:
            if absent.name == name:
                raise ConfigurationError(
                    f"The plug-in {name!r} needs {absent.missing!r}, which is not installed.", hint=absent.command
                )
        raise ConfigurationError(
            f"There is no plug-in called {name!r}.", hint=f"Choose one of: {', '.join(self.plugins) or 'none'}."
        )


def discover(package: str, declaration: type[DeclarationT]) -> Discovered[DeclarationT]:
    """Import every module directly in `package` and return the values of type `declaration` that they hold.

    A module that misses a package which is not part of Postroom is listed as unavailable; the others go on.

    Raises:
        ConfigurationError: two plug-ins have the same name.
        ImportError: a module of the same top-level package is missing or broken: that is a fault of the installation.
    """
    family = importlib.import_module(package)
    plugins: dict[str, DeclarationT] = {}
    unavailable: list[Unavailable] = []
    for short_name in sorted(found.name for found in pkgutil.iter_modules(family.__path__)):
        try:
            module = importlib.import_module(f"{package}.{short_name}")
        except ImportError as error:
            unavailable.append(_unavailable(package, short_name, error))
            continue
        for plugin in _declared(module, declaration):
            if plugins.setdefault(plugin.name, plugin) is not plugin:
                raise ConfigurationError(
                    f"Two plug-ins of {package!r} are called {plugin.name!r}.", hint="Rename or remove one of them."
                )
    return Discovered(plugins=MappingProxyType(plugins), unavailable=tuple(unavailable))


def configured(config: type[ConfigT], values: Mapping[str, object], *, plugin: str) -> ConfigT:
    """Return the validated settings of a plug-in.

    Raises:
        ConfigurationError: every value that is wrong or missing, in words and without the values (they may be secret).
    """
    try:
        return config.model_validate(dict(values))
    except ValidationError as error:
        found = [(".".join(map(str, one["loc"])), one["type"], _in_words(one["msg"])) for one in error.errors()]
    problems = "; ".join(f"{place}: {message}" if place else message for place, _, message in found)
    unset = [place for place, type_, _ in found if type_ == "missing" and _is_secret(config, place)]
    hints = [f"Give {place!r} with --secret-env {place}=NAME, NAME being a variable that holds it." for place in unset]
    if any(not place and "oauth" in message for place, _, message in found):
        hints.append(_log_in_hint(values))
    # Raised outside the handler: the cause would carry the values into tracebacks.
    raise ConfigurationError(
        f"The settings of {plugin!r} are wrong: {problems}.", hint=" ".join(hints) or "Correct them."
    )


def _in_words(message: str) -> str:
    """Return what a validator says without the name of the error that carried it."""
    return message.removeprefix("Value error, ").removeprefix("Assertion failed, ")


def _is_secret(config: type[BaseModel], name: str) -> bool:
    field = config.model_fields.get(name)
    return field is not None and (field.annotation is SecretStr or SecretStr in get_args(field.annotation))


def _log_in_hint(values: Mapping[str, object]) -> str:
    if values.get("password") is not None and values.get("oauth") is not None:
        return "Put one of them away: --unset oauth, or --unset password."
    if values.get("password") is not None or values.get("oauth") is not None:
        return "Give the user name: --set username=NAME."
    return "Give a password with --password-env NAME or --password-stdin, or the settings of oauth."


def _declared(module: ModuleType, declaration: type[DeclarationT]) -> Iterator[DeclarationT]:
    return (value for value in vars(module).values() if isinstance(value, declaration))


def _unavailable(package: str, short_name: str, error: ImportError) -> Unavailable:
    missing = (error.name or "").partition(".")[0]
    if not missing or missing == package.partition(".")[0]:
        raise error
    extra = short_name.replace("_", "-")
    wanted = f"'postroom[{extra}]'" if extra in _extras() else missing
    return Unavailable(name=short_name, missing=missing, command=f"pip install --upgrade {wanted}")


def _extras() -> Iterable[str]:
    try:
        return importlib.metadata.metadata("postroom").get_all("Provides-Extra") or ()
    except importlib.metadata.PackageNotFoundError:
        return ()
