"""`postroom example`: looked at, written to files, removed."""

import asyncio
import csv
import json
from pathlib import Path

import pytest

from cli.conftest import Postroom
from contracts.store_examples import example
from empty_store import open_stores_at
from postroom.model.example import Origin


@pytest.fixture(autouse=True)
def two_examples(tmp_path: Path) -> None:
    """One from a review, one from an audit."""

    async def put() -> None:
        stores = await open_stores_at(tmp_path / "data" / "postroom.db")
        await stores.examples.put([example("a"), example("b", category="refund", origin=Origin.AUDIT)])
        await stores.connection.close()

    asyncio.run(put())


def test_examples_are_listed_and_narrowed(postroom: Postroom) -> None:
    assert [one["id"] for one in json.loads(postroom("example", "list", "--json").stdout)] == ["xa_a", "xa_b"]
    narrowed = json.loads(postroom("example", "list", "--origin", "audit", "--json").stdout)
    assert [one["category"] for one in narrowed] == ["refund"]
    shown = postroom("example", "list", "--limit", "1")
    assert "xa_a" in shown.stdout
    assert "--limit" in shown.stderr


def test_they_are_written_to_a_new_file_only(postroom: Postroom, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    assert postroom("example", "export", "--format", "csv", "-o", path).exit_code == 0
    with path.open(newline="", encoding="utf-8") as file:
        assert [row["label"] for row in csv.DictReader(file)] == ["orders", "refund"]
    again = postroom("example", "export", "-o", path)
    assert again.exit_code == 1
    assert "exists already" in again.stderr
    lines = postroom("example", "export", "--category", "refund").stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["xa_b"]


def test_a_removed_one_is_gone_and_what_is_wrong_is_said(postroom: Postroom) -> None:
    assert postroom("example", "remove", "xa_a").exit_code == 0
    gone = postroom("example", "remove", "xa_a")
    assert (gone.exit_code, "There is no example 'xa_a'" in gone.stderr) == (1, True)
    odd = postroom("example", "list", "--origin", "hearsay")
    assert (odd.exit_code, "is no origin" in odd.stderr) == (1, True)
