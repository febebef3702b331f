"""What `make check` asks of the alarms: each that the code can raise has its row on the page that explains them.

How a key begins is read from the code of each file that makes alarms: from what is given as `key`, and from every text
in it that begins with a constant and `/`.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src" / "postroom"
PAGE = ROOT / "docs" / "how-to" / "know-your-alarms.md"
STORES = SOURCES / "stores"
"""Reads alarms that were made elsewhere."""
WORD = re.compile(r"[a-z]+(_[a-z]+)*")


def unexplained() -> Iterator[str]:
    """Yield a problem for each alarm that the code can raise and that has no row on its page."""
    page = PAGE.read_text(encoding="utf-8")
    modules = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCES.rglob("*.py"))}
    constants = _constants(modules.values())
    for path, module in modules.items():
        if STORES in path.parents or not makes_alarms(module):
            continue
        found = prefixes(module, constants)
        if not found:
            yield f"{path.relative_to(ROOT)}: it is not clear how the keys of its alarms begin; give f'name/{{…}}'"
        for prefix in sorted(found):
            if not is_explained(prefix, page):
                yield f"{PAGE.relative_to(ROOT)} has no row for the alarm `{prefix}` of {path.relative_to(ROOT)}"


def is_explained(prefix: str, page: str) -> bool:
    """Return whether a table of the page has a row for the alarms whose keys begin so."""
    return re.search(rf"^\| `{prefix}[/`]", page, re.MULTILINE) is not None


def makes_alarms(module: ast.Module) -> bool:
    """Return whether a file makes alarms."""
    return any(isinstance(one, ast.Call) and _named(one.func, "Alarm") for one in ast.walk(module))


def prefixes(module: ast.Module, constants: dict[str, list[ast.expr]]) -> set[str]:
    """Return how the keys of the alarms of a file begin; `constants` are what other files give names to."""
    reader = _Reader(module, constants)
    keys = [one.value for one in ast.walk(module) if isinstance(one, ast.keyword) and one.arg == "key"]
    given = {text.partition("/")[0] for key in keys for text in reader.texts(key)}
    for one in ast.walk(module):
        match one:
            case ast.JoinedStr(values=[ast.FormattedValue(value=ast.Name(id=name)), *_]) if name.isupper():
                given |= {text.partition("/")[0] for text in reader.texts(one) if "/" in text}
            case _:
                pass
    return {one for one in given if WORD.fullmatch(one)}


class _Reader:
    """Reads how texts begin, as far as that stands in the code."""

    def __init__(self, module: ast.Module, constants: dict[str, list[ast.expr]]) -> None:
        self._values: dict[str, list[ast.expr]] = {}
        self._constants = constants
        self._open: set[str] = set()
        for one in ast.walk(module):
            if isinstance(one, ast.Assign):
                for target in one.targets:
                    if isinstance(target, ast.Name | ast.Attribute):
                        self._note(target, one.value)
            elif isinstance(one, ast.FunctionDef):
                returned = [each.value for each in ast.walk(one) if isinstance(each, ast.Return) and each.value]
                self._values.setdefault(one.name, []).extend(returned)

    def _note(self, target: ast.Name | ast.Attribute, value: ast.expr) -> None:
        self._values.setdefault(_name(target), []).append(value)

    def texts(self, node: ast.expr) -> set[str]:
        """Return what a text may be, up to the first part that is not known."""
        match node:
            case ast.Constant(value=str(text)):
                return {text}
            case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
                return {text}
            case ast.JoinedStr(values=[ast.FormattedValue(value=first), ast.Constant(value=str(text)), *_]):
                return {f"{one}{text}" for one in self.texts(first)}
            case ast.IfExp(body=body, orelse=otherwise):
                return self.texts(body) | self.texts(otherwise)
            case ast.Call(func=ast.Name() | ast.Attribute() as function):
                return self._of_name(_name(function))
            case ast.Name() | ast.Attribute():
                return self._of_name(_name(node))
            case _:
                return set()

    def _of_name(self, name: str) -> set[str]:
        if name in self._open:
            return set()
        self._open.add(name)
        values = self._values.get(name) or self._constants.get(name, [])
        found = {text for value in values for text in self.texts(value)}
        self._open.remove(name)
        return found


def _constants(modules: Iterable[ast.Module]) -> dict[str, list[ast.expr]]:
    found: dict[str, list[ast.expr]] = {}
    for module in modules:
        for one in module.body:
            if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name) and one.targets[0].id.isupper():
                found.setdefault(one.targets[0].id, []).append(one.value)
    return found


def _named(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name | ast.Attribute) and _name(node) == name


def _name(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr
