"""Entries are addresses, domains with all below, or whole words."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from guard.mails import PLAIN, emails, entries
from postroom.guard.lists import listed
from postroom.model.email import Address, Email

ADDRESSED = replace(PLAIN, from_address=Address(name="", address="Ada+News@Shop.Example.org"))


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ("ada@shop.example.org", True),
        ("ADA+news@shop.example.org", True),
        ("ada+other@shop.example.org", False),
        ("da@shop.example.org", False),
        ("@example.org", True),
        ("@SHOP.example.org", True),
        ("@hop.example.org", False),
        ("@org.", True),
        ("@", False),
        ("", False),
        ("   ", False),
    ],
)
def test_a_sender_is_listed_by_address_or_domain(entry: str, *, found: bool) -> None:
    assert listed(ADDRESSED, (entry,)) == (entry if found else None)


def test_a_reply_to_is_a_correspondent_too() -> None:
    email = replace(PLAIN, reply_to=(Address(name="", address="press@paper.example"),))
    assert listed(email, ("@paper.example",)) == "@paper.example"


@pytest.mark.parametrize(
    ("entry", "text", "found"),
    [
        ("lawyer", "I call my LAWYER!", True),
        ("law", "I call my lawyer", False),
        ("yer", "I call my lawyer", False),
        ("law", "lawyer, by law", True),
        ("data protection", "under data\n  protection law", True),
        ("STRASSE", "Lange Straße 3", True),
        ("refund", "ｒｅｆｕｎｄ please", True),
        ("訂單", "我的訂單在哪裡", True),
        ("c++", "about c++.", True),
        ("order where", "Where is it?", False),
    ],
)
def test_words_are_whole_words_in_any_case(entry: str, text: str, *, found: bool) -> None:
    email = replace(PLAIN, subject="My order", new_text=text)
    assert listed(email, (entry,)) == (entry if found else None)


def test_quoted_words_are_not_the_senders_own() -> None:
    assert listed(replace(PLAIN, text="> lawyer", quoted_text="> lawyer"), ("lawyer",)) is None


def test_the_subject_counts() -> None:
    assert listed(replace(PLAIN, subject="Data protection"), ("x", "data protection")) == "data protection"


@pytest.mark.parametrize(("piece", "entry"), [("a", "a" * 1_000), ("-ab", "a"), ("訂a", "a訂b")])
def test_a_long_text_full_of_near_misses_is_read_in_linear_time(piece: str, entry: str) -> None:
    assert listed(replace(PLAIN, new_text=piece * 500_000), (entry,)) is None


@settings(deadline=None)
@given(emails, entries, entries)
def test_what_is_found_is_an_entry_and_more_entries_find_no_less(email: Email, first: str, second: str) -> None:
    alone, both = listed(email, (first,)), listed(email, (second, first))
    assert alone in {None, first}
    assert alone is None or both is not None
    assert listed(email, ()) is None
