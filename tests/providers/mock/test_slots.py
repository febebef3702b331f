"""What fills the slots."""

import re
from datetime import UTC, datetime

import pytest

from postroom.model.catalogue import LANGUAGES
from postroom.providers.mock.dice import Dice
from postroom.providers.mock.phrases import phrases
from postroom.providers.mock.slots import SLOT_NAMES, DrawnSlots, SlotSource, in_words

WRITTEN = datetime(2026, 1, 2, 9, tzinfo=UTC)
MANY = range(60)


def slots(key: str = "a", language: str = "en") -> DrawnSlots:
    words = phrases(language)
    source = SlotSource(
        nouns=words.nouns,
        date_pattern=words.words["date"],
        decimal_mark="." if language == "en" else ",",
        name="Ann Bell",
        address="ann.bell@example.org",
        written_at=WRITTEN,
    )
    return DrawnSlots(source, Dice(key))


def drawn(name: str, language: str = "en") -> list[str]:
    return [slots(f"{key}", language)[name] for key in MANY]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_slot_can_be_filled_in_every_language_and_keeps_what_it_says(language: str) -> None:
    found = slots(language=language)
    assert len(found) == len(list(found)) == len(SLOT_NAMES)
    first = dict(found)
    assert all(first.values())
    assert dict(found) == first


def test_the_writer_is_known_from_the_start_and_what_is_fixed_is_not_drawn() -> None:
    assert (slots()["me"], slots()["address"]) == ("Ann Bell", "ann.bell@example.org")
    fixed = DrawnSlots(slots().source, Dice("a"), {"p": "pan", "me": "Bo"})
    assert (fixed["p"], fixed["me"], fixed["sender"]) == ("pan", "Bo", "Ann Bell")


def test_a_slot_counts_as_used_once_it_was_drawn() -> None:
    found = slots()
    assert not found.used("order")
    assert found["order"]
    assert found.used("order")
    assert not found.fresh().used("order")


def test_an_unknown_slot_is_an_error_and_no_word() -> None:
    with pytest.raises(KeyError):
        slots()["shoe_size"]


def test_the_wrong_product_is_never_the_one_that_was_ordered() -> None:
    for key in MANY:
        found = slots(f"{key}")
        assert not found["p"].startswith(found["wrong"])


def test_order_numbers_come_in_the_shapes_that_customers_copy() -> None:
    shape = re.compile(r"LH-\d{6}|LH\d{7}|2026-\d{6}|#\d{6}")
    assert all(shape.fullmatch(number) for number in drawn("order"))


def test_the_second_amount_is_the_higher_one_and_money_is_written_as_the_language_writes_it() -> None:
    def euros(text: str) -> int:
        found = re.search(r"\d+", text)
        assert found is not None
        return int(found[0])

    for key in MANY:
        found = slots(f"{key}", "de")
        assert euros(found["amount2"]) > euros(found["amount"])
        assert "." not in found["amount"]


def test_days_that_have_passed_lie_before_the_mail_and_its_year_is_not_this_one() -> None:
    months = phrases("en").nouns["month"]
    for day in drawn("date"):
        assert months[11] in day
    assert all(2019 <= int(year) <= 2025 for year in drawn("oldyear"))
    assert WRITTEN.strftime("%A") not in drawn("day")


def test_a_new_address_is_another_than_the_writers() -> None:
    assert "ann.bell@example.org" not in drawn("newmail")
    assert all(address.startswith("ann.bell") and address.count("@") == 1 for address in drawn("newmail"))


def test_a_day_is_said_as_the_language_says_it() -> None:
    assert in_words(datetime(2026, 3, 4, tzinfo=UTC), slots(language="en").source) == "4 March"
    assert in_words(datetime(2026, 12, 24, tzinfo=UTC), slots(language="de").source) == "24. Dezember"
