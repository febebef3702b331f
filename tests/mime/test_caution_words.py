"""Cautions in words: none that the parser, the ledger or the guard give is without them."""

import inspect

from postroom.guard import arrival
from postroom.mime import caution
from postroom.mime.caution_words import CAUTION_WORDS, cautions_in_words


def test_every_caution_of_the_parser_and_the_guard_has_words() -> None:
    source = inspect.getsource(caution.cautions) + inspect.getsource(arrival)
    assert {code for code in CAUTION_WORDS if f'"{code}"' in source} >= {"encrypted", "winmail", "too_old"}
    parser = inspect.getsource(caution.cautions)
    codes = [line.split('"')[1] for line in parser.splitlines() if line.strip().startswith('"') and '": ' in line]
    assert len(codes) > 10
    assert set(codes) <= set(CAUTION_WORDS)


def test_the_words_make_one_clause_and_an_unknown_code_stays() -> None:
    assert cautions_in_words(("encrypted", "odd_thing")) == "it is encrypted; odd_thing"
    assert cautions_in_words(()) == ""
