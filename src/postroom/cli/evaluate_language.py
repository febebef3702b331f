"""`postroom evaluate language`: how often the language of a text is recognised."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.output import progress_bar, say, show, show_table
from postroom.cli.running import errors_in_words

if TYPE_CHECKING:
    from postroom.trials.evaluate_language import LanguageFound

Tests = Annotated[list[Path], typer.Option("--test", help="CSV with text,label; a label is a code such as en.")]
Languages = Annotated[
    str | None,
    typer.Option(
        "--languages",
        help="The languages to tell apart, as en,de,fr. Without it POSTROOM_LANGUAGES where that is set, else eighteen "
        "European languages; never those of the labels, which would help.",
    ),
]


def evaluate_language(
    test: Tests,
    languages: Languages = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on the last line.")] = False,
) -> None:
    """Measure how often the language of a text is recognised; --test may be repeated."""
    with errors_in_words():
        found = _evaluate(test, languages)
    if as_json:
        show(json.dumps(asdict(found)))
        return
    rows = [("all", f"{found.accuracy:.1%}"), *((name, f"{one:.1%}") for name, one in found.per_language.items())]
    show_table(f"{found.n_test} texts, {found.ms_per_text} ms a text", ("language", "right"), rows)


def _evaluate(test: list[Path], languages: str | None) -> "LanguageFound":
    from postroom.knowledge.spoken_language import SpokenLanguage
    from postroom.trials.evaluate_answers_rows import read_rows
    from postroom.trials.evaluate_language import LabelledLanguage, evaluate_language, language_code

    codes = languages.split(",") if languages is not None else _configured()
    spoken = SpokenLanguage([language_code(code) for code in codes if code.strip()])
    texts = [LabelledLanguage(text=text, language=label) for text, label in read_rows(test, ("text", "label"))]
    say(f"Telling apart: {', '.join(spoken.languages)}.")
    unknown = sorted({language_code(one.language) for one in texts} - {language_code(one) for one in spoken.languages})
    if unknown:
        say(f"Labels outside these languages are always counted as wrong: {', '.join(unknown)}.")
    with progress_bar() as bar:
        task = bar.add_task("Read", total=len(texts))
        return evaluate_language(spoken, texts, done=lambda done: bar.update(task, completed=done))


def _configured() -> tuple[str, ...]:
    from postroom.knowledge.language_words import LANGUAGE_WORDS
    from postroom.settings import load_settings

    settings = load_settings()
    return settings.languages if "languages" in settings.model_fields_set else tuple(LANGUAGE_WORDS)
