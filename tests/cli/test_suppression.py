import json

from cli.conftest import Postroom


def test_an_address_is_put_on_the_list_and_taken_off(postroom: Postroom) -> None:
    added = postroom("suppression", "add", "Ann@Example.org", "--reason", "asked for it", "--json")
    assert json.loads(added.stdout)["address"] == "ann@example.org"
    assert "asked for it" in postroom("suppression", "list").stdout
    assert postroom("suppression", "add", "ann@example.org").exit_code == 1
    assert postroom("suppression", "remove", "ANN@example.org").exit_code == 0
    assert json.loads(postroom("suppression", "list", "--json").stdout) == []
    assert postroom("suppression", "remove", "ann@example.org").exit_code == 1
