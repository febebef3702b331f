"""Addresses are compared as servers compare them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postroom.guard.correspondent import is_within, plain_address, plain_domain, untagged_address


@pytest.mark.parametrize(
    ("written", "plain", "untagged"),
    [
        (" Ada@Example.ORG ", "ada@example.org", "ada@example.org"),
        ("ada+shop@example.org.", "ada+shop@example.org", "ada@example.org"),
        ("+49123@example.org", "+49123@example.org", "+49123@example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("ada", "ada", "ada"),
        ("", "", ""),
    ],
)
def test_an_address_has_one_form(written: str, plain: str, untagged: str) -> None:
    assert plain_address(written) == plain
    assert untagged_address(written) == untagged


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_has_a_form_and_the_form_stays(text: str) -> None:
    plain = plain_address(text)
    assert plain_domain(plain) == plain_domain(text)
    assert untagged_address(plain) == untagged_address(text)


@pytest.mark.parametrize(
    ("domain", "parent", "within"),
    [
        ("example.org", "example.org", True),
        ("mail.example.org", "example.org", True),
        ("badexample.org", "example.org", False),
        ("example.org", "mail.example.org", False),
        ("example.org", "", False),
        ("", "", False),
    ],
)
def test_a_domain_lies_within_itself_and_those_above_it(domain: str, parent: str, *, within: bool) -> None:
    assert is_within(domain, parent) is within
