import pytest

from embeddings.hashing_embedder import HashingEmbedder
from postroom.errors import InputError
from postroom.trials.evaluate_answers import AnswerRow, AskedQuestion, evaluate_answers, ranking_of


def row(one: str, question: str, answer: str = "") -> AnswerRow:
    return AnswerRow(id=one, question=question, answer=answer, language="en")


def asked(text: str, one: str) -> AskedQuestion:
    return AskedQuestion(text=text, id=one, language="en")


ROWS = [
    row("parcel", "Where is my parcel?", "The carrier brings it."),
    row("parcel", "My package is late", "The carrier brings it."),
    row("invoice", "I need an invoice", "Download it."),
    row("password", "I forgot my password", "Choose a new one."),
]


def test_the_measures_are_those_of_the_ranks() -> None:
    ranking, ids = ranking_of(ROWS, HashingEmbedder())
    told: list[int] = []
    queries = [asked("package late", "parcel"), asked("an invoice", "invoice"), asked("an invoice", "password")]
    found = evaluate_answers(ranking, ids, queries, done=told.append)
    assert ids == ("parcel", "invoice", "password")
    assert found.recall_at_1 == pytest.approx(2 / 3, abs=1e-4)
    assert found.recall_at_5 == 1
    assert found.mrr in {round((2 + 1 / 2) / 3, 4), round((2 + 1 / 3) / 3, 4)}
    assert (found.n_queries, found.n_articles) == (3, 3)
    assert found.ms_per_query > 0
    assert told == [1, 2, 3]


def test_words_of_the_answer_are_searched_too() -> None:
    ranking, ids = ranking_of(ROWS, None)
    assert evaluate_answers(ranking, ids, [asked("which carrier", "parcel")], done=lambda _: None).recall_at_1 == 1


def test_a_search_that_tells_nothing_apart_finds_nothing() -> None:
    ranking, ids = ranking_of(ROWS, None)
    found = evaluate_answers(ranking, ids, [asked("qwxz", "parcel")], done=lambda _: None)
    assert found.recall_at_1 == 0
    assert found.mrr == pytest.approx(1 / 3, abs=1e-4)


def test_a_query_for_an_article_that_does_not_exist_is_refused() -> None:
    ranking, ids = ranking_of(ROWS, None)
    with pytest.raises(InputError, match="'refund'") as caught:
        evaluate_answers(ranking, ids, [asked("my money", "refund")], done=lambda _: None)
    assert caught.value.hint


def test_each_different_text_is_embedded_once() -> None:
    embedder = HashingEmbedder()
    ranking_of([*ROWS, row("parcel", "Where is my parcel?", "It comes.")], embedder)
    assert embedder.texts.count("Where is my parcel?") == 1
