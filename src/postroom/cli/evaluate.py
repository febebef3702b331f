"""`postroom evaluate`: how right it is on labelled data of your own; each prints one JSON object with --json."""

import typer

from postroom.cli.evaluate_answers import evaluate_answers
from postroom.cli.evaluate_classification import evaluate_classification
from postroom.cli.evaluate_language import evaluate_language

evaluate = typer.Typer(help="Measure how right Postroom is on labelled data.", no_args_is_help=True)
evaluate.command("classification")(evaluate_classification)
evaluate.command("answers")(evaluate_answers)
evaluate.command("language")(evaluate_language)
