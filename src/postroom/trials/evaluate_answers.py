"""How well the right article is found: recall and reciprocal rank of the article search on labelled questions."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from postroom.errors import InputError
from postroom.interfaces.embedder import Embedder
from postroom.knowledge.hybrid import Facet, HybridRanking

WITHIN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """A question, the id of the article that answers it, and its language."""

    text: str
    id: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """A question with its answer, as in a list of frequent questions; rows of one `id` are one article."""

    id: str
    question: str
    answer: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersFound:
    """Shares (0..1) of queries whose article came first and among the first five, and the mean reciprocal rank.

    Articles with equal scores share the worse rank, so that a search that tells nothing apart finds nothing.
    `ms_per_query` is the time from text to ranking, on one core.
    """

    recall_at_1: float
    recall_at_5: float
    mrr: float
    ms_per_query: float
    n_queries: int
    n_articles: int


def ranking_of(rows: Sequence[AnswerRow], embedder: Embedder | None) -> tuple[HybridRanking, tuple[str, ...]]:
    """Return the ranking of `rows` by questions and by questions with answers, and the ids it ranks, in order."""
    ids = tuple(dict.fromkeys(row.id for row in rows))
    places = {one: at for at, one in enumerate(ids)}
    questions = _facet((places[row.id], row.question, row.language) for row in rows)
    answers = _facet((places[row.id], f"{row.question}\n{row.answer}", row.language) for row in rows)
    return HybridRanking((questions, answers), embedder), ids


def evaluate_answers(
    ranking: HybridRanking, ids: Sequence[str], queries: Sequence[AskedQuestion], *, done: Callable[[int], None]
) -> AnswersFound:
    """Return how well `ranking` finds the articles of `queries`; `done` is told how many queries are behind it.

    Raises:
        InputError: a query names an article that does not exist.
    """
    places = {one: at for at, one in enumerate(ids)}
    unknown = next((query.id for query in queries if query.id not in places), None)
    if unknown is not None:
        raise InputError(
            f"A query names the article {unknown!r}, which is not among the articles.",
            hint="Add the article, or remove the queries that name it.",
        )
    ranks = np.empty(len(queries))
    seconds = 0.0
    for at, query in enumerate(queries):
        begun = time.perf_counter()
        scores = ranking.scores(query.text, query.language)
        seconds += time.perf_counter() - begun
        ranks[at] = int((scores >= scores[places[query.id]]).sum())
        done(at + 1)
    return AnswersFound(
        recall_at_1=round(float((ranks == 1).mean()), 4),
        recall_at_5=round(float((ranks <= WITHIN).mean()), 4),
        mrr=round(float((1 / ranks).mean()), 4),
        ms_per_query=round(1000 * seconds / len(queries), 2),
        n_queries=len(queries),
        n_articles=len(ids),
    )


def _facet(texts: Iterable[tuple[int, str, str]]) -> Facet:
    different = dict.fromkeys(texts)
    return Facet(
        texts=tuple(text for _, text, _ in different),
        owners=tuple(owner for owner, _, _ in different),
        languages=tuple(language for _, _, language in different),
    )
