"""What `make check` asks of the tests: each file that does something has its own; prints every file that has none.

`src/postroom/x/y.py` has `tests/x/test_y.py`; what is too long for it goes to `test_y_aspect.py` beside it. A test file
named after no source file is reported too, so that one who deletes or renames the source takes its test along. The
folders in `WHOLE` test ways through many files. `__init__` and `__main__` need no test of their own, nor does a file
that only names things (a Protocol, a dataclass, an enum, a Pydantic body, a table of a database). The migrations are
tested as one chain by `tests/stores/sql/test_migrate.py`.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WHOLE = ("contracts", "journeys", "mail", "torture")
WITHOUT = ("__init__.py", "__main__.py")
MIGRATIONS = "migrations"
TABLE_ENTRIES = 3
"""How many entries a literal collection of a module has, from which it is a table that can be wrong."""


def main() -> int:
    """Print the problems."""
    sources = {ROOT / "src" / "postroom": ROOT / "tests", ROOT / "scripts": ROOT / "tests" / "scripts"}
    found = [problem for source, tests in sources.items() for problem in untested(source, tests)]
    found += astray(ROOT / "tests", sources)
    for problem in found:
        print(problem)
    return 1 if found else 0


def untested(source: Path, tests: Path) -> Iterator[str]:
    """Yield a problem for each file below `source` that does something and has no test file at its place in `tests`."""
    for path in sorted(source.rglob("*.py")):
        place = path.relative_to(source)
        test = tests / place.with_name(f"test_{place.name}")
        if path.name in WITHOUT or MIGRATIONS in place.parts or test.exists():
            continue
        reason = behaviour(path.read_text(encoding="utf-8"))
        if reason is not None:
            yield f"{_shown(path)}: {reason}, and there is no {_shown(test)}"


def astray(tests: Path, sources: dict[Path, Path]) -> Iterator[str]:
    """Yield a problem for each test file in `tests` that is named after no file of `sources` (source by its tests)."""
    for path in sorted(tests.rglob("test_*.py")):
        if path.relative_to(tests).parts[0] in WHOLE:
            continue
        folders = [source / path.parent.relative_to(own) for source, own in sources.items() if own in path.parents]
        if not any(_named_after(path.stem.removeprefix("test_"), folder) for folder in folders):
            yield f"{_shown(path)}: it is named after no source file; name it after the one it tests"


def behaviour(text: str) -> str | None:
    """Return what the module `text` does that can be wrong, in words, or None where it only names things."""
    module = ast.parse(text)
    return next(_in_body(module.body), None)


def _in_body(body: Iterable[ast.stmt]) -> Iterator[str]:
    for statement in body:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if _does_something(statement.body):
                yield f"{name}() does something"
            case ast.ClassDef():
                yield from _in_body(statement.body)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name != "__all__":
                yield from _in_value(name, value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield from _in_value(name, value)
            case _:
                pass


def _does_something(body: list[ast.stmt]) -> bool:
    """Whether `body` is more than a docstring, an ellipsis or pass."""
    return not all(
        isinstance(statement, ast.Pass)
        or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        for statement in body
    )


def _in_value(name: str, value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Subscript):
        return  # A type under another name.
    for part in ast.walk(value):
        match part:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr="compile")):
                yield f"{name} is a regular expression"
            case ast.Dict(keys=entries) | ast.Set(elts=entries) | ast.List(elts=entries) | ast.Tuple(elts=entries) if (
                len(entries) >= TABLE_ENTRIES
            ):
                yield f"{name} is a table"
            case ast.DictComp() | ast.SetComp() | ast.ListComp() | ast.GeneratorExp() | ast.Lambda():
                yield f"{name} is computed"
            case _:
                pass


def _named_after(stem: str, folder: Path) -> bool:
    """Whether `stem` is the name of a file or folder in `folder`, or begins with one and an underscore."""
    names = {path.stem for path in folder.iterdir()} if folder.is_dir() else set()
    return any(stem == name or stem.startswith(f"{name}_") for name in names)


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


if __name__ == "__main__":
    sys.exit(main())
