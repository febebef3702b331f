"""Which files must have a test of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from check_tests import astray, behaviour, untested

NOUNS = '''
"""An order."""
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NewType, Protocol

OrderId = NewType("OrderId", str)
__all__ = ["Order", "OrderId", "Seller", "State"]
MOST = 5
PAIR = ("a", "b")
Size = Literal["small", "medium", "large"]


class State(StrEnum):
    """Where it stands."""

    OPEN = "open"


@dataclass(frozen=True)
class Order:
    """What was ordered."""

    id: OrderId
    lines: list[str] = field(default_factory=list)


class Seller(Protocol):
    """Who sells."""

    @property
    def name(self) -> str:
        """Who it is."""
        ...

    async def sell(self, order: Order) -> None:
        """Sell it."""

    def close(self) -> None:
        pass
'''


ACT = "def act():\n    return 1"


def place(folder: Path, *files: str) -> tuple[Path, Path]:
    """Write these files, which all do something, and return where sources and tests lie."""
    source, tests = folder / "src", folder / "tests"
    for root in (source, tests):
        root.mkdir()
    for name in files:
        path = (tests if "test_" in name else source) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(ACT, encoding="utf-8")
    return source, tests


def named(problems: Iterator[str], root: Path) -> list[str]:
    return [problem.split(": ")[0].removeprefix(f"{root}/") for problem in problems]


def test_what_only_names_things_needs_no_test() -> None:
    assert behaviour(NOUNS) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def add(a, b):\n    return a + b", "add() does something"),
        ("async def add(a, b):\n    return a + b", "add() does something"),
        ('class A:\n    @property\n    def b(self):\n        """B."""\n        return 1', "b() does something"),
        ("class A:\n    class B:\n        def c(self):\n            raise ValueError", "c() does something"),
        ('import re\nNAME = re.compile("a")', "NAME is a regular expression"),
        ('RULES = {"a": 1, "b": 2, "c": 3}', "RULES is a table"),
        ('RULES: frozenset[str] = frozenset({"a", "b", "c"})', "RULES is a table"),
        ('class A:\n    rules = ("a", "b", "c")', "rules is a table"),
        ("PAIRS = tuple(a for a in B)", "PAIRS is computed"),
        ("KEY = lambda one: one.name", "KEY is computed"),
    ],
)
def test_whatever_can_be_wrong_needs_one(text: str, reason: str) -> None:
    assert behaviour(text) == reason


def test_a_file_that_does_something_has_its_test_at_its_own_place(tmp_path: Path) -> None:
    source, tests = place(tmp_path, "a.py", "b/c.py", "b/d.py", "n.py", "b/test_c.py", "test_d.py")
    (source / "n.py").write_text(NOUNS, encoding="utf-8")
    assert named(untested(source, tests), source) == ["a.py", "b/d.py"]


def test_package_files_and_migrations_need_none_of_their_own(tmp_path: Path) -> None:
    source, tests = place(tmp_path, "b/__init__.py", "b/__main__.py", "stores/migrations/versions/0001_first.py")
    assert named(untested(source, tests), source) == []


def test_a_test_is_named_after_a_file_or_folder_beside_it_or_begins_so(tmp_path: Path) -> None:
    right = ("test_mail.py", "test_mail_of_strangers.py", "test_box.py", "box/test_parse_quickly.py")
    wrong = ("box/test_gone.py", "nowhere/test_mail.py", "test_mailing.py")
    source, tests = place(tmp_path, "mail.py", "box/parse.py", "journeys/test_anything.py", *right, *wrong)
    assert named(astray(tests, {source: tests}), tests) == sorted(wrong)


def test_files_that_are_no_code_may_have_tests_too(tmp_path: Path) -> None:
    source, tests = place(tmp_path, "templates/support.yaml", "templates/test_support.py")
    assert named(astray(tests, {source: tests}), tests) == []
