import pytest

from postroom.errors import ConfigurationError
from postroom.providers.mock.dice import Dice
from postroom.providers.mock.template import compile_line


def test_a_line_is_picked_filled_and_begun_with_a_capital() -> None:
    line = compile_line("[my|my] {p} broke[, [really|really]|, really]. it is <<yours, Sir|yours, mate>>!")
    assert line.write(Dice("a"), {"p": "pan"}, informal=True) == "My pan broke, really. It is yours, mate!"
    assert line.write(Dice("a"), {"p": "pan"}, informal=False).endswith("Sir!")
    assert line.slot_names() == {"p"}


@pytest.mark.parametrize("line", ["[one|two", "one]", "<<formal|informal", "<<a|b|c>>", "[one>>"])
def test_a_line_with_a_wrong_bracket_is_refused(line: str) -> None:
    with pytest.raises(ConfigurationError):
        compile_line(line)
