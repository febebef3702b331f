"""Every word of every language is one that a mail can hold, and is found in its turn of speech."""

from collections.abc import Iterator
from dataclasses import astuple

import pytest

from postroom.mime.machine_address import addresses_machine
from postroom.mime.machine_words import SPEECHES, Speech


def listed(words: str) -> list[str]:
    """Return the words of a field, one that stands for any ending with an ending of its own."""
    return [word.strip().replace("*", "en") for word in words.split("|")]


def turns(speech: Speech) -> Iterator[str]:
    """Yield a sentence for each word of each field, with the first words of the other fields around it."""
    machine, reader, order = (listed(field)[0] for field in (speech.machine, speech.reader, speech.orders))
    note, to, reads = (listed(field)[0] for field in (speech.note, speech.to, speech.reads))
    forget, everything, mail = (listed(field)[0] for field in (speech.forget, speech.everything, speech.this_mail))
    yield from listed(speech.fixed)
    yield from (f"{word} {order}" for word in listed(speech.dismiss))
    yield from (f"{listed(speech.dismiss)[0]} {word}" for word in listed(speech.orders))
    yield from (f"{order} {word}" for word in listed(speech.dismiss_last))
    yield from (f"{word} {everything} {order}" for word in listed(speech.forget))
    yield from (f"{forget} {word} {order}" for word in listed(speech.everything))
    yield from (f"{word} {to} {machine}" for word in listed(speech.note))
    yield from (f"{note} {word} {machine}" for word in listed(speech.to))
    yield from (f"{word} {machine}" for word in listed(speech.greet) + listed(speech.if_you_are))
    yield from (f"{word} {machine}" for word in listed(speech.you_are))
    yield from (f"{note} {to} {word}" for word in listed(speech.machine))
    yield from (f"{word} {reads} {mail}" for word in listed(speech.reader))
    yield from (f"{reader} {word} {mail}" for word in listed(speech.reads))
    yield from (f"{reader} {reads} {word}" for word in listed(speech.this_mail))


@pytest.mark.parametrize("speech", SPEECHES, ids=lambda speech: listed(speech.orders)[0])
def test_every_word_is_found_in_its_turn_of_speech(speech: Speech) -> None:
    assert [turn for turn in turns(speech) if not addresses_machine(turn)] == []


@pytest.mark.parametrize("speech", SPEECHES, ids=lambda speech: listed(speech.orders)[0])
def test_no_word_alone_is_taken_for_an_order(speech: Speech) -> None:
    """Customers write of assistants, programs and instructions; only `fixed` needs nothing beside it."""
    alone = {word for field in astuple(speech) for word in listed(field)} - set(listed(speech.fixed))
    assert {word for word in alone if addresses_machine(word)} == set()


def test_no_field_lists_a_word_twice() -> None:
    fields = [[word.strip() for word in field.split("|")] for speech in SPEECHES for field in astuple(speech)]
    assert [word for field in fields for word in set(field) if field.count(word) > 1] == []
