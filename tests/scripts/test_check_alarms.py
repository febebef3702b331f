"""How the keys of alarms begin is read from the code, and each has its row."""

import ast

import pytest
from check_alarms import is_explained, makes_alarms, prefixes, unexplained


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('Alarm(key=f"silent/{name}")', {"silent"}),
        ('KEY = "damaged"\nAlarm(key=KEY)', {"damaged"}),
        ("Alarm(key=FROM_ELSEWHERE)", {"elsewhere"}),
        ('def key_of(one):\n    return f"failing/{one}"\nAlarm(key=key_of(one))', {"failing"}),
        ('def make(one):\n    key = f"account/{one}"\n    Alarm(key=key)', {"account"}),
        (
            'A, B = 1, 2\nLOST = "lost"\nFELL = "fell"\nkey = LOST if x else FELL\nAlarm(key=f"{key}/{x}")',
            {"lost", "fell"},
        ),
        ('FELL = "fell"\nwrong = {f"{FELL}/{one}": one for one in all}\nfor key in wrong: Alarm(key=key)', {"fell"}),
        ('place = f"webhook/{one}"\nAlarm(key=f"stopped/{one}")', {"stopped"}),
        ("key = key\nAlarm(key=key)", set()),
    ],
)
def test_how_a_key_begins_is_read_wherever_it_is_put_together(code: str, found: set[str]) -> None:
    module = ast.parse(code)
    assert makes_alarms(module)
    elsewhere: list[ast.expr] = [ast.Constant(value="elsewhere")]
    assert prefixes(module, {"FROM_ELSEWHERE": elsewhere}) == found


def test_a_file_that_only_names_alarms_makes_none() -> None:
    assert not makes_alarms(ast.parse("async def sound(alarm: Alarm) -> bool: ..."))


def test_only_a_row_of_its_own_explains_an_alarm() -> None:
    page = "fell/x in a sentence\n| `fell_far/MAILBOX` | far |\n| `damaged` | broken |\n"
    assert [is_explained(one, page) for one in ("fell_far", "damaged", "fell", "dam")] == [True, True, False, False]


def test_each_alarm_of_the_code_has_its_row() -> None:
    assert list(unexplained()) == []
