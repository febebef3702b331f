"""The parameters that lists share, as the API describes them."""

import json

from api.described import described
from postroom.interfaces.cursor import write_text_cursor


def lists() -> dict[str, dict[str, str]]:
    """Return the parameters of each operation that answers with a page, as JSON, by their names."""
    return {
        str(operation["operationId"]): {one["name"]: json.dumps(one, sort_keys=True) for one in parameters}
        for path in described()["paths"].values()
        for operation in path.values()
        if "Page_" in json.dumps(operation["responses"])
        and isinstance(parameters := operation.get("parameters", []), list)
    }


def test_every_list_describes_its_cursor_alike_and_tells_nothing_of_what_it_is_made_of() -> None:
    told = {parameters["after"] for parameters in lists().values()}
    assert len(lists()) > 25
    assert len(told) == 1
    assert "pattern" not in told.pop()


def test_every_list_bounds_its_pages() -> None:
    assert {json.loads(one["limit"])["schema"]["maximum"] for one in lists().values()} == {200}


def test_the_cursor_of_the_longest_address_fits() -> None:
    (text, _) = json.loads(lists()["list_suppressions"]["after"])["schema"]["anyOf"]
    assert len(write_text_cursor("x" * 320)) <= text["maxLength"]
