"""What `make check` asks of the names of classes: one name, one class, so that a reader who looks for it finds it."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src" / "postroom"
ALLOWED = {
    "Found": "a row of a table that is imported, and a hit of a search: each is read in one place only",
    "Progress": "the outcomes of an execution so far, and who is told how far work is: nothing uses both",
    "Watch": "over the promise of mailboxes, and over the process of a job: nothing uses both",
}
"""Names that two classes may have, each with the reason."""


def named_twice(sources: Path = SOURCES) -> Iterator[str]:
    """Yield a problem for each public class name that is defined twice, and for each allowed one that no more is."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(sources.rglob("*.py")):
        for name in classes(path.read_text(encoding="utf-8")):
            found[name].append(path.relative_to(sources).as_posix())
    for name, places in sorted(found.items()):
        if len(places) > 1 and name not in ALLOWED:
            yield f"the class {name} is defined in {' and in '.join(places)}: give one of them a name of its own"
    for name in sorted(ALLOWED):
        if sources == SOURCES and len(found[name]) < 2:
            yield f"scripts/check_classes.py allows the class {name} twice, and there are not two: take it out"


def classes(text: str) -> Iterator[str]:
    """Yield the names of the public classes of a module."""
    for one in ast.parse(text).body:
        if isinstance(one, ast.ClassDef) and not one.name.startswith("_"):
            yield one.name
