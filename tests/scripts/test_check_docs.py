"""What names and links the check of the documents looks for."""

import pytest
from check_docs import FORBIDDEN, LINK


@pytest.mark.parametrize(
    "name", ["utils", "mail_utils", "helper", "common", "common_words", "core", "base", "service", "user_service"]
)
def test_names_that_say_nothing_are_found(name: str) -> None:
    assert FORBIDDEN.search(name)


@pytest.mark.parametrize("name", ["database", "score", "library", "uncommon", "managed", "basement"])
def test_words_that_only_contain_them_are_left_alone(name: str) -> None:
    assert not FORBIDDEN.search(name)


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("See [the engine](../explanation/engine.md).", ["../explanation/engine.md"]),
        ("See [a part](page.md#part) and [b](b.md).", ["page.md", "b.md"]),
        ("![A picture](picture.png)", ["picture.png"]),
        ("[this page](#part) and `[0](x y)`", []),
        ("[web](https://example.org/a)", ["https://example.org/a"]),
    ],
)
def test_links_are_found_without_what_follows_the_page(text: str, targets: list[str]) -> None:
    assert LINK.findall(text) == targets
