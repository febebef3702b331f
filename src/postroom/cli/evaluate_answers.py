"""`postroom evaluate answers`: how well the right article is found for labelled questions."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.output import progress_bar, say, show, show_table
from postroom.cli.running import errors_in_words

if TYPE_CHECKING:
    from postroom.trials.evaluate_answers import AnswersFound
    from postroom.trials.evaluate_answers_model import ChosenModel

Articles = Annotated[
    list[Path], typer.Option("--articles", help="CSV with id,question,answer; rows of one id are one article.")
]
Queries = Annotated[list[Path], typer.Option("--queries", help="CSV with text,id: a question and its article.")]
Model = Annotated[
    str | None,
    typer.Option("--embedder", help="minilm, e5, none, or a model folder; without it the one that suits the language."),
]


def evaluate_answers(
    articles: Articles,
    queries: Queries,
    embedder: Model = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on the last line.")] = False,
) -> None:
    """Measure how well the right article is found; --articles and --queries may be repeated."""
    with errors_in_words():
        found, chosen = _evaluate(articles, queries, embedder)
    if as_json:
        name = chosen.embedder.name if chosen.embedder else None
        show(json.dumps({**asdict(found), "embedder": name}))
        return
    rows = [
        (
            "the right article first",
            f"{found.recall_at_1:.1%}",
            "of all queries: an answer could be made of it at once",
        ),
        ("among the first five", f"{found.recall_at_5:.1%}", "of all queries: a person would see it at a glance"),
        ("mean reciprocal rank", f"{found.mrr:.3f}", "how far up it comes: 1 always first, 0.5 as a rule second"),
        ("milliseconds a query", f"{found.ms_per_query:.1f}", "from the text to the order of all articles"),
    ]
    title = f"{found.n_queries} queries, {found.n_articles} articles"
    show_table(title, ("measure", "value", "what it says"), rows)


def _evaluate(articles: list[Path], queries: list[Path], embedder: str | None) -> "tuple[AnswersFound, ChosenModel]":
    from postroom.trials.evaluate_answers import AnswerRow, AskedQuestion, evaluate_answers, ranking_of
    from postroom.trials.evaluate_answers_model import named_model, spoken_in, suited_model
    from postroom.trials.evaluate_answers_rows import read_rows

    written = read_rows(articles, ("id", "question", "answer"), may_be_empty=("answer",))
    asked = read_rows(queries, ("text", "id"))
    written_in = spoken_in([f"{question}\n{answer}" for _, question, answer in written])
    asked_in = spoken_in([text for text, _ in asked])
    chosen = named_model(embedder) if embedder else suited_model((*written_in, *asked_in))
    say(chosen.reason)
    say(f"Reading {len(written)} rows of articles …")
    rows = [
        AnswerRow(id=one, question=question, answer=answer, language=language)
        for (one, question, answer), language in zip(written, written_in, strict=True)
    ]
    ranking, ids = ranking_of(rows, chosen.embedder)
    questions = [
        AskedQuestion(text=text, id=one, language=language)
        for (text, one), language in zip(asked, asked_in, strict=True)
    ]
    say(f"Asking {len(questions)} queries …")
    with progress_bar() as bar:
        task = bar.add_task("Asked", total=len(questions))
        return evaluate_answers(ranking, ids, questions, done=lambda done: bar.update(task, completed=done)), chosen
