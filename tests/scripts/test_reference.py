"""The generated pages say everything there is."""

import pytest
import reference
import typer

from postroom.bootstrap import node_types
from postroom.cli.app import COMMANDS, app


def names(commands: object, above: str) -> list[str]:
    found = getattr(commands, "commands", {})
    return [
        name
        for short, command in found.items()
        if not command.hidden
        for name in (f"{above} {short}", *names(command, f"{above} {short}"))
    ]


def test_every_command_that_people_may_use_has_a_heading_and_the_rest_none() -> None:
    page = "\n".join(reference._commands())
    shown = names(typer.main.get_command(app), "postroom")
    assert [name for name in shown if f"# `{name}`\n" not in page] == []
    assert page.count("# `postroom") == len(shown)
    assert len(shown) > len(COMMANDS) // 2


def test_every_node_is_told_with_its_outputs_and_settings() -> None:
    page = "\n".join(reference._nodes())
    for name, kind in node_types().items():
        assert f"## {kind.title} (`{name}`)" in page
        assert all(f"| `{field}` |" in page for field in kind.config.model_fields)


def test_an_endpoint_is_one_row_that_leaves_out_what_any_may_answer() -> None:
    operation = {
        "description": "Read it | or not,\nas you like.\n\nMore.",
        "x-permission": "read",
        "responses": {"200": {}, "404": {}, "401": {}, "422": {}},
    }
    row = reference._endpoint("/things", "get", operation)
    assert row == "| `GET /things` | read | Read it / or not, as you like. | 404 |"
    assert reference._endpoint("/things", "post", {}) == "| `POST /things` |  |  |  |"


@pytest.mark.parametrize(("text", "line"), [(None, ""), ("  two\n  lines ", "two lines")])
def test_a_text_of_several_lines_becomes_one(text: str | None, line: str) -> None:
    assert reference._line(text) == line
