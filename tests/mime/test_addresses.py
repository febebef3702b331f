"""Address lists as people and programs write them."""

import pytest

from postroom.mime.addresses import parse_addresses


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a@b.example", [("", "a@b.example")]),
        ("<a@b.example>", [("", "a@b.example")]),
        ('"Doe, Jane" <a@b.example>', [("Doe, Jane", "a@b.example")]),
        ('"J. \\"Jay\\" Doe" <a@b.example>', [('J. "Jay" Doe', "a@b.example")]),
        ("Joe Q. Public <a@b.example>, c@d.example", [("Joe Q. Public", "a@b.example"), ("", "c@d.example")]),
        (
            "team: a@b.example, C <c@d.example>;, e@f.example",
            [("", "a@b.example"), ("C", "c@d.example"), ("", "e@f.example")],
        ),
        ("undisclosed-recipients:;", []),
        ("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", [("Pete", "pete@silly.test")]),
        ("a@b.example (Jane Doe)", [("Jane Doe", "a@b.example")]),
        ("Mary <@relay.test:mary@b.example>", [("Mary", "mary@b.example")]),
        ("a@b.example; c@d.example", [("", "a@b.example"), ("", "c@d.example")]),
        ("a@b.example c@d.example", [("", "a@b.example"), ("", "c@d.example")]),
        ("=?utf-8?q?J=C3=A4ne?= <a@b.example>", [("Jäne", "a@b.example")]),
        ('"=?utf-8?q?J=C3=A4ne?=" <a@b.example>', [("Jäne", "a@b.example")]),
        ("=?utf-8?q?Jane_=3Ca=40b=2Eexample=3E?=", [("Jane", "a@b.example")]),
        ("Jane <a@b.example", [("Jane", "a@b.example")]),
        ("Jane <<a@b.example>>", [("Jane", "a@b.example")]),
        ('"unclosed <a@b.example>', [("unclosed", "a@b.example")]),
        ("a@b.example (unclosed", [("unclosed", "a@b.example")]),
        ("jane @ b . example", [("", "jane@b.example")]),
        ("<>", []),
        ("", []),
    ],
)
def test_addresses_are_read(value: str, expected: list[tuple[str, str]]) -> None:
    found, _ = parse_addresses([value])
    assert [(address.name, address.address) for address in found] == expected


def test_words_without_an_address_are_unreadable() -> None:
    assert parse_addresses(["nobody at all"]) == ((), True)
