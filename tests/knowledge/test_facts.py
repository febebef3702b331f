import pytest

from postroom.knowledge.facts import facts


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("within 30 days", {("30", "day")}),
        ("a 30-day period", {("30", "day")}),
        ("costs EUR 4.90 or 4.90 €", {("4.90", "eur")}),
        ("about €500", {("500", "eur")}),
        ("10 % off", {("10", "%")}),
        ("１４ days", {("14", "day")}),
        ("from 9 to 5", {("9", "to")}),
    ],
)
def test_a_number_has_what_it_counts(text: str, counted: set[tuple[str, str]]) -> None:
    assert facts(text, "en").counted == counted


def test_links_and_addresses_are_found_however_they_are_written() -> None:
    found = facts(
        "See https://Evil.example/x?y=1, www.shop.example. or evil.example/z; write to Eve@evil.example!", "en"
    )
    assert found.links == {"https://evil.example/x?y=1", "www.shop.example", "evil.example/z", "eve@evil.example"}
    assert found.numbers == frozenset()


def test_plain_words_hold_no_facts() -> None:
    found = facts("You may return it. We look forward to it.", "en")
    assert (found.links, found.numbers, found.counted) == (frozenset(), frozenset(), frozenset())
