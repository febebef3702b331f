"""Who writes, where they are, and with what."""

from datetime import UTC, datetime, timedelta

import pytest

from postroom.model.catalogue import LANGUAGES
from postroom.providers.mock.dice import Dice
from postroom.providers.mock.phrases import phrases
from postroom.providers.mock.writer import Habit, Program, Typist, local, writer

WINTER, SUMMER = datetime(2026, 1, 5, 11, 0, 0, 700_000, tzinfo=UTC), datetime(2026, 7, 5, 11, tzinfo=UTC)


def people(language: str, count: int = 300) -> list[Typist]:
    return [writer(phrases(language), Dice(f"{number}"), WINTER) for number in range(count)]


@pytest.mark.parametrize(
    ("language", "at", "hours"), [("en", WINTER, 0), ("en", SUMMER, 1), ("de", WINTER, 1), ("nl", SUMMER, 2)]
)
def test_the_clock_is_that_of_where_the_language_is_spoken(language: str, at: datetime, hours: int) -> None:
    shown = local(at, language)
    assert shown.utcoffset() == timedelta(hours=hours)
    assert shown == at.replace(microsecond=0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_address_is_plain_and_leads_to_nobody_real(language: str) -> None:
    for person in people(language):
        local_part, _, domain = person.address.partition("@")
        assert person.domain == domain
        assert domain in {"example.com", "example.org", "example.net"} or domain.endswith(".example")
        assert local_part.isascii()
        assert local_part.replace(".", "").replace("_", "").isalnum()
        assert not local_part.startswith((".", "_"))


def test_people_write_before_their_mail_arrives() -> None:
    for person in people("en"):
        assert timedelta(seconds=1) <= WINTER - person.written_at <= timedelta(seconds=91)


def test_every_habit_and_every_program_is_somebodys() -> None:
    found = people("de")
    assert {person.habit for person in found} == set(Habit)
    assert {person.program for person in found} == set(Program)
    assert {person.informal for person in found} == {True, False}


def test_some_give_their_first_name_alone_and_most_do_not() -> None:
    short = [person for person in people("en") if " " not in person.name]
    assert 0 < len(short) < 60
