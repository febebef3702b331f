import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.store_examples import MODEL, example, judgement
from postroom.actions.desk import Desk
from postroom.actions.examples import ExampleForm, examples_page, origin_named, remove_example, written_examples
from postroom.actions.importing_tables import Found, read_table
from postroom.errors import InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.example import ExampleFilter, ExampleId, Origin


async def written(stores: Stores, form: ExampleForm, matching: ExampleFilter | None = None) -> str:
    return "".join([line async for line in written_examples(stores, form, matching or ExampleFilter())])


async def test_a_table_can_be_read_by_what_evaluates_it(stores: Stores) -> None:
    odd = replace(example("b"), text='Two\nlines, "quoted"', article_ids=())
    await stores.examples.put([example("a"), odd])
    rows = list(csv.DictReader(io.StringIO(await written(stores, ExampleForm.CSV), newline="")))
    assert [(row["text"], row["label"]) for row in rows] == [("Where is it?", "orders"), (odd.text, "orders")]
    assert (rows[0]["article_ids"], rows[0]["refused_ids"], rows[0]["origin"]) == ("where when", "why", "review")


async def test_no_spreadsheet_takes_a_customers_words_for_a_formula(stores: Stores) -> None:
    await stores.examples.put([replace(example("a"), text="=cmd|calc", subject="@x", answer="+1", by="-2")])
    (row,) = csv.DictReader(io.StringIO(await written(stores, ExampleForm.CSV), newline=""))
    assert (row["text"], row["subject"], row["answer"], row["by"]) == ("'=cmd|calc", "'@x", "'+1", "'-2")


async def test_lines_hold_all_there_is_of_those_that_match(stores: Stores) -> None:
    await stores.examples.put([example("a"), example("b", origin=Origin.AUDIT), example("c", category="x")])
    lines = (await written(stores, ExampleForm.JSONL, ExampleFilter(category="orders"))).splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["xa_a", "xa_b"]
    assert json.loads(lines[0])["answer"] == "It is on its way."
    assert json.loads(lines[0])["label"] == "orders"


@pytest.mark.parametrize("form", list(ExampleForm))
async def test_what_was_written_to_a_file_can_be_imported_as_it_is(
    stores: Stores, tmp_path: Path, form: ExampleForm
) -> None:
    texts = ("=1+1 is wrong", "'=quoted", 'Two\nlines, "quoted"; Öl', "'tis late", "plain")
    await stores.examples.put(
        [
            replace(example(f"e{number}"), text=text, subject="@all", language="de", category="-refund")
            for number, text in enumerate(texts)
        ]
    )
    path = tmp_path / f"examples.{form.value}"
    path.write_text(await written(stores, form), encoding="utf-8", newline="")
    found = [one for one in read_table(path) if isinstance(one, Found)]
    assert [one.text for one in found] == list(texts)
    assert {(one.subject, one.language, one.label) for one in found} == {("@all", "de", "-refund")}


async def test_what_was_erased_is_not_written_to_a_file(stores: Stores) -> None:
    one = example("a")
    await stores.examples.put([one, example("b")])
    await stores.examples.put([replace(one, subject="", text="", answer="")])
    assert len((await written(stores, ExampleForm.JSONL)).splitlines()) == 1


async def test_a_removed_example_judges_nobody_any_more(desk: Desk) -> None:
    await desk.stores.examples.put([example("a")])
    await desk.stores.judgements.put([judgement("a")])
    await remove_example(desk, ExampleId("xa_a"))
    assert (await examples_page(desk.stores, limit=9)).rows == ()
    assert await desk.stores.judgements.of_model(MODEL) == ()
    with pytest.raises(NotFoundError):
        await remove_example(desk, ExampleId("xa_a"))


def test_an_origin_that_is_none_is_told_apart() -> None:
    assert origin_named("audit") is Origin.AUDIT
    with pytest.raises(InputError) as caught:
        origin_named("hearsay")
    assert "elsewhere" in caught.value.hint
