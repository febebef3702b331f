import numpy as np
import pytest

from postroom.embeddings.e5_file import Vocabulary
from postroom.embeddings.unigram import Unigram

PIECES = {"<s>": 0.0, "</s>": 0.0, "<unk>": 0.0, "▁": -4.0, "▁re": -3.0, "fund": -2.0, "▁refund": -4.5, "s": -3.0}
NAMES = tuple(PIECES)


@pytest.fixture
def unigram() -> Unigram:
    return Unigram(
        Vocabulary(
            pieces=NAMES,
            scores=np.array(list(PIECES.values()), dtype=np.float32),
            begin=0,
            end=1,
            unknown=2,
            characters={ord("Ｓ"): "s", ord("\t"): " "},
        )
    )


def pieces(unigram: Unigram, text: str, most: int = 99) -> list[str]:
    return [NAMES[number] for number in unigram.numbers(text, most=most)]


def test_the_most_probable_pieces_are_taken_not_the_longest(unigram: Unigram) -> None:
    assert pieces(unigram, "refund") == ["<s>", "▁refund", "</s>"]
    assert pieces(unigram, "refunds") == ["<s>", "▁refund", "s", "</s>"]


def test_an_unknown_character_is_one_unknown_piece(unigram: Unigram) -> None:
    assert pieces(unigram, "s§s") == ["<s>", "▁", "s", "<unk>", "s", "</s>"]


def test_characters_are_mapped_and_spaces_run_together(unigram: Unigram) -> None:
    assert pieces(unigram, "refund \t refundＳ") == ["<s>", "▁refund", "▁refund", "s", "</s>"]


def test_a_long_text_is_cut_and_still_ends(unigram: Unigram) -> None:
    assert pieces(unigram, "sss", most=4) == ["<s>", "▁", "s", "</s>"]


def test_an_empty_text_has_the_mark_of_a_space_alone(unigram: Unigram) -> None:
    assert pieces(unigram, "") == ["<s>", "▁", "</s>"]
