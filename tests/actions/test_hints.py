"""What acts and stores say is read at the command line and on the web page alike."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import postroom

SOURCES = Path(postroom.__file__).parent
FILES = sorted([*(SOURCES / "actions").rglob("*.py"), *(SOURCES / "stores").rglob("*.py")])


def words(file: Path) -> Iterator[tuple[int, str]]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    documents = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, owners) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            yield node.lineno, node.value


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(SOURCES).as_posix())
def test_no_words_for_people_name_a_command(file: Path) -> None:
    assert [f"{file.name}:{line}" for line, text in words(file) if "`postroom " in text] == []
