from postroom.providers.mock.dice import Dice
from postroom.providers.mock.habits import typed
from postroom.providers.mock.writer import Habit


def test_slips_leave_numbers_alone_and_keep_the_count_of_words() -> None:
    text = "Bestellung LH-483920 kommt hoffentlich morgen pünktlich " * 20
    slipped = typed(text, Habit.HASTY, Dice("x"))
    assert slipped != text
    assert slipped.count("LH-483920") == 20
    assert len(slipped.split()) == len(text.split())


def test_a_tidy_writer_changes_nothing() -> None:
    assert typed("Hello, Sir.", Habit.TIDY, Dice("x")) == "Hello, Sir."
