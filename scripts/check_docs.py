"""What `make check` asks of the documents and the tree; prints every problem and exits with 1 where there is one."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from check_alarms import unexplained
from check_classes import named_twice
from reference import pages

ROOT = Path(__file__).resolve().parents[1]
FORBIDDEN = re.compile(r"(^|_)(utils?|helpers?|common|misc|base|core|lib|services?|managers?)(_|$)")
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)\s]*)?\)")


def main() -> int:
    """Print the problems."""
    found = [*_links(), *_generated(), *_names(), *_decisions(), *_changelog(), *unexplained(), *named_twice()]
    for problem in found:
        print(problem)
    return 1 if found else 0


def _links() -> Iterator[str]:
    for page in _pages():
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            if "://" in target or target.startswith("mailto:"):
                continue
            if not (page.parent / target).resolve().exists():
                yield f"{page.relative_to(ROOT)}: the link to {target!r} leads nowhere"


def _generated() -> Iterator[str]:
    for path, text in pages().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            yield f"{path.relative_to(ROOT)} is out of date: run `make docs`"


def _names() -> Iterator[str]:
    for path in (ROOT / "src").rglob("*.py"):
        for name in path.relative_to(ROOT / "src").with_suffix("").parts:
            if FORBIDDEN.search(name):
                yield f"{path.relative_to(ROOT)}: {name!r} says nothing; name the noun or the verb"
                break


def _decisions() -> Iterator[str]:
    numbers = sorted(path.name[:4] for path in (ROOT / "docs" / "decisions").glob("*.md"))
    expected = [f"{index:04d}" for index in range(1, len(numbers) + 1)]
    if numbers != expected:
        yield f"docs/decisions: numbers are {', '.join(numbers)}; they must be {', '.join(expected)}"


def _changelog() -> Iterator[str]:
    if "## Unreleased" not in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"):
        yield "CHANGELOG.md has no section 'Unreleased'"


def _pages() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],  # noqa: S607 - git as it is found.
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).exists()]


if __name__ == "__main__":
    sys.exit(main())
